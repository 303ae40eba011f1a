/**
 * The chain at a pace at which blocks can be drawn, and looked at. While hundreds of them arrive in a second nobody
 * reads any, and drawing two dozen anew with each snapshot would keep the page from answering its user.
 */
import type { ChainSnapshot } from '../../node/snapshot.ts';
import type { EngineClient } from '../engine-client.ts';
import { subscribeWhileSeen, whenSeen } from '../while-seen.ts';

/** So many new blocks, or fewer, are shown as they come. */
export const AT_ONCE = 3;
/** Between two looks at a chain that grows faster. */
export const PAUSE_MS = 1_000;

export interface PacedChainOptions {
  /** Waited before blocks that come fast are first shown: who draws the same blocks draws them in another task. */
  readonly delayMs?: number;
  /** `setTimeout`; for tests. */
  readonly later?: (run: () => void, ms: number) => unknown;
}

export class PacedChain {
  #shown = $state.raw<ChainSnapshot>();
  #isRushing = $state(false);
  #isWaiting = false;
  readonly #client: EngineClient;
  readonly #delayMs: number;
  readonly #later: (run: () => void, ms: number) => unknown;

  constructor(client: EngineClient, { delayMs = 0, later = setTimeout }: PacedChainOptions = {}) {
    this.#client = client;
    this.#delayMs = delayMs;
    this.#later = (run, ms) => later(run, ms);
    this.#shown = client.slice('chain');
  }

  /** The newest snapshot, or one that is at most a pause older. */
  get chain(): ChainSnapshot | undefined {
    return this.#shown;
  }

  /** Do blocks come faster than they are shown? What is drawn now will be gone with the next look. */
  get isRushing(): boolean {
    return this.#isRushing;
  }

  /** Returns what ends the listening. */
  follow(): () => void {
    this.#onChange();
    return subscribeWhileSeen(this.#client, 'chain', () => this.#onChange());
  }

  #onChange(): void {
    // The next look takes the newest there is then.
    if (this.#isWaiting) return;
    if (newBlocks(this.#shown, this.#client.slice('chain')) <= AT_ONCE) this.#look();
    else this.#lookLater(this.#delayMs);
  }

  #lookLater(ms: number): void {
    this.#isRushing = true;
    this.#isWaiting = true;
    // The timer goes on in a hidden page, and ends in a look when somebody sees it.
    this.#later(() => whenSeen(() => this.#lookAgain()), ms);
  }

  #lookAgain(): void {
    this.#isWaiting = false;
    const more = newBlocks(this.#shown, this.#client.slice('chain'));
    this.#look();
    if (more > AT_ONCE) this.#lookLater(PAUSE_MS);
    else this.#isRushing = false;
  }

  #look(): void {
    this.#shown = this.#client.slice('chain');
  }
}

/** How many of `next`'s newest blocks are not in `shown`; more than `recent` holds: Infinity. */
function newBlocks(shown: ChainSnapshot | undefined, next: ChainSnapshot | undefined): number {
  if (shown === undefined || next === undefined) return 0;
  const known = new Set(shown.recent.map(({ id }) => id));
  const count = next.recent.findIndex(({ id }) => known.has(id));
  return count < 0 ? Infinity : count;
}
