/**
 * How far the chain may run ahead of its database. What comes faster than it is written waits in memory, and is lost
 * when the tab dies: so the node asks its peers for no more than this.
 */

/** Blocks that are connected and not stored. */
export const MAX_BEHIND_BLOCKS = 500;
/** So many fewer that the database writes them within this time, as fast as it wrote last. */
export const MAX_BEHIND_MS = 1_000;
/**
 * A write that takes no longer tells no pace: a transaction of one block takes nearly as long as one of fifty, and a
 * chain that arrives at full speed would be held up for it. As many blocks more may wait then, not all at once: a slow
 * database is as quick with a few.
 */
export const QUICK_MS = MAX_BEHIND_MS / 4;
/** While nothing is known of the database: what several peers bring at once. */
export const START_BEHIND_BLOCKS = 128;
/** However slow the last write was: one request to one peer is always allowed. */
export const MIN_BEHIND_BLOCKS = 32;
/** A database that answers no more must not stop the node: it goes on in memory. */
export const HANGING_MS = 30_000;

export class WritePace {
  readonly #now: () => number;
  #startMs: number | undefined;
  #blocksInTime = START_BEHIND_BLOCKS;

  /** `now`: in ms, by any clock that never goes back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  begin(): void {
    this.#startMs = this.#now();
  }

  /** `blocks` were written since `begin`, or that failed: 0. */
  end(blocks: number): void {
    const tookMs = this.#now() - (this.#startMs ?? NaN);
    this.#startMs = undefined;
    if (blocks === 0) return;
    const inTime =
      tookMs > QUICK_MS ? Math.floor((blocks * MAX_BEHIND_MS) / tookMs) : this.#blocksInTime + blocks;
    this.#blocksInTime = Math.min(Math.max(inTime, MIN_BEHIND_BLOCKS), MAX_BEHIND_BLOCKS);
  }

  /** Does the database answer no more? */
  get hangs(): boolean {
    return this.#startMs !== undefined && this.#now() - this.#startMs > HANGING_MS;
  }

  /** Blocks that may be connected and not stored. */
  get mayWait(): number {
    return this.hangs ? Infinity : this.#blocksInTime;
  }
}
