/**
 * Transactions travel by announcement: `inv` names them, `getData` asks for
 * those not yet known. The bookkeeping is that of Bitcoin Core's txrequest.h:
 *
 * - A transaction is asked of one peer at a time. Who does not give it within
 *   5 s, or says that it has none, has been tried, and is not asked for it
 *   again while another peer that announced it has not been.
 * - Peers that we dialled come first: strangers who dialled us could announce
 *   everything first and give nothing. (Core also lets strangers wait 2 s. We
 *   don't: in a room of tabs most links were dialled by the other side.)
 * - A peer has at most 1,000 announcements here, whether tried or not, and is
 *   asked for at most 100 at once and 200 a second, which is as fast as
 *   signatures can be checked. What is announced beyond that is forgotten: honest
 *   peers announce no faster (announcer.ts).
 */
import type { TxId } from '../core/hash.ts';
import { BoundedSet } from './bounded.ts';
import type { InventoryItem } from './messages.ts';
import type { Peer } from './peer.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

export const MAX_ANNOUNCED = 1_000;
export const MAX_REQUESTED = 100;
export const REQUEST_TIMEOUT_MS = 5_000;
/** A whole mempool at once. */
const REQUEST_RATE: Rate = { perSecond: 200, burst: 5_000 };
/** More is asked for when so few are under way. */
const REFILL_AT = MAX_REQUESTED / 2;
/** Mined or refused lately: not worth asking for again. */
const MAX_SETTLED = 10_000;
/**
 * Requests of one peer that were given up or became needless: their answers may still come, once each. As many as a peer
 * that is silent for 90 s (peer.ts), and no longer, is asked: 100 every 5 s.
 */
const MAX_OVERDUE = 2_000;

interface Request {
  /** Who announced it and was not asked yet. */
  readonly candidates: Set<Peer>;
  asked: Peer | undefined;
  deadlineMs: number;
  readonly tried: Set<Peer>;
}

interface PeerRequests {
  /** Requests that name it, in whatever part. */
  announced: number;
  /** Under way. */
  requested: number;
  readonly overdue: BoundedSet<TxId>;
  readonly bucket: TokenBucket;
}

export class TransactionRelay {
  readonly #requests = new Map<TxId, Request>();
  readonly #settled = new BoundedSet<TxId>(MAX_SETTLED);
  readonly #peers = new Map<Peer, PeerRequests>();
  /** Has anything changed since the requests were last looked through? */
  #isNews = false;

  /** Nothing more to do with it: it is in a block, or was refused for good. */
  settle(id: TxId): void {
    this.#settled.add(id);
    this.onReceived(id);
  }

  /** Transactions that are asked for, or waiting to be. */
  get size(): number {
    return this.#requests.size;
  }

  /** What is noted of a peer, for whoever checks the bounds. */
  load(peer: Peer): { readonly announced: number; readonly requested: number } {
    return this.#peers.get(peer) ?? { announced: 0, requested: 0 };
  }

  isSettled(id: TxId): boolean {
    return this.#settled.has(id);
  }

  onAnnounced(peer: Peer, ids: readonly TxId[], isKnown: (id: TxId) => boolean, nowMs: number): void {
    const state = this.#peers.get(peer) ?? {
      announced: 0,
      requested: 0,
      overdue: new BoundedSet<TxId>(MAX_OVERDUE),
      bucket: new TokenBucket(REQUEST_RATE, nowMs),
    };
    this.#peers.set(peer, state);
    for (const id of ids) {
      peer.known.add(id);
      if (isKnown(id) || this.#settled.has(id)) continue;
      const request = this.#requests.get(id) ?? newRequest();
      if (request.asked === peer || request.candidates.has(peer) || request.tried.has(peer)) continue;
      if (state.announced >= MAX_ANNOUNCED) break;
      state.announced++;
      request.candidates.add(peer);
      this.#isNews = true;
      this.#requests.set(id, request);
    }
    this.ask(nowMs);
  }

  /** It came: whoever else announced it need not be asked. */
  onReceived(id: TxId): void {
    const request = this.#requests.get(id);
    if (!request) return;
    const { asked } = request;
    if (asked) this.#release(id, request, asked);
    this.#forget(id, request);
  }

  /** Notes that it came. Does the peer thereby answer a question of ours, however late? True once for each question. */
  takeAnswer(peer: Peer, id: TxId, nowMs: number): boolean {
    const state = this.#peers.get(peer);
    const asked = this.#requests.get(id)?.asked;
    if (!state || (asked !== peer && !state.overdue.has(id))) return false;
    this.onReceived(id);
    state.overdue.delete(id);
    if (state.requested <= REFILL_AT) this.ask(nowMs);
    return true;
  }

  onNotFound(peer: Peer, id: TxId, nowMs: number): void {
    const request = this.#requests.get(id);
    if (request?.asked === peer) this.#release(id, request, peer);
    this.#peers.get(peer)?.overdue.delete(id);
    this.ask(nowMs);
  }

  removePeer(peer: Peer, nowMs: number): void {
    this.#peers.delete(peer);
    for (const [id, request] of [...this.#requests]) {
      request.candidates.delete(peer);
      request.tried.delete(peer);
      if (request.asked === peer) request.asked = undefined;
      this.#forgetIfHopeless(id, request);
    }
    this.#isNews = true;
    this.ask(nowMs);
  }

  /** After our own clock stood still, or was set back, nobody is late, and nobody gets hours. */
  forgiveGap(nowMs: number): void {
    for (const request of this.#requests.values()) request.deadlineMs = nowMs + REQUEST_TIMEOUT_MS;
  }

  tick(nowMs: number): void {
    for (const [id, request] of [...this.#requests]) {
      if (request.asked && nowMs > request.deadlineMs) this.#release(id, request, request.asked);
    }
    // Time alone may allow more.
    this.#isNews = true;
    this.ask(nowMs);
  }

  /** Sends what may be asked for now. */
  ask(nowMs: number): void {
    // All requests are looked through: not for every message that changes none.
    if (!this.#isNews) return;
    this.#isNews = false;
    const batches = new Map<Peer, InventoryItem[]>();
    for (const [id, request] of this.#requests) {
      if (request.asked) continue;
      const peer = this.#choose(request, nowMs);
      if (!peer) continue;
      request.candidates.delete(peer);
      request.asked = peer;
      request.deadlineMs = nowMs + REQUEST_TIMEOUT_MS;
      const batch = batches.get(peer);
      if (batch) batch.push({ kind: 'tx', id });
      else batches.set(peer, [{ kind: 'tx', id }]);
    }
    for (const [peer, items] of batches) peer.send({ name: 'getData', items });
  }

  /** A peer that may be asked now, counted as asked. */
  #choose({ candidates }: Request, nowMs: number): Peer | undefined {
    let chosen: Peer | undefined;
    for (const peer of candidates) {
      if ((this.#peers.get(peer)?.requested ?? MAX_REQUESTED) >= MAX_REQUESTED) continue;
      if (!chosen || (peer.link.dialled && !chosen.link.dialled)) chosen = peer;
    }
    const state = chosen && this.#peers.get(chosen);
    if (!state?.bucket.take(nowMs)) return undefined;
    state.requested++;
    return chosen;
  }

  /** The peer is no longer waited for; what it was asked for may still come. */
  #release(id: TxId, request: Request, peer: Peer): void {
    const state = this.#peers.get(peer);
    if (state) {
      state.requested--;
      state.overdue.add(id);
    }
    request.asked = undefined;
    request.tried.add(peer);
    this.#isNews = true;
    this.#forgetIfHopeless(id, request);
  }

  /** All have been tried: whoever announces it next is asked anew. */
  #forgetIfHopeless(id: TxId, request: Request): void {
    if (!request.asked && request.candidates.size === 0) this.#forget(id, request);
  }

  #forget(id: TxId, { candidates, tried }: Request): void {
    if (!this.#requests.delete(id)) return;
    for (const peer of [...candidates, ...tried]) {
      const state = this.#peers.get(peer);
      if (state) state.announced--;
    }
  }
}

function newRequest(): Request {
  return { candidates: new Set(), asked: undefined, deadlineMs: 0, tried: new Set() };
}
