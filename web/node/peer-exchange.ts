/**
 * Peers tell each other whom they are linked with, so that a room knows itself
 * when the signaling server is gone. Each peer is asked when its handshake is
 * through and then about once a minute; what nobody asked for is not read.
 */
import { addressId, type ToldAddress } from './address.ts';
import type { AddressBook } from './address-book.ts';
import type { Peer } from './peer.ts';
import { MAX_ADDRESSES, type Peers } from './messages.ts';
import type { Punish } from './peer-set.ts';
import type { Rng } from './ports.ts';
import { shuffled } from './shuffle.ts';

/** And up to a quarter more by chance. The rate in messages.ts is made for it. */
export const ASK_INTERVAL_MS = 60_000;

const EXPIRY_INTERVAL_MS = 5_000;

interface Exchange {
  askAtMs: number;
  /** A link loses nothing: an answer that has not come is never asked for twice. */
  isAwaited: boolean;
}

export class PeerExchange {
  readonly #book: AddressBook;
  readonly #rng: Rng;
  readonly #punish: Punish;
  readonly #exchanges = new Map<Peer, Exchange>();
  #expireAtMs = 0;

  constructor(book: AddressBook, rng: Rng, punish: Punish) {
    this.#book = book;
    this.#rng = rng;
    this.#punish = punish;
  }

  /** Its handshake is through. */
  addPeer(peer: Peer, nowMs: number): void {
    this.#exchanges.set(peer, { askAtMs: nowMs, isAwaited: false });
    this.tick(nowMs);
  }

  removePeer(peer: Peer): void {
    this.#exchanges.delete(peer);
    this.#book.removeTeller(peer);
  }

  onGetPeers(peer: Peer): void {
    peer.send({ name: 'peers', addresses: this.#answerTo(peer) });
  }

  onPeers(peer: Peer, { addresses }: Peers, nowMs: number): void {
    const exchange = this.#exchanges.get(peer);
    if (!exchange?.isAwaited) return this.#punish(peer, 'unrequested');
    exchange.isAwaited = false;
    this.#book.add(peer, addresses, nowMs);
  }

  tick(nowMs: number): void {
    if (nowMs >= this.#expireAtMs) {
      this.#expireAtMs = nowMs + EXPIRY_INTERVAL_MS;
      this.#book.expire(nowMs);
    }
    for (const [peer, exchange] of this.#exchanges) {
      if (exchange.isAwaited || nowMs < exchange.askAtMs) continue;
      exchange.isAwaited = true;
      exchange.askAtMs = this.#nextAskMs(nowMs);
      peer.send({ name: 'getPeers' });
    }
  }

  /** After our own clock stood still, or was set back, the next question is as far away as ever. */
  forgiveGap(nowMs: number): void {
    this.#expireAtMs = nowMs;
    for (const exchange of this.#exchanges.values()) {
      exchange.askAtMs = Math.min(exchange.askAtMs, this.#nextAskMs(nowMs));
    }
  }

  #nextAskMs(nowMs: number): number {
    return nowMs + ASK_INTERVAL_MS * (1 + this.#rng.next() / 4);
  }

  /** All our links, then some of theirs by chance. */
  #answerTo(asker: Peer): readonly ToldAddress[] {
    const answer = new Map<string, ToldAddress>();
    const add = (address: ToldAddress) => {
      const id = addressId(address);
      if (answer.size < MAX_ADDRESSES && address.key !== asker.hello?.key && !answer.has(id))
        answer.set(id, address);
    };
    for (const { hello } of this.#exchanges.keys()) {
      if (hello) add({ key: hello.key, session: hello.session, distance: 1 });
    }
    // Not what they know from theirs: its third link would be the asker's fourth, out of the reach of its signals.
    const theirs = this.#book.tellers.flatMap((teller) => this.#book.linksOf(teller));
    for (const address of shuffled(theirs, this.#rng)) add({ ...address, distance: 2 });
    return [...answer.values()];
  }
}
