/** A device's clock: the simulation's, plus what it is wrong by. */
import type { EventQueue } from './event-queue.ts';

export class NodeClock {
  readonly #queue: EventQueue;
  /** Positive: ahead. May be set at any time, as a user or a time server sets a clock. */
  skewMs: number;

  constructor(queue: EventQueue, skewMs: number) {
    this.#queue = queue;
    this.skewMs = skewMs;
  }

  /** Whole milliseconds since 1970, as `Date.now` gives them. */
  get nowMs(): number {
    return Math.floor(this.#queue.nowMs + this.skewMs);
  }
}
