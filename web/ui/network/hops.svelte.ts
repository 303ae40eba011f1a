/** The hops of blocks that the graph shows now. */
import type { AccountId } from '../../core/hash.ts';
import type { ChainSnapshot, PeerView } from '../../node/snapshot.ts';
import { BlockTravel, HOP_MS, type Hop } from './block-travel.ts';

export interface ShownHop extends Hop {
  readonly id: number;
}

/** The trail stays longer than the block is on its way, for those who look a moment later. */
const SHOWN_MS = 2 * HOP_MS;
/** A block that reaches all of twelve peers, four times over. What is more is not drawn. */
const MAX_SHOWN = 48;

export class Hops {
  shown = $state.raw<readonly ShownHop[]>([]);
  readonly #travel = new BlockTravel();
  #nextId = 1;

  observe(own: AccountId, chain: ChainSnapshot, peers: readonly PeerView[]): void {
    const hops = this.#travel.observe(own, chain, peers, performance.now());
    // A hidden page draws nothing, and need not catch up on it.
    if (hops.length === 0 || document.hidden) return;
    const added = hops.map((hop) => ({ ...hop, id: this.#nextId++ }));
    this.shown = [...this.shown, ...added].slice(-MAX_SHOWN);
    for (const { id, delayMs } of added) setTimeout(() => this.#end(id), delayMs + SHOWN_MS);
  }

  #end(id: number): void {
    this.shown = this.shown.filter((hop) => hop.id !== id);
  }
}
