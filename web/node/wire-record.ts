/** What somebody who watches the wire is shown of one message. Everything here survives a structured clone. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { hashToId, type AccountId } from '../core/hash.ts';
import { decodeMessage, type MessageName } from './messages.ts';
import type { Peer } from './peer.ts';

export type WireDirection = 'received' | 'sent';

/** Is told of each whole message that passes. `bytes` are the message's, its id first; nobody changes them later. */
export type WireObserver = (
  direction: WireDirection,
  peer: Peer,
  name: MessageName,
  bytes: Uint8Array,
) => void;

export interface WireRecord {
  /** Counts the messages that passed since the watching began; one that is missing was dropped. */
  readonly number: number;
  /** When it was handed over, ms since 1970. */
  readonly atMs: number;
  readonly direction: WireDirection;
  readonly linkId: string;
  /** undefined until the peer has proved its key. */
  readonly peer: AccountId | undefined;
  readonly name: MessageName;
  /** Of the whole message, its id included, its length in front of the first frame not. */
  readonly size: number;
  /** The whole message, or its first MAX_SHOWN_BYTES. */
  readonly bytes: Uint8Array;
  /** undefined if it could not be decoded: the peer was refused for it. */
  readonly fields: WireFields | undefined;
}

/** Ids and bytes are hex, and a number above 2^53-1 is decimal. */
export type WireValue = string | number | boolean | WireRest | readonly WireValue[] | WireFields;

export interface WireFields {
  readonly [name: string]: WireValue;
}

/** Last item of a list that is not shown whole: how many follow. */
export interface WireRest {
  readonly more: number;
}

/** Sixteen rows of a hex view. Most messages are shorter; a block's header and first transaction fit. */
export const MAX_SHOWN_BYTES = 256;
/** Of a list. A thousand headers are of no more use to a reader, and cost the page a megabyte. */
const MAX_SHOWN_ITEMS = 20;
/** Of one field. A signature is whole; what a signal seals is unreadable anyway. */
const MAX_FIELD_BYTES = 64;

/** Hashes in a header, which are shown everywhere as ids are: reversed. */
const HASH_FIELDS: ReadonlySet<string> = new Set(['prevHash', 'merkleRoot']);

/** `message`: a whole one, its id first; undefined if it is malformed. */
export function wireFields(message: Uint8Array): WireFields | undefined {
  const decoded = decodeMessage(message);
  if (!decoded) return undefined;
  return shownFields(Object.entries(decoded).filter(([name]) => name !== 'name'));
}

function shownFields(fields: readonly (readonly [string, unknown])[]): WireFields {
  return Object.fromEntries(fields.map(([name, value]) => [name, shown(name, value)]));
}

function shown(name: string, value: unknown): WireValue {
  if (value instanceof Uint8Array) return HASH_FIELDS.has(name) ? hashToId(value) : shownBytes(value);
  if (Array.isArray(value)) return shownList(name, value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'object' && value !== null) return shownFields(Object.entries(value));
  return value as string | number | boolean;
}

function shownBytes(bytes: Uint8Array): string {
  const hex = bytesToHex(bytes.subarray(0, MAX_FIELD_BYTES));
  return bytes.length > MAX_FIELD_BYTES ? `${hex}…` : hex;
}

function shownList(name: string, items: readonly unknown[]): readonly WireValue[] {
  const first = items.slice(0, MAX_SHOWN_ITEMS).map((item) => shown(name, item));
  const more = items.length - first.length;
  return more === 0 ? first : [...first, { more }];
}
