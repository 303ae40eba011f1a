/**
 * Passes signals on between peers that are not linked yet, so that a room goes
 * on without its signaling server. A signal takes one way, not all ways: to its
 * receiver if that is a peer, else back to where the receiver was lately heard
 * from, else to a peer that says it can reach it. Who can't pass a signal on
 * says so to whom it came from, and that one tries its second choice.
 *
 * Nothing here is remembered for long or in bulk: a signal that has not
 * arrived within the 10 s in which a link must come about is of no use.
 */
import type { AccountId } from '../core/hash.ts';
import type { Verify } from '../core/transaction.ts';
import { addressId, addressOf, type AddressId, type Distance, type PeerAddress } from './address.ts';
import { BoundedMap } from './bounded.ts';
import type { Peer } from './peer.ts';
import type { PeerCode } from './penalties.ts';
import {
  MAX_TTL,
  signalHash,
  signalIdOf,
  signalIsGood,
  signSignal,
  type Signal,
  type SignalId,
  type Unroutable,
} from './signal.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

/** In which a dial has led to a link or to nothing (web/net/linker.ts). */
const DIAL_MS = 10_000;
/** Ids and ways back are kept for longer than any dial, and no clock but our own has a say. */
export const REMEMBER_MS = 2 * DIAL_MS;
/**
 * What goes over one link, either way. A dial is some eight signals each way; a node that lost all others' help may
 * make six dials and answer twelve at once. A relay takes no more than this from a peer and sends no more than this
 * to one: far less than peers punish (messages.ts), so nobody is banned for what others sent through it. It also
 * bounds what verifying costs: 13 links at 10 a second are a sixth of the time of the slowest verifier.
 */
export const LINK_RATE: Rate = { perSecond: 10, burst: 200 };
/** Of one origin among all that come over one link: half of it, so that one can't have it all. */
export const ORIGIN_RATE: Rate = { perSecond: 5, burst: 100 };
/** Tokens of a link that relayed signals leave to the node's own: a dial or eight. */
export const OWN_RESERVE = 64;
/** Of one link: what LINK_RATE lets through in REMEMBER_MS. So nobody can make us forget before the time. */
const MAX_SEEN = LINK_RATE.burst + (LINK_RATE.perSecond * REMEMBER_MS) / 1000;
/** Signals kept for a second choice, of one link; an answer comes within a round trip. At most 256 KiB a link. */
const MAX_KEPT = 32;
/** Addresses and origins of one link that are remembered: as many as a node can hear of through one peer, and half more. */
const MAX_HEARD = 64;
/** Next hops tried, one after the other. */
const MAX_TRIES = 2;

export type SignalPeer = Pick<Peer, 'link' | 'hello' | 'isBehind' | 'send'>;

/** Who told us of an address (address-book.ts), the nearest first. */
export interface SignalRoutes {
  tellersOf(to: AddressId): readonly { readonly teller: Pick<Peer, 'link'>; readonly distance: Distance }[];
}

export interface SignalRouterParts {
  readonly own: PeerAddress;
  readonly secretKey: Uint8Array;
  readonly genesisHash: Uint8Array;
  readonly verify: Verify;
  readonly routes: SignalRoutes;
  punish(peer: SignalPeer, code: PeerCode): void;
  /** A signal for us. It is its sender's; whether there is sense in it is for the receiver to see. */
  onSignal(from: AddressId, payload: Uint8Array): void;
  /** No way to `to` is known, or none works. Never from inside `send`. */
  onUnroutable(to: AddressId): void;
}

/** A signal that came to us, or began here. */
interface Passed {
  readonly to: AddressId;
  readonly atMs: number;
  /** Ids of the links that it went over, one choice after the other. Empty where it ended. */
  readonly tried: string[];
}

/** What came from one peer, or from us, and where it went. */
class Source {
  readonly passed = new BoundedMap<SignalId, Passed>(MAX_SEEN);
  readonly kept = new BoundedMap<SignalId, Signal>(MAX_KEPT);
}

interface Heard {
  /** Links between us and it. */
  readonly distance: number;
  readonly atMs: number;
}

/** The way that our own signals to an address go for one dial. The next takes another: this one may be a trap. */
interface Choice {
  readonly linkId: string;
  readonly sinceMs: number;
}

class Neighbour extends Source {
  readonly linkId: string;
  readonly peer: SignalPeer;
  readonly address: AddressId;
  readonly incoming: TokenBucket;
  readonly outgoing: TokenBucket;
  readonly origins = new BoundedMap<AccountId, TokenBucket>(MAX_HEARD);
  /** Whose signals came this way: the way back to them. */
  readonly heard = new BoundedMap<AddressId, Heard>(MAX_HEARD);

  constructor(peer: SignalPeer, address: AddressId, nowMs: number) {
    super();
    this.linkId = peer.link.id;
    this.peer = peer;
    this.address = address;
    this.incoming = new TokenBucket(LINK_RATE, nowMs);
    this.outgoing = new TokenBucket(LINK_RATE, nowMs);
  }

  accepts(origin: AccountId, nowMs: number): boolean {
    if (!this.incoming.take(nowMs)) return false;
    const bucket = this.origins.get(origin) ?? new TokenBucket(ORIGIN_RATE, nowMs);
    this.origins.set(origin, bucket);
    return bucket.take(nowMs);
  }
}

export class SignalRouter {
  readonly #parts: SignalRouterParts;
  readonly #ownId: AddressId;
  readonly #own = new Source();
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #choices = new BoundedMap<AddressId, Choice>(MAX_HEARD);
  #failed = new Set<AddressId>();

  constructor(parts: SignalRouterParts) {
    this.#parts = parts;
    this.#ownId = addressId(parts.own);
  }

  /** Its handshake is through. */
  addPeer(peer: SignalPeer, nowMs: number): void {
    if (peer.hello) this.#neighbours.set(peer.link.id, new Neighbour(peer, addressId(peer.hello), nowMs));
  }

  removePeer(peer: SignalPeer): void {
    this.#neighbours.delete(peer.link.id);
  }

  /** Sends a signal of our own: it arrives, is lost, or comes back as `onUnroutable`. */
  send(to: AddressId, payload: Uint8Array, nowMs: number): void {
    const { own, genesisHash, secretKey } = this.#parts;
    const signal = signSignal(genesisHash, { from: own, to: addressOf(to), payload }, secretKey);
    const id = signalIdOf(signalHash(genesisHash, signal));
    const passed: Passed = { to, atMs: nowMs, tried: [] };
    this.#own.passed.set(id, passed);
    this.#own.kept.set(id, signal);
    if (!this.#forward(this.#own, passed, signal, nowMs)) this.#failed.add(to);
  }

  tick(): void {
    const failed = this.#failed;
    this.#failed = new Set();
    for (const to of failed) this.#parts.onUnroutable(to);
  }

  onSignal(peer: SignalPeer, signal: Signal, nowMs: number): void {
    const { genesisHash, verify } = this.#parts;
    const source = this.#neighbours.get(peer.link.id);
    if (!source) return;
    const { from, ttl } = signal;
    // Nobody but its origin has a whole ttl to give.
    if (ttl === MAX_TTL && from.key !== peer.hello?.key) return this.#parts.punish(peer, 'ttl-not-counted');
    const hash = signalHash(genesisHash, signal);
    const id = signalIdOf(hash);
    if (!source.accepts(from.key, nowMs)) return this.#refuse(source, id);
    if (this.#recall(source, id, nowMs)) return;
    if (this.#seen(id, nowMs)) return this.#refuse(source, id);

    const to = addressId(signal.to);
    const passed: Passed = { to, atMs: nowMs, tried: [] };
    const onward = { ...signal, ttl: ttl - 1 };
    const isOurs = to === this.#ownId;
    // What goes no further is not worth a verification.
    if (!isOurs && !this.#nextHop(source, passed, onward, nowMs)) return this.#refuse(source, id);
    if (!signalIsGood(signal, hash, verify)) return this.#parts.punish(peer, 'bad-proof');
    source.passed.set(id, passed);
    source.heard.set(addressId(from), { distance: MAX_TTL + 1 - ttl, atMs: nowMs });
    if (isOurs) return this.#parts.onSignal(addressId(from), signal.payload);
    source.kept.set(id, onward);
    if (!this.#forward(source, passed, onward, nowMs)) this.#refuse(source, id);
  }

  /** A peer could not pass on what we gave it. What we did not give it, or long ago, is nothing. */
  onUnroutable(peer: SignalPeer, { signalId }: Unroutable, nowMs: number): void {
    const hop = this.#neighbours.get(peer.link.id);
    for (const source of [this.#own, ...this.#neighbours.values()]) {
      const passed = this.#recall(source, signalId, nowMs);
      if (!passed || !hop || passed.tried.at(-1) !== hop.linkId) continue;
      hop.heard.delete(passed.to);
      const signal = source.kept.get(signalId);
      if (signal && this.#forward(source, passed, signal, nowMs)) return;
      if (source instanceof Neighbour) this.#refuse(source, signalId);
      else this.#failed.add(passed.to);
      return;
    }
  }

  #refuse(to: Neighbour, signalId: SignalId): void {
    to.peer.send({ name: 'unroutable', signalId });
  }

  #recall(source: Source, id: SignalId, nowMs: number): Passed | undefined {
    const passed = source.passed.get(id);
    return passed && isFresh(passed.atMs, nowMs) ? passed : undefined;
  }

  #seen(id: SignalId, nowMs: number): boolean {
    return [this.#own, ...this.#neighbours.values()].some((source) => this.#recall(source, id, nowMs));
  }

  /** Over to the next hop that has not been tried. False if there is none. */
  #forward(source: Source, passed: Passed, signal: Signal, nowMs: number): boolean {
    const hop = this.#nextHop(source, passed, signal, nowMs);
    if (!hop) return false;
    hop.outgoing.take(nowMs);
    passed.tried.push(hop.linkId);
    if (source === this.#own) this.#choose(passed.to, hop.linkId, nowMs);
    hop.peer.send({ name: 'signal', ...signal });
    return true;
  }

  #nextHop(source: Source, { to, tried }: Passed, { ttl }: Signal, nowMs: number): Neighbour | undefined {
    if (tried.length >= MAX_TRIES) return undefined;
    const isOwn = source === this.#own;
    return this.#ways(to, ttl, isOwn, nowMs).find(
      (hop) =>
        hop !== source &&
        !tried.includes(hop.linkId) &&
        // On a link that is behind the signal would wait until it is of no use.
        !hop.peer.isBehind &&
        hop.outgoing.has(nowMs, isOwn ? 0 : OWN_RESERVE),
    );
  }

  /** Who may lead to an address within `ttl` links, the best first. */
  #ways(to: AddressId, ttl: number, isOwn: boolean, nowMs: number): readonly Neighbour[] {
    if (ttl < 1) return [];
    const back: { readonly hop: Neighbour; readonly atMs: number }[] = [];
    for (const hop of this.#neighbours.values()) {
      if (hop.address === to) return [hop];
      const heard = hop.heard.get(to);
      if (heard && heard.distance <= ttl && isFresh(heard.atMs, nowMs)) back.push({ hop, atMs: heard.atMs });
    }
    back.sort((a, b) => b.atMs - a.atMs);
    const told = this.#parts.routes
      .tellersOf(to)
      .filter(({ distance }) => distance < ttl)
      .map(({ teller }) => this.#neighbours.get(teller.link.id))
      .filter((hop) => hop !== undefined);
    const ways = [...back.map(({ hop }) => hop), ...(isOwn ? this.#inTurn(to, told, nowMs) : told)];
    return [...new Set(ways)];
  }

  /** One dial keeps to one way, and the next one begins with another. */
  #inTurn(to: AddressId, ways: readonly Neighbour[], nowMs: number): readonly Neighbour[] {
    const choice = this.#choices.get(to);
    const chosen = ways.filter(({ linkId }) => linkId === choice?.linkId);
    const others = ways.filter(({ linkId }) => linkId !== choice?.linkId);
    return choice && isFresh(choice.sinceMs, nowMs, DIAL_MS)
      ? [...chosen, ...others]
      : [...others, ...chosen];
  }

  #choose(to: AddressId, linkId: string, nowMs: number): void {
    const before = this.#choices.get(to);
    if (before?.linkId === linkId && isFresh(before.sinceMs, nowMs, DIAL_MS)) return;
    this.#choices.set(to, { linkId, sinceMs: nowMs });
  }
}

/** A clock that was set back makes everything old. */
function isFresh(atMs: number, nowMs: number, maxAgeMs = REMEMBER_MS): boolean {
  return atMs <= nowMs && nowMs - atMs <= maxAgeMs;
}
