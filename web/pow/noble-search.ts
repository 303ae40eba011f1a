/** The search in plain JavaScript, on @noble/hashes: for browsers without WebAssembly, and easy to trust. */
import { sha256 } from '@noble/hashes/sha2.js';
import { assertSearchable, NONCE_OFFSET, type Search } from './search.ts';

/** What SHA-256 takes in at a time. */
const BLOCK_BYTES = 64;

export function prepareNobleSearch(header: Uint8Array, target: bigint): Search {
  assertSearchable(header, target);
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
      if (!isAtMost(outer, limit)) continue;
      const tried = nonce - from + 1;
      return {
        found: Uint8Array.of(...header.subarray(0, BLOCK_BYTES), ...rest),
        nonces: tried,
        hashes: tried,
      };
    }
    return { found: undefined, nonces: to - from, hashes: to - from };
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

function littleEndian256(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
