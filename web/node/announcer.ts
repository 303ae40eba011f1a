/**
 * Tells peers of transactions that they are not known to have: at once, but
 * no faster than a peer can ask for them. It keeps 1,000 announcements and asks
 * for 200 transactions a second (transaction-relay.ts); what came on top of that
 * would be forgotten there. So a full mempool goes to a newcomer bit by bit.
 */
import type { TxId } from '../core/hash.ts';
import { MAX_TRANSACTIONS } from '../core/mempool.ts';
import { BoundedMap } from './bounded.ts';
import { MAX_INVENTORY, type InventoryItem } from './messages.ts';
import type { Peer } from './peer.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

/** Of transactions, for each peer. */
export const ANNOUNCE_RATE: Rate = { perSecond: 200, burst: 1_000 };

interface Waiting {
  readonly ids: BoundedMap<TxId, true>;
  readonly bucket: TokenBucket;
}

export class Announcer {
  readonly #isPending: (id: TxId) => boolean;
  readonly #peers = new Map<Peer, Waiting>();

  /** `isPending`: what is no longer pending when its turn comes is not announced. */
  constructor(isPending: (id: TxId) => boolean) {
    this.#isPending = isPending;
  }

  announce(peer: Peer, ids: Iterable<TxId>, nowMs: number): void {
    const waiting = this.#peers.get(peer) ?? {
      ids: new BoundedMap<TxId, true>(MAX_TRANSACTIONS),
      bucket: new TokenBucket(ANNOUNCE_RATE, nowMs),
    };
    this.#peers.set(peer, waiting);
    for (const id of ids) if (!peer.known.has(id)) waiting.ids.set(id, true);
    this.#flush(peer, waiting, nowMs);
  }

  tick(nowMs: number): void {
    for (const [peer, waiting] of this.#peers) this.#flush(peer, waiting, nowMs);
  }

  removePeer(peer: Peer): void {
    this.#peers.delete(peer);
  }

  #flush(peer: Peer, { ids, bucket }: Waiting, nowMs: number): void {
    let items: InventoryItem[] = [];
    for (const [id] of ids.entries()) {
      const isNews = !peer.known.has(id) && this.#isPending(id);
      if (isNews && !bucket.take(nowMs)) break;
      ids.delete(id);
      if (!isNews) continue;
      peer.known.add(id);
      items.push({ kind: 'tx', id });
      if (items.length < MAX_INVENTORY) continue;
      peer.send({ name: 'inv', items });
      items = [];
    }
    if (items.length > 0) peer.send({ name: 'inv', items });
  }
}
