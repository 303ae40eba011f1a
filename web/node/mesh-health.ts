/**
 * Tells when the links that a node has are poor although there are enough of
 * them, and which to give up for a new one (gossipsub v1.1's opportunistic
 * grafting has the same purpose: a node that liars have surrounded, or that sits
 * in a dead corner of the room, gets out by itself).
 */
import type { Chain } from '../core/chain.ts';
import type { BlockId } from '../core/hash.ts';
import { addressId } from './address.ts';
import type { AddressBook } from './address-book.ts';
import type { Peer } from './peer.ts';

/** A block takes a second or two to come once its header is here; 30 s is twice the time between blocks. */
const LAG_MS = 30_000;
/** As in a chain that nobody follows: an honest peer asks for a block when it is announced. */
const BEHIND_BLOCKS = 6;
/** Twice around the world with room to spare: such peers are overloaded or throttled. */
const SLOW_MS = 2_000;

/**
 * `lagging`: there is a better branch and nobody gives it. `behind`: no peer follows our branch. `slow`: half of
 * the peers are. `clique`: the peers know only each other, and there are others in the room.
 */
export type Ailment = 'lagging' | 'behind' | 'slow' | 'clique';

export class MeshHealth {
  readonly #chain: Chain;
  readonly #book: AddressBook;
  #tipId: BlockId;
  /** Since when the tip is what it is, or nothing better is known. */
  #calmAtMs = Infinity;

  constructor(chain: Chain, book: AddressBook) {
    this.#chain = chain;
    this.#book = book;
    this.#tipId = chain.tip.id;
  }

  tick(nowMs: number): void {
    const { tip, index } = this.#chain;
    if (tip.id === this.#tipId && index.bestHeader.work > tip.work && nowMs >= this.#calmAtMs) return;
    this.#tipId = tip.id;
    this.#calmAtMs = nowMs;
  }

  /** `peers`: those whose handshake is through. `members`: nodes in the room, this one included. */
  ailment(peers: readonly Peer[], members: number, nowMs: number): Ailment | undefined {
    if (peers.length === 0) return undefined;
    if (nowMs - this.#calmAtMs > LAG_MS) return 'lagging';
    const { height } = this.#chain.tip;
    if (peers.every((peer) => (peer.height ?? height) <= height - BEHIND_BLOCKS)) return 'behind';
    const slow = peers.filter(({ rttMs }) => rttMs !== undefined && rttMs > SLOW_MS);
    if (slow.length * 2 > peers.length) return 'slow';
    if (members > peers.length + 1 && this.#isClique(peers)) return 'clique';
    return undefined;
  }

  /** Of `peers`, the one to give up: it did least for us lately; of equals, the farthest. */
  worst(ailment: Ailment, peers: readonly Peer[]): Peer | undefined {
    const byUse = (a: Peer, b: Peer) => (a.usefulBlockAtMs ?? 0) - (b.usefulBlockAtMs ?? 0);
    const bySpeed = (a: Peer, b: Peer) => (b.rttMs ?? 0) - (a.rttMs ?? 0);
    const order = ailment === 'slow' ? bySpeed : (a: Peer, b: Peer) => byUse(a, b) || bySpeed(a, b);
    return [...peers].sort(order)[0];
  }

  #isClique(peers: readonly Peer[]): boolean {
    const ids = new Set(peers.flatMap(({ hello }) => (hello ? [addressId(hello)] : [])));
    return peers.every((peer) => {
      // Who has told nothing yet may know the whole room.
      const told = this.#book.linksOf(peer);
      return told.length > 0 && told.every((address) => ids.has(addressId(address)));
    });
  }
}
