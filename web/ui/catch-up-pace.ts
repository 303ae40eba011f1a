/** How long a node that catches up still takes, from how fast its chain has grown of late. */
import type { ChainSnapshot } from '../node/snapshot.ts';

/** Long enough that a peer's pause hardly counts, short enough to follow a pace that has changed. */
export const SPAN_MS = 10_000;
/** No guess before: the first blocks come while headers are still on their way and code is still being compiled. */
export const SETTLE_MS = 3_000;
const SAMPLE_MS = 500;
/** More headers than that in the span: how far it is is not known yet. Others go on meanwhile, a few blocks a minute. */
const FEW_HEADERS = 20;

interface Sample {
  readonly atMs: number;
  readonly height: number;
  readonly headerHeight: number;
}

export class CatchUpPace {
  /** Of the last SPAN_MS, the oldest first. */
  #samples: readonly Sample[] = [];

  /** Notes where the chain is. Gives the time left, in ms; undefined if nothing is left, or that can't be told. */
  msLeft(
    chain: Pick<ChainSnapshot, 'height' | 'headerHeight'> | undefined,
    nowMs: number,
  ): number | undefined {
    if (chain === undefined || chain.headerHeight <= chain.height) {
      this.#samples = [];
      return undefined;
    }
    const now = { atMs: nowMs, height: chain.height, headerHeight: chain.headerHeight };
    this.#note(now);
    const first = this.#samples[0] ?? now;
    const settled = this.#samples.find(({ headerHeight }) => now.headerHeight - headerHeight <= FEW_HEADERS);
    if (settled === undefined || nowMs - settled.atMs < SETTLE_MS) return undefined;
    const blocks = now.height - first.height;
    if (blocks <= 0) return undefined;
    return ((now.headerHeight - now.height) * (nowMs - first.atMs)) / blocks;
  }

  #note(now: Sample): void {
    const kept = this.#samples.filter(({ atMs }) => now.atMs - atMs <= SPAN_MS);
    const last = kept.at(-1);
    this.#samples = last === undefined || now.atMs - last.atMs >= SAMPLE_MS ? [...kept, now] : kept;
  }
}
