import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { encodeBase64 } from './base64.ts';

/** Bytes of a new room's secret: 128 bits, which nobody guesses. */
export const ROOM_SECRET_BYTES = 16;
/** Longest secret, in UTF-16 units: a sentence fits, a pasted document does not. */
export const MAX_SECRET_CHARS = 128;

/** HKDF salt. A change of any derivation is a new version here, and thus another room. */
const SALT = 'tabchain/room/v1';
/** 16 bytes in base64url without padding. */
const UNGUESSABLE = /^[A-Za-z0-9_-]{22,}$/;
/** Control characters, and lone surrogates, which have no UTF-8. */
const UNWRITABLE = /[\p{Cc}\p{Cs}]/u;

/** All that a node needs to know of its room. Only `roomId` is ever sent to the server. */
export interface Room {
  /** 16 bytes in hex: the room's name towards the signaling server. */
  readonly roomId: string;
  /** 32 bytes: seals signaling payloads, so that only holders of the link can read or write them. */
  readonly sealKey: Uint8Array;
  /** 32 bytes: makes the room's genesis block, so that no node has to be first. */
  readonly genesisSeed: Uint8Array;
}

/**
 * Why a link names no room: `no-room` is a link without a `#...` part, `empty` is nothing at all or nothing
 * after `#`, `too-long` is over MAX_SECRET_CHARS, `unwritable` holds control characters or broken Unicode.
 */
export type RoomLinkProblem = 'empty' | 'no-room' | 'too-long' | 'unwritable';

export type RoomLinkResult =
  { readonly ok: true; readonly secret: string } | { readonly ok: false; readonly problem: RoomLinkProblem };

/** The three outputs are independent (HKDF with one `info` each): the room's id gives away neither key nor chain. */
export function deriveRoom(secret: string): Room {
  const key = extract(sha256, utf8ToBytes(normalizeSecret(secret)), utf8ToBytes(SALT));
  const output = (info: string, bytes: number) => expand(sha256, key, utf8ToBytes(info), bytes);
  return {
    roomId: bytesToHex(output('room id', 16)),
    sealKey: output('seal key', 32),
    genesisSeed: output('genesis seed', 32),
  };
}

/**
 * Takes what people paste or type: a whole link, its `#secret`, a bare secret or a word. In a link the secret
 * is percent-encoded and ends at the first `/`, so that a page may have places inside a room; a typed word is
 * taken as it stands.
 */
export function parseRoomLink(input: string): RoomLinkResult {
  const text = input.trim();
  const hash = text.indexOf('#');
  // "c#" is a word; "#c", "http://host/#c" and "host:8080/#c" are links.
  const isLink = hash === 0 || (hash > 0 && text.slice(0, hash).includes('/'));
  if (!isLink && text.includes('://')) return { ok: false, problem: 'no-room' };
  const secret = normalizeSecret(isLink ? decodeFragment(text.slice(hash + 1)) : text);
  if (secret === '') return { ok: false, problem: 'empty' };
  if (secret.length > MAX_SECRET_CHARS) return { ok: false, problem: 'too-long' };
  if (UNWRITABLE.test(secret)) return { ok: false, problem: 'unwritable' };
  return { ok: true, secret };
}

/** The part of a room's link from `#` on; `parseRoomLink` gives the secret back. Takes a secret that it gave. */
export function roomFragment(secret: string): string {
  return `#${encodeURIComponent(secret)}`;
}

/** True unless the secret has the form and length of a random one: a word is a public room, and the page says so. */
export function isGuessable(secret: string): boolean {
  return !UNGUESSABLE.test(normalizeSecret(secret));
}

/** A fresh secret for a link: 22 characters of base64url. `random(n)` gives n unpredictable bytes. */
export function newRoomSecret(random: (bytes: number) => Uint8Array): string {
  return encodeBase64(random(ROOM_SECRET_BYTES)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Keyboards disagree on how to compose "é", and copying adds spaces: neither makes another room. */
function normalizeSecret(secret: string): string {
  return secret.normalize('NFC').trim();
}

function decodeFragment(fragment: string): string {
  const encoded = fragment.split('/', 1)[0] ?? '';
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded; // typed into the address bar by hand, as in "#100%"
  }
}
