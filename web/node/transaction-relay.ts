/**
 * Transactions travel by announcement: `inv` names them, `getData` asks for
 * those not yet known. Each is asked of one peer at a time; if it does not
 * come, of the next that announced it.
 */
import type { TxId } from '../core/hash.ts';
import { BoundedSet } from './bounded.ts';
import { MAX_INVENTORY, type InventoryItem } from './messages.ts';
import type { Peer } from './peer.ts';

export const MAX_ANNOUNCED = 1_000;
export const MAX_REQUESTED = 100;
const REQUEST_TIMEOUT_MS = 5_000;
/** Mined or refused lately: not worth asking for again. */
const MAX_SETTLED = 10_000;

interface Request {
  /** Who announced it and was not asked yet. */
  readonly others: Peer[];
  asked: Peer | undefined;
  deadlineMs: number;
}

export class TransactionRelay {
  readonly #requests = new Map<TxId, Request>();
  readonly #settled = new BoundedSet<TxId>(MAX_SETTLED);
  readonly #announced = new Map<Peer, number>();
  readonly #requested = new Map<Peer, number>();

  /** Nothing more to do with it: it is in a block, or was refused for good. */
  settle(id: TxId): void {
    this.#settled.add(id);
    this.onReceived(id);
  }

  onAnnounced(peer: Peer, ids: readonly TxId[], isKnown: (id: TxId) => boolean, nowMs: number): void {
    for (const id of ids) {
      peer.known.add(id);
      if (isKnown(id) || this.#settled.has(id)) continue;
      const request = this.#requests.get(id);
      if (request?.asked === peer || request?.others.includes(peer)) continue;
      if (count(this.#announced, peer) >= MAX_ANNOUNCED) return;
      change(this.#announced, peer, 1);
      if (request) request.others.push(peer);
      else this.#requests.set(id, { others: [peer], asked: undefined, deadlineMs: 0 });
    }
    this.ask(nowMs);
  }

  /** It came: whoever else announced it need not be asked. */
  onReceived(id: TxId): void {
    const request = this.#requests.get(id);
    if (request) this.#forget(id, request);
  }

  /** Was this transaction asked of this peer? */
  wasAsked(peer: Peer, id: TxId): boolean {
    return this.#requests.get(id)?.asked === peer;
  }

  onNotFound(peer: Peer, id: TxId, nowMs: number): void {
    const request = this.#requests.get(id);
    if (request?.asked !== peer) return;
    this.#giveUp(id, request);
    this.ask(nowMs);
  }

  removePeer(peer: Peer, nowMs: number): void {
    for (const [id, request] of [...this.#requests]) {
      const at = request.others.indexOf(peer);
      if (at >= 0) request.others.splice(at, 1);
      if (request.asked === peer) request.asked = undefined;
      if (!request.asked && request.others.length === 0) this.#requests.delete(id);
    }
    this.#announced.delete(peer);
    this.#requested.delete(peer);
    this.ask(nowMs);
  }

  /** After our own clock stood still, or was set back, nobody is late, and nobody gets hours. */
  forgiveGap(nowMs: number): void {
    for (const request of this.#requests.values()) request.deadlineMs = nowMs + REQUEST_TIMEOUT_MS;
  }

  tick(nowMs: number): void {
    for (const [id, request] of [...this.#requests]) {
      if (request.asked && nowMs > request.deadlineMs) this.#giveUp(id, request);
    }
    this.ask(nowMs);
  }

  /** Sends what may be asked for now. */
  ask(nowMs: number): void {
    const batches = new Map<Peer, InventoryItem[]>();
    for (const [id, request] of this.#requests) {
      if (request.asked) continue;
      const at = request.others.findIndex((peer) => count(this.#requested, peer) < MAX_REQUESTED);
      const [peer] = at < 0 ? [] : request.others.splice(at, 1);
      if (!peer) continue;
      change(this.#announced, peer, -1);
      change(this.#requested, peer, 1);
      request.asked = peer;
      request.deadlineMs = nowMs + REQUEST_TIMEOUT_MS;
      batches.set(peer, [...(batches.get(peer) ?? []), { kind: 'tx', id }]);
    }
    for (const [peer, items] of batches) peer.send({ name: 'getData', items });
  }

  #giveUp(id: TxId, request: Request): void {
    if (request.asked) change(this.#requested, request.asked, -1);
    request.asked = undefined;
    if (request.others.length === 0) this.#requests.delete(id);
  }

  #forget(id: TxId, request: Request): void {
    for (const peer of request.others) change(this.#announced, peer, -1);
    if (request.asked) change(this.#requested, request.asked, -1);
    this.#requests.delete(id);
  }
}

/** Tells `peer` of transactions that it is not known to have. */
export function announce(peer: Peer, ids: Iterable<TxId>): void {
  let items: InventoryItem[] = [];
  for (const id of ids) {
    if (peer.known.has(id)) continue;
    peer.known.add(id);
    items.push({ kind: 'tx', id });
    if (items.length < MAX_INVENTORY) continue;
    peer.send({ name: 'inv', items });
    items = [];
  }
  if (items.length > 0) peer.send({ name: 'inv', items });
}

function count(counts: Map<Peer, number>, peer: Peer): number {
  return counts.get(peer) ?? 0;
}

function change(counts: Map<Peer, number>, peer: Peer, by: number): void {
  counts.set(peer, Math.max(count(counts, peer) + by, 0));
}
