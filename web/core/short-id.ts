/**
 * Short transaction ids, as compact blocks list them (BIP152, "Short
 * transaction IDs"): 6 bytes of SipHash-2-4 under a key that is drawn anew for
 * each block, so that nobody can make two transactions collide for everybody.
 * BIP152 version 2 hashes the transaction with its witness; our transaction
 * ids cover the signature, so they are that already.
 */
import * as P from 'micro-packed';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { idToHash, type TxId } from './hash.ts';
import { siphash24, sipKey, type SipKey } from './siphash.ts';

/** 48 bits: a number holds them exactly. */
export type ShortId = number;

export const SHORT_ID_BYTES = 6;
/** Bytes of the number that the sender draws for the key. */
export const SHORT_ID_NONCE_BYTES = 8;

/** `header`: the block's 80 bytes. `nonce`: 8 bytes. */
export function shortIdKey(header: Uint8Array, nonce: Uint8Array): SipKey {
  return sipKey(sha256(concatBytes(header, nonce)));
}

export function shortId(key: SipKey, id: TxId): ShortId {
  const { low, high } = siphash24(key, idToHash(id));
  return (high & 0xffff) * 2 ** 32 + low;
}

/** Little-endian. */
export const shortIdCodec: P.CoderType<ShortId> = P.wrap({
  size: SHORT_ID_BYTES,
  encodeStream: (w, id) => {
    P.U32LE.encodeStream(w, id % 2 ** 32);
    P.U16LE.encodeStream(w, Math.floor(id / 2 ** 32));
  },
  decodeStream: (r) => {
    const low = P.U32LE.decodeStream(r);
    return P.U16LE.decodeStream(r) * 2 ** 32 + low;
  },
});
