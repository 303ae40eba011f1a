/** Where in a room the page is, as the link says it: `#secret`, `#secret/network`, `#secret/block/12`. */
import { roomFragment } from '../net/room.ts';

export type Place =
  { readonly view: 'chain'; readonly block: number | undefined } | { readonly view: 'network' };

const BLOCK = /^block\/(\d{1,10})$/;

export const home: Place = { view: 'chain', block: undefined };

export function placeOf(hash: string): Place {
  const slash = hash.indexOf('/');
  const path = slash < 0 ? '' : hash.slice(slash + 1);
  if (path === 'network') return { view: 'network' };
  const height = BLOCK.exec(path)?.[1];
  return { view: 'chain', block: height === undefined ? undefined : Number(height) };
}

export function placeHref(secret: string, place: Place): string {
  const room = roomFragment(secret);
  switch (place.view) {
    case 'network':
      return `${room}/network`;
    case 'chain':
      return place.block === undefined ? room : `${room}/block/${place.block}`;
  }
}
