/**
 * The search for nonces: how long it takes is drawn, the nonce itself is
 * really searched for when the time has come, since every node checks it.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { HASH_BYTES, hashToNumber } from '../../web/core/hash.ts';
import { HEADER_BYTES } from '../../web/core/header.ts';
import type { Pow, PowJob } from '../../web/node/ports.ts';
import type { EventQueue } from './event-queue.ts';
import type { SeededRandom } from './seeded-random.ts';

/** The queue never holds finds that are further away: most jobs are replaced long before (see `#draw`). */
const HORIZON_MS = 10_000;
/** SHA-256's block: the header's first one has no nonce in it and is hashed once. */
const FIRST_BLOCK_BYTES = 64;

export class DrawnPow implements Pow {
  /** Hashes a second; may be changed at any time, and counts from the next job or draw on. */
  hashRate: number;
  readonly #queue: EventQueue;
  readonly #random: SeededRandom;
  readonly #onFound: (jobId: number, header: Uint8Array) => void;
  #job: PowJob | undefined;

  constructor(
    queue: EventQueue,
    random: SeededRandom,
    hashRate: number,
    onFound: (jobId: number, header: Uint8Array) => void,
  ) {
    this.#queue = queue;
    this.#random = random;
    this.hashRate = hashRate;
    this.#onFound = onFound;
  }

  start(job: PowJob): void {
    this.#job = job;
    this.#draw(job);
  }

  stop(): void {
    this.#job = undefined;
  }

  /** An exponential has no memory: drawing again at the horizon changes nothing. */
  #draw(job: PowJob): void {
    if (this.hashRate <= 0) return;
    const expectedHashes = Number((1n << 256n) / (job.target + 1n));
    const waitMs = this.#random.exponential((expectedHashes / this.hashRate) * 1000);
    this.#queue.after(Math.min(waitMs, HORIZON_MS), () => {
      if (this.#job !== job) return;
      if (waitMs > HORIZON_MS) return this.#draw(job);
      this.#job = undefined;
      this.#onFound(job.id, solve(job));
    });
  }
}

export function solve({ header, target }: Pick<PowJob, 'header' | 'target'>): Uint8Array {
  const solved = header.slice();
  const view = new DataView(solved.buffer);
  const midstate = sha256.create().update(solved.subarray(0, FIRST_BLOCK_BYTES));
  const highestByte = Number(target >> 248n);
  for (let nonce = 0; ; nonce++) {
    view.setUint32(HEADER_BYTES - 4, nonce, true);
    const inner = midstate.clone().update(solved.subarray(FIRST_BLOCK_BYTES)).digest();
    const hash = sha256(inner);
    // Most fail here already, and need no big number.
    if ((hash[HASH_BYTES - 1] as number) > highestByte) continue;
    if (hashToNumber(hash) <= target) return solved;
  }
}
