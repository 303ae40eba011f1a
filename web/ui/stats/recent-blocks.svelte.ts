import { untrack } from 'svelte';
import type { BlockSummary } from '../../node/snapshot.ts';
import { BlockCache } from '../chain/block-cache.ts';
import type { EngineStore } from '../engine-store.svelte.ts';

/** What the charts show: an hour of a room that works, and one question to the engine. */
export const SHOWN_BLOCKS = 200;

/** The newest blocks of the chain, upwards by height. */
export class RecentBlocks {
  list = $state.raw<readonly BlockSummary[]>([]);
  readonly #cache = new BlockCache();
  #asking = false;

  /** To be called in an effect: it runs again with each change of the chain, and of nothing else. */
  follow(engine: EngineStore): void {
    const { chain } = engine;
    if (chain === undefined) return;
    this.#cache.follow(chain);
    this.#show(chain.height);
    untrack(() => void this.#fill(engine, chain.height));
  }

  #show(height: number): void {
    const heights = Array.from({ length: SHOWN_BLOCKS }, (_, i) => height - SHOWN_BLOCKS + 1 + i);
    this.list = heights.flatMap((at) => this.#cache.at(at) ?? []);
  }

  /** Asks for what is missing, once at a time: a chain that grows meanwhile asks again. */
  async #fill(engine: EngineStore, height: number): Promise<void> {
    const from = Math.max(0, height - SHOWN_BLOCKS + 1);
    if (this.#asking || this.list.length === height - from + 1) return;
    this.#asking = true;
    this.#cache.add((await engine.client.ask({ kind: 'summaries', range: { from, to: height } })) ?? []);
    this.#asking = false;
    this.#show(height);
  }
}
