/**
 * Which peers are asked to send new blocks at once in compact form (BIP152's
 * high-bandwidth mode). As Bitcoin Core does: those that gave us a new tip
 * last, because they are likely to be first again, and one that we dialled
 * among them, because strangers who dialled us could take all places and then
 * be silent.
 */
import type { Peer } from './peer.ts';

/** BIP152: no more than three. Each costs a compact block for every new block. */
export const MAX_CHOSEN = 3;
/** Test networks make a hundred blocks a second: the choice need not follow each. */
export const MIN_CHANGE_MS = 1_000;
/** What a peer sent before our last word reached it still comes. */
export const CROSSING_MS = 10_000;

export class CompactChoice {
  /** Who gave a new tip longest ago, or none, stands first. */
  #chosen: Peer[] = [];
  /** No longer chosen, and since when. As many as there are links. */
  readonly #released = new Map<Peer, number>();
  #changedAtMs = -Infinity;

  /** May it send compact blocks that it was not asked for? */
  allows(peer: Peer, nowMs: number): boolean {
    return this.#chosen.includes(peer) || nowMs - (this.#released.get(peer) ?? -Infinity) <= CROSSING_MS;
  }

  get chosen(): readonly Peer[] {
    return this.#chosen;
  }

  /** Until peers have shown what they are good for, the first ones are taken. */
  addPeer(peer: Peer, nowMs: number): void {
    if (this.#chosen.length === MAX_CHOSEN) {
      if (!peer.link.dialled || this.#chosen.some(({ link }) => link.dialled)) return;
      this.#release(this.#chosen[0] as Peer, nowMs);
    }
    this.#choose(peer);
  }

  /** `others`: who could take its place. */
  removePeer(peer: Peer, others: readonly Peer[], nowMs: number): void {
    this.#released.delete(peer);
    if (!this.#chosen.includes(peer)) return;
    this.#chosen = this.#chosen.filter((chosen) => chosen !== peer);
    const free = others.filter((other) => other !== peer && !this.#chosen.includes(other));
    const next = free.find(({ link }) => link.dialled) ?? free[0];
    if (next) this.addPeer(next, nowMs);
  }

  /** `peer` was the first to give us the block that is the tip now. */
  gaveTip(peer: Peer, nowMs: number): void {
    if (!this.#chosen.includes(peer)) {
      if (nowMs - this.#changedAtMs < MIN_CHANGE_MS) return;
      this.#changedAtMs = nowMs;
      if (this.#chosen.length === MAX_CHOSEN) this.#release(this.#leaverFor(peer), nowMs);
      this.#choose(peer);
    }
    this.#chosen = [...this.#chosen.filter((chosen) => chosen !== peer), peer];
  }

  /** The one whose last tip is oldest, unless it is the only one that we dialled. */
  #leaverFor(newcomer: Peer): Peer {
    const [oldest, second] = this.#chosen as [Peer, Peer];
    const dialled = this.#chosen.filter(({ link }) => link.dialled);
    return !newcomer.link.dialled && dialled.length === 1 && dialled[0] === oldest ? second : oldest;
  }

  #choose(peer: Peer): void {
    this.#chosen.unshift(peer);
    this.#released.delete(peer);
    peer.send({ name: 'sendCompact', highBandwidth: true });
  }

  #release(peer: Peer, nowMs: number): void {
    this.#chosen = this.#chosen.filter((chosen) => chosen !== peer);
    this.#released.set(peer, nowMs);
    peer.send({ name: 'sendCompact', highBandwidth: false });
  }
}
