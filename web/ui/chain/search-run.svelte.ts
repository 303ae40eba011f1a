import type { ChainQuery, Found } from '../../node/chain-query.ts';
import type { SearchProgress } from '../../node/chain-search.ts';
import type { ChainSnapshot, ReorgRecord } from '../../node/snapshot.ts';
import type { EngineClient } from '../engine-client.ts';

/** Above every tip, and exact. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** Of the search through the chain as it was when the search began. */
export type SearchState = Pick<SearchProgress, 'searched' | 'total' | 'unread' | 'end'>;

const BEGUN: SearchState = { searched: 0, total: 0, unread: 0, end: undefined };

/**
 * One question to the chain, answered while the chain grows: a search downwards from the tip of the beginning, and
 * small ones, repeated, of what came since and of what is pending. A reorg begins it anew.
 */
export class SearchRun {
  readonly #client: EngineClient;
  readonly #query: ChainQuery;
  #older = $state.raw<readonly Found[]>([]);
  #newer = $state.raw<readonly Found[]>([]);
  /** Of the blocks already searched in the pages before this one. */
  #done = 0;
  #startHeight: number | undefined;
  #reorg: ReorgRecord | undefined;
  #nextTo = 0;
  #stopOlder = (): void => undefined;
  #stopNewer = (): void => undefined;
  state = $state.raw(BEGUN);

  /** Newest first: what is pending, then what is sealed; each once, even while a reorg moves it. */
  readonly found = $derived(onceEach([...this.#newer, ...this.#older]));

  constructor(client: EngineClient, query: ChainQuery) {
    this.#client = client;
    this.#query = query;
  }

  /** To be called with each new tip, and when what is pending has changed. */
  follow(chain: ChainSnapshot): void {
    const [reorg] = chain.reorgs;
    const reorganized = reorg?.atMs !== this.#reorg?.atMs || reorg?.forkHeight !== this.#reorg?.forkHeight;
    if (this.#startHeight === undefined || reorganized) {
      this.#reorg = reorg;
      this.#startHeight = chain.height;
      this.#done = 0;
      this.#older = [];
      this.#newer = [];
      this.state = BEGUN;
      this.#searchOlder(chain.height);
    }
    this.#searchNewer(this.#startHeight + 1);
  }

  /** Goes on below where there was `enough`. */
  more(): void {
    if (this.state.end !== 'enough') return;
    this.#done = this.state.searched;
    this.#searchOlder(this.#nextTo);
  }

  /** Ends the search through the chain. What it found stays. */
  halt(): void {
    this.#stopOlder();
    if (this.state.end === undefined) this.state = { ...this.state, end: 'enough' };
  }

  stop(): void {
    this.#stopOlder();
    this.#stopNewer();
  }

  #searchOlder(to: number): void {
    this.#stopOlder();
    const total = (this.#startHeight ?? 0) + 1;
    this.#stopOlder = this.#client.search(this.#query, { from: 0, to }, (progress) => {
      // What is pending comes with the newer ones.
      const sealed = progress.found.filter(({ block }) => block !== undefined);
      if (sealed.length > 0) this.#older = [...this.#older, ...sealed];
      const { searched, unread, end, nextTo } = progress;
      this.#nextTo = nextTo;
      this.state = { searched: this.#done + searched, total, unread, end };
    });
  }

  #searchNewer(from: number): void {
    this.#stopNewer();
    let found: readonly Found[] = [];
    this.#stopNewer = this.#client.search(this.#query, { from, to: NO_LIMIT }, (progress) => {
      found = [...found, ...progress.found];
      if (progress.end === undefined) return;
      this.#newer = found;
      if (this.#query.kind === 'transaction' && found.length > 0) this.#settle();
    });
  }

  /** There is only one, and here it is. */
  #settle(): void {
    this.#stopOlder();
    this.state = { ...this.state, end: 'complete' };
  }
}

function onceEach(found: readonly Found[]): readonly Found[] {
  return [...new Map(found.map((one) => [one.transaction.id, one])).values()];
}
