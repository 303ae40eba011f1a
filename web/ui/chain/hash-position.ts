/** Where a block's hash lies among all numbers that a hash can be, and below its target. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

export interface HashPosition {
  /** Hash divided by target: 0 to 1 where there is proof of work. */
  readonly shareOfTarget: number;
  /** Hashes that have to be tried on average to get one below the target. */
  readonly triesPerBlock: number;
  /** One block in so many lies as low as this one. */
  readonly blocksPerSuch: number;
}

/** Digits kept of a ratio of two 256-bit numbers. */
const SCALE = 10n ** 15n;

/** `id` and `target`: 64 hex digits, the first ones the highest. */
export function hashPosition(id: string, target: string): HashPosition {
  const hash = BigInt(`0x${id}`);
  const limit = BigInt(`0x${target}`);
  const shareOfTarget = Number((hash * SCALE) / (limit || 1n)) / Number(SCALE);
  return {
    shareOfTarget,
    triesPerBlock: Number((1n << 256n) / (limit + 1n)),
    blocksPerSuch: shareOfTarget === 0 ? Infinity : 1 / shareOfTarget,
  };
}

export interface HashSteps {
  readonly once: string;
  readonly twice: string;
  /** `twice` with its bytes from last to first: how ids are written. */
  readonly id: string;
}

/** Bitcoin's hash, step by step, of 80 header bytes in hex. */
export function hashSteps(header: string): HashSteps {
  const once = sha256(hexToBytes(header));
  const twice = sha256(once);
  return { once: bytesToHex(once), twice: bytesToHex(twice), id: bytesToHex(twice.toReversed()) };
}
