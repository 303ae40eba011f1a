/**
 * The search itself: which nonce makes the header's double SHA-256, read as a little-endian number, at most the
 * target? Plain JavaScript on @noble/hashes.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import type { PowKernel } from './job-messages.ts';

export const KERNEL: PowKernel = 'noble';

const HEADER_BYTES = 80;
/** What SHA-256 takes in at a time. */
const BLOCK_BYTES = 64;
const NONCE_OFFSET = 76;

export interface SearchResult {
  /** The first nonce that hits, if there is one. */
  readonly nonce: number | undefined;
  /** Nonces tried, the hit included. */
  readonly count: number;
}

/** Tries the nonces `from` to `to - 1`, in order, until one hits. `0 <= from <= to <= 2^32`. */
export type Search = (from: number, to: number) => SearchResult;

/**
 * Does once what is the same for all nonces of a header.
 * @throws RangeError if the header is not 80 bytes.
 */
export function prepareSearch(header: Uint8Array, target: bigint): Search {
  if (header.length !== HEADER_BYTES) throw new RangeError(`header of ${header.length} bytes`);
  // The nonce is in the second block, so the state after the first one, the midstate, serves every nonce.
  const midstate = sha256.create().update(header.subarray(0, BLOCK_BYTES));
  const initial = sha256.create();
  const rest = header.slice(BLOCK_BYTES);
  const nonceView = new DataView(rest.buffer, NONCE_OFFSET - BLOCK_BYTES, 4);
  const limit = littleEndian256(target);
  // Reused for each nonce: four objects a hash would cost more than the hash.
  const firstHash = sha256.create();
  const secondHash = sha256.create();
  const inner = new Uint8Array(32);
  const outer = new Uint8Array(32);

  return (from, to) => {
    for (let nonce = from; nonce < to; nonce += 1) {
      nonceView.setUint32(0, nonce, true);
      midstate._cloneInto(firstHash).update(rest).digestInto(inner);
      initial._cloneInto(secondHash).update(inner).digestInto(outer);
      if (isAtMost(outer, limit)) return { nonce, count: nonce - from + 1 };
    }
    return { nonce: undefined, count: to - from };
  };
}

/** Compares two little-endian numbers of 32 bytes; nearly always the first byte looked at decides. */
function isAtMost(value: Uint8Array, limit: Uint8Array): boolean {
  for (let index = 31; index >= 0; index -= 1) {
    const difference = (value[index] ?? 0) - (limit[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

/** @throws RangeError if the number does not fit into 256 bits. */
function littleEndian256(value: bigint): Uint8Array {
  if (value < 0n || value >> 256n !== 0n) throw new RangeError('target out of 256 bits');
  return Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
