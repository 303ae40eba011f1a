/**
 * Where in a room the page is, as the link says it: `#secret`, `#secret/network`, `#secret/stats`, `#secret/wire`,
 * `#secret/block/12`, `#secret/tx/<id>`, `#secret/account/<key>`, `#secret/search/<text>`, `#secret/forks`, `#secret/forks/<block id>`.
 */
import type { AccountId, BlockId, TxId } from '../core/hash.ts';
import { roomFragment } from '../net/room.ts';

export type Place =
  | { readonly view: 'chain'; readonly detail: Detail | undefined }
  /** `block`: one of those beside the chain, looked at closely. */
  | { readonly view: 'forks'; readonly block: BlockId | undefined }
  | { readonly view: PlainView };

/** Views without places of their own in them. */
export type PlainView = 'network' | 'stats' | 'wire';

/** What of the chain is looked at closely. */
export type Detail =
  | { readonly kind: 'block'; readonly height: number }
  | { readonly kind: 'transaction'; readonly id: TxId }
  | { readonly kind: 'account'; readonly key: AccountId }
  | { readonly kind: 'search'; readonly text: string };

const FORKS = /^forks(?:\/([0-9a-f]{64}))?$/;
const DETAIL = /^(block|tx|account|search)\/(.+)$/;
const HEIGHT = /^\d{1,10}$/;
const ID = /^[0-9a-f]{64}$/;

export const home: Place = { view: 'chain', detail: undefined };

/** What no place is called leads to the chain. */
export function placeOf(link: string): Place {
  const hash = link.slice(link.indexOf('#') + 1);
  const slash = hash.indexOf('/');
  const path = slash < 0 ? '' : hash.slice(slash + 1);
  if (isPlainView(path)) return { view: path };
  const forks = FORKS.exec(path);
  return forks ? { view: 'forks', block: forks[1] } : { view: 'chain', detail: detailOf(path) };
}

export function placeHref(secret: string, place: Place): string {
  switch (place.view) {
    case 'network':
    case 'stats':
    case 'wire':
      return `${roomHref(secret)}/${place.view}`;
    case 'forks':
      return `${roomHref(secret)}/forks${place.block === undefined ? '' : `/${place.block}`}`;
    case 'chain':
      return place.detail === undefined ? roomHref(secret) : detailHref(secret, place.detail);
  }
}

export function detailHref(secret: string, detail: Detail): string {
  const room = roomHref(secret);
  switch (detail.kind) {
    case 'block':
      return `${room}/block/${detail.height}`;
    case 'transaction':
      return `${room}/tx/${detail.id}`;
    case 'account':
      return `${room}/account/${detail.key}`;
    case 'search':
      return `${room}/search/${encodeURIComponent(detail.text)}`;
  }
}

/** From this page on. Links that are nothing but a fragment are taken for jumps within a page, and checked as such. */
function roomHref(secret: string): string {
  const page = location.pathname.slice(location.pathname.lastIndexOf('/') + 1);
  return `./${page}${location.search}${roomFragment(secret)}`;
}

function isPlainView(path: string): path is PlainView {
  return path === 'network' || path === 'stats' || path === 'wire';
}

function detailOf(path: string): Detail | undefined {
  const [, kind, value = ''] = DETAIL.exec(path) ?? [];
  if (kind === 'block' && HEIGHT.test(value)) return { kind, height: Number(value) };
  if (kind === 'tx' && ID.test(value)) return { kind: 'transaction', id: value };
  if (kind === 'account' && ID.test(value)) return { kind, key: value };
  if (kind !== 'search') return undefined;
  const text = decoded(value);
  return text.trim() === '' ? undefined : { kind, text };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed into the address bar by hand
  }
}
