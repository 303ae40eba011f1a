import type { HeightRange } from '../../node/block-reader.ts';
import type { BlockSummary, ChainSnapshot } from '../../node/snapshot.ts';
import type { EngineClient } from '../engine-client.ts';
import { BlockCache } from './block-cache.ts';

/** What the list knows of one height. */
export type RowState =
  { readonly kind: 'block'; readonly block: BlockSummary } | { readonly kind: 'loading' | 'unreadable' };

/** Gives the list its blocks, and fetches those that are on screen and not here yet, a page at a time. */
export class BlockSource {
  readonly #client: EngineClient;
  readonly #chain: () => ChainSnapshot | undefined;
  readonly #checks: () => number;
  readonly #cache = new BlockCache();
  /** Heights on screen whose blocks are not here, in the order in which they came into view. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing that is shown is read from it
  readonly #wanted = new Set<number>();
  /** The engine had no block there when it was asked. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- `#fetched` tells of its changes
  readonly #unreadable = new Set<number>();
  #followed: ChainSnapshot | undefined;
  #fetching = false;
  #fetched = $state(0);

  /**
   * `chain`: as the list shows it; `checks`: how many checks of the stored chain have ended, each of which may have
   * stored blocks anew. Both are reactive values.
   */
  constructor(client: EngineClient, chain: () => ChainSnapshot | undefined, checks: () => number) {
    this.#client = client;
    this.#chain = chain;
    this.#checks = checks;
  }

  /** To be read in a template: it changes with the chain, and when a page has come. */
  at(height: number): RowState {
    void this.#fetched;
    this.#follow();
    const block = this.#cache.at(height);
    if (block !== undefined) return { kind: 'block', block };
    return { kind: this.#unreadable.has(height) ? 'unreadable' : 'loading' };
  }

  #follow(): void {
    const chain = this.#chain();
    if (chain === undefined || chain === this.#followed) return;
    this.#followed = chain;
    this.#cache.follow(chain);
  }

  /**
   * A row without its block is on screen; returns what says that it is not any more. To be called in an effect, which
   * runs again, and so asks again, when a check has ended.
   */
  want(height: number): () => void {
    void this.#checks();
    this.#wanted.add(height);
    void this.#fetch();
    return () => this.#wanted.delete(height);
  }

  async #fetch(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    // The last to come into view: what is scrolled past is not waited for.
    for (let height = this.#next(); height !== undefined; height = this.#next()) {
      const checks = this.#checks();
      const range = this.#shownPageOf(height);
      const blocks = (await this.#client.ask({ kind: 'summaries', range })) ?? [];
      this.#cache.add(blocks);
      // What is missing in it may be there by now.
      if (this.#checks() !== checks) continue;
      // A reorg may have left it above the tip.
      this.#wanted.delete(height);
      for (let at = range.from; at <= range.to; at++) {
        this.#wanted.delete(at);
        if (this.#cache.at(at) === undefined) this.#unreadable.add(at);
        else this.#unreadable.delete(at);
      }
      this.#fetched++;
    }
    this.#fetching = false;
  }

  /** Not above the tip: what comes there while the page is read could not be told from what can't be read. */
  #shownPageOf(height: number): HeightRange {
    const { from, to } = this.#cache.pageOf(height);
    return { from, to: Math.min(to, this.#followed?.height ?? to) };
  }

  #next(): number | undefined {
    return [...this.#wanted].at(-1);
  }
}
