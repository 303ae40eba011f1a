/**
 * Looks through the active chain for what a user seeks, newest first, a few
 * blocks at a time: it tells how far it is, and can be stopped. Pure: the
 * store's answers drive it, and where no answer has to be waited for,
 * whoever runs it says when to go on.
 */
import type { Chain } from '../core/chain.ts';
import type { Mempool } from '../core/mempool.ts';
import { readActiveBlocks, type HeightRange } from './block-reader.ts';
import { found, isUnique, matcherOf, type ChainQuery, type Found, type Matcher } from './chain-query.ts';
import type { Store } from './ports.ts';

/** Blocks looked at in one go: full ones take some 50 ms, within which the node answers nobody. */
export const SEARCH_STEP = 32;
/** Where nothing is found, progress is told once in so many steps: messages to the page cost it frames. */
const STEPS_A_REPORT = 8;
/** Enough to read, and to know that the question was too wide. The block that reaches it is finished. */
export const MAX_FOUND = 100;
/** Of what is pending, which comes first: the rest of the answer belongs to the chain. */
export const MAX_PENDING_FOUND = 50;

/** Each tells what is new since the one before. */
export interface SearchProgress {
  readonly found: readonly Found[];
  /** Blocks looked at so far, of `total`. */
  readonly searched: number;
  readonly total: number;
  /** Of the `searched`, those that could not be read. */
  readonly unread: number;
  /**
   * `complete`: all was looked at. `enough`: below `nextTo` nothing was; there may be more. undefined: it goes on.
   */
  readonly end: 'complete' | 'enough' | undefined;
  /** Where to go on after `enough`: the height below the last block that was looked at. */
  readonly nextTo: number;
}

export interface SearchContext {
  readonly chain: Chain;
  readonly store: Store;
  readonly mempool: Mempool;
  /** Calls back later, so that the node comes to its turn between two steps. */
  readonly later: (run: () => void) => void;
  readonly onProgress: (progress: SearchProgress) => void;
}

export class ChainSearch {
  readonly #context: SearchContext;
  readonly #matches: Matcher;
  readonly #unique: boolean;
  readonly #range: HeightRange;
  #next: number;
  #found = 0;
  #unread = 0;
  #steps = 0;
  #stopped = false;

  /** What is pending counts as above the tip: a range that ends at the tip or higher has it. */
  constructor(context: SearchContext, query: ChainQuery, range: HeightRange) {
    const { height } = context.chain.tip;
    this.#context = context;
    this.#matches = matcherOf(query);
    this.#unique = isUnique(query);
    this.#range = { from: Math.max(range.from, 0), to: Math.min(range.to, height) };
    this.#next = this.#range.to;
    const pending = range.to >= height ? this.#pending() : [];
    context.later(() => this.#goOn(pending));
  }

  stop(): void {
    this.#stopped = true;
  }

  #pending(): Found[] {
    return [...this.#context.mempool.all()]
      .filter(({ tx }) => this.#matches(tx, undefined))
      .slice(-MAX_PENDING_FOUND)
      .reverse()
      .map(({ tx }) => found(tx, undefined));
  }

  #step(): void {
    if (this.#stopped) return;
    const { chain, store, later } = this.#context;
    const to = this.#next;
    const from = Math.max(this.#range.from, to - SEARCH_STEP + 1);
    let waited = false;
    readActiveBlocks(chain, store, { from, to }, (blocks) => {
      if (this.#stopped) return;
      this.#unread += to - from + 1 - blocks.length;
      const hits: Found[] = [];
      this.#next = from - 1;
      for (const { entry, block } of [...blocks].reverse()) {
        for (const tx of block.transactions) {
          if (this.#matches(tx, entry)) hits.push(found(tx, entry));
        }
        if (this.#found + hits.length < MAX_FOUND) continue;
        this.#next = entry.height - 1;
        break;
      }
      // From memory it is the same turn still.
      if (waited) this.#goOn(hits);
      else later(() => this.#goOn(hits));
    });
    waited = true;
  }

  #goOn(hits: readonly Found[]): void {
    if (this.#stopped) return;
    this.#found += hits.length;
    const end = this.#endOf();
    if (end !== undefined || hits.length > 0 || this.#steps % STEPS_A_REPORT === 0) this.#report(hits, end);
    this.#steps++;
    if (end === undefined) this.#step();
  }

  #report(hits: readonly Found[], end: SearchProgress['end']): void {
    const { from, to } = this.#range;
    this.#context.onProgress({
      found: hits,
      searched: Math.max(to - this.#next, 0),
      total: Math.max(to - from + 1, 0),
      unread: this.#unread,
      end,
      nextTo: this.#next,
    });
  }

  #endOf(): SearchProgress['end'] {
    if (this.#next < this.#range.from || (this.#unique && this.#found > 0)) return 'complete';
    return this.#found >= MAX_FOUND ? 'enough' : undefined;
  }
}
