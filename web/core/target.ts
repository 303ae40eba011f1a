/**
 * Targets: a header's proof of work is good if its hash, read as a 256-bit
 * little-endian number, is not above the target. `bits` is Bitcoin's compact
 * form of a target (arith_uint256, SetCompact and GetCompact): one byte of
 * length, three bytes of mantissa, the highest mantissa bit a sign.
 */

import { hashToNumber, type BlockId } from './hash.ts';

const SIGN_BIT = 0x00800000;
const MANTISSA_MASK = 0x007fffff;

export interface CompactNumber {
  readonly value: bigint;
  readonly negative: boolean;
  readonly overflow: boolean;
}

export function decodeCompact(bits: number): CompactNumber {
  const size = bits >>> 24;
  const mantissa = bits & MANTISSA_MASK;
  const word = size <= 3 ? mantissa >>> (8 * (3 - size)) : mantissa;
  return {
    value: size <= 3 ? BigInt(word) : BigInt(word) << BigInt(8 * (size - 3)),
    negative: word !== 0 && (bits & SIGN_BIT) !== 0,
    overflow: word !== 0 && (size > 34 || (word > 0xff && size > 33) || (word > 0xffff && size > 32)),
  };
}

/** The compact form of `value`, rounded towards zero. `value` is 0 to 2^256-1. */
export function encodeCompact(value: bigint, negative = false): number {
  let size = Math.ceil(value.toString(16).length / 2);
  if (value === 0n) size = 0;
  let word = Number(size <= 3 ? value << BigInt(8 * (3 - size)) : value >> BigInt(8 * (size - 3)));
  // The sign bit is not free for the mantissa: move one byte down.
  if (word & SIGN_BIT) {
    word >>>= 8;
    size++;
  }
  return (word | (size << 24) | (negative && word !== 0 ? SIGN_BIT : 0)) >>> 0;
}

/** The target that `bits` stands for; undefined if it is negative, zero or above 256 bits. */
export function targetFromBits(bits: number): bigint | undefined {
  const { value, negative, overflow } = decodeCompact(bits);
  return negative || overflow || value === 0n ? undefined : value;
}

/** Is `hash` proof of the work that `target` asks for? */
export function hashMeetsTarget(hash: Uint8Array, target: bigint): boolean {
  return hashToNumber(hash) <= target;
}

/** The same of a hash that is written as an id, which begins with its highest digit. */
export function idMeetsTarget(id: BlockId, target: bigint): boolean {
  return BigInt(`0x${id}`) <= target;
}

/** Expected number of hashes to meet `target`: 2^256 / (target + 1), as Bitcoin's GetBlockProof counts. */
export function workOfTarget(target: bigint): bigint {
  return (1n << 256n) / (target + 1n);
}
