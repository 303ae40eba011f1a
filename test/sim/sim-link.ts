/**
 * One direction of a link: a queue that empties at the link's capacity, then a
 * latency that has a floor. Frames arrive in order; what is under way when the
 * link is cut is lost.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Link, Route } from '../../web/node/ports.ts';
import type { Endpoint } from './endpoint.ts';
import type { EventQueue } from './event-queue.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { TraceHash } from './trace-hash.ts';
import type { WireTap } from './wire-tap.ts';

/** The marks between which a tab's data channel is filled (web/net/send-queue.ts). */
const HIGH_BYTES = 64 * 1024;
const LOW_BYTES = 32 * 1024;
/** A frame's latency is its link's own, and up to this much more. */
const JITTER = 0.1;

export interface LinkContext {
  readonly queue: EventQueue;
  readonly random: SeededRandom;
  readonly trace: TraceHash;
  readonly tap: WireTap;
  forget(link: SimLink): void;
}

export interface LinkEnds {
  readonly id: string;
  readonly dialled: boolean;
  readonly route: Route;
  readonly from: Endpoint;
  readonly to: Endpoint;
}

export class SimLink implements Link {
  readonly id: string;
  readonly dialled: boolean;
  readonly route: Route;
  readonly channel: Uint8Array;
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** The other direction. */
  other: SimLink | undefined;
  /** May be changed while the link is open. */
  latencyMs: number;
  bytesPerSecond: number;
  readonly #context: LinkContext;
  #open = true;
  /** When the last byte handed over will have left, if nothing stalls. */
  #emptyAtMs = 0;
  #stalledUntilMs = 0;
  #arrivalMs = 0;
  #drainPlanned = false;

  constructor(context: LinkContext, ends: LinkEnds, latencyMs: number, bytesPerSecond: number) {
    this.#context = context;
    this.id = ends.id;
    this.channel = utf8ToBytes(ends.id);
    this.dialled = ends.dialled;
    this.route = ends.route;
    this.from = ends.from;
    this.to = ends.to;
    this.latencyMs = latencyMs;
    this.bytesPerSecond = bytesPerSecond;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get bufferedBytes(): number {
    const movesAtMs = Math.max(this.#context.queue.nowMs, this.#stalledUntilMs);
    return Math.max(((this.#emptyAtMs - movesAtMs) * this.bytesPerSecond) / 1000, 0);
  }

  send(frame: Uint8Array): void {
    if (!this.#open) return;
    const { queue, random } = this.#context;
    const startMs = Math.max(queue.nowMs, this.#stalledUntilMs, this.#emptyAtMs);
    this.#emptyAtMs = startMs + (frame.length / this.bytesPerSecond) * 1000;
    const latencyMs = this.latencyMs * (1 + JITTER * random.next());
    this.#arrivalMs = Math.max(this.#arrivalMs, this.#emptyAtMs + latencyMs);
    queue.at(this.#arrivalMs, () => this.#deliver(frame));
    if (this.bufferedBytes >= HIGH_BYTES) this.#planDrain();
  }

  /** Nothing leaves for so long; what is under way arrives. */
  stall(ms: number): void {
    const { nowMs } = this.#context.queue;
    const untilMs = nowMs + ms;
    if (this.#emptyAtMs > nowMs) this.#emptyAtMs += ms;
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, untilMs);
  }

  close(): void {
    this.cut();
  }

  /** Ends both directions; each end is told. */
  cut(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#context.forget(this);
    this.from.links.delete(this.id);
    this.#context.queue.after(0, () => {
      if (this.from.alive) this.from.onLinkClosed(this.id);
    });
    this.other?.cut();
  }

  #deliver(frame: Uint8Array): void {
    if (!this.#open || !this.to.alive) return;
    const { queue, trace, tap } = this.#context;
    trace.add(queue.nowMs, this.from.index, this.to.index, frame);
    tap.onFrame(this, frame);
    this.to.onFrame(this.id, frame);
  }

  #planDrain(): void {
    if (this.#drainPlanned) return;
    this.#drainPlanned = true;
    const { queue } = this.#context;
    const movesAtMs = Math.max(queue.nowMs, this.#stalledUntilMs);
    const waitMs = ((this.bufferedBytes - LOW_BYTES) / this.bytesPerSecond) * 1000;
    queue.at(movesAtMs + Math.max(waitMs, 0), () => {
      this.#drainPlanned = false;
      if (!this.#open || !this.from.alive) return;
      // More may have come, or a stall.
      if (this.bufferedBytes > LOW_BYTES + 1) this.#planDrain();
      else this.from.onDrained(this.id);
    });
  }
}
