/** Which ways new blocks went, told from one state of the node to the next. */
import type { AccountId, BlockId } from '../../core/hash.ts';
import type { ChainSnapshot, PeerView } from '../../node/snapshot.ts';

/** `from` equals `to` where a block was made. */
export interface Hop {
  readonly from: AccountId;
  readonly to: AccountId;
  /** It goes out after it has come in. */
  readonly delayMs: number;
}

/** How long a block is shown on its way over one link. The real one takes a few milliseconds. */
export const HOP_MS = 800;

export class BlockTravel {
  #tipId: BlockId | undefined;
  /** Who gave the tip; undefined if this tab made it. */
  #heardFrom: AccountId | undefined;
  #arrivesAtMs = 0;
  /** What each linked peer last said. */
  #peerTips = new Map<AccountId, BlockId>();

  /**
   * The hops since the last call; none the first time. Only changes are told: peers that come with the tip, and blocks
   * from the store, went nowhere.
   */
  observe(own: AccountId, chain: ChainSnapshot, peers: readonly PeerView[], nowMs: number): readonly Hop[] {
    const hops = [...this.#inward(own, chain, nowMs), ...this.#outward(own, chain.tipId, peers, nowMs)];
    this.#tipId = chain.tipId;
    this.#peerTips = new Map(
      peers.flatMap(({ key, tipId }) => (key === undefined || tipId === undefined ? [] : [[key, tipId]])),
    );
    return hops;
  }

  #inward(own: AccountId, { tipId, recent }: ChainSnapshot, nowMs: number): Hop[] {
    if (tipId === this.#tipId) return [];
    const tip = recent.find(({ id }) => id === tipId);
    this.#heardFrom = tip?.heardFrom;
    if (this.#tipId === undefined || tip?.heardAtMs === undefined) return [];
    this.#arrivesAtMs = nowMs + HOP_MS;
    return [{ from: tip.heardFrom ?? own, to: own, delayMs: 0 }];
  }

  /** To peers of whom it is new that they have this tab's tip. */
  #outward(own: AccountId, tipId: BlockId, peers: readonly PeerView[], nowMs: number): Hop[] {
    const delayMs = Math.max(0, this.#arrivesAtMs - nowMs);
    return peers.flatMap((peer) => {
      if (!peer.ready || peer.key === undefined || peer.tipId !== tipId) return [];
      const before = this.#peerTips.get(peer.key);
      if (before === undefined || before === tipId || peer.key === this.#heardFrom) return [];
      return [{ from: own, to: peer.key, delayMs }];
    });
  }
}
