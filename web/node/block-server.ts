/**
 * Serves what peers ask for. Bodies are sent only as fast as the link takes
 * them: what waits is a bounded list of ids, and of blocks what one read from
 * the store has brought, for a few seconds.
 */
import { headerOf } from '../core/block-index.ts';
import type { Block } from '../core/block.ts';
import type { Chain } from '../core/chain.ts';
import type { BlockId } from '../core/hash.ts';
import type { Mempool } from '../core/mempool.ts';
import type { CompactSender } from './compact-sender.ts';
import { MAX_HEADERS, MAX_INVENTORY, type GetHeaders, type InventoryItem } from './messages.ts';
import type { Peer } from './peer.ts';
import type { Store } from './ports.ts';

/** Four full requests. */
const MAX_WANTED = 1_024;
/**
 * Blocks read from the store at once: of those that a peer wants next as many as follow each other. Who goes on where
 * its last read ended, and was sent all of it, probably fetches the chain, and finds here what it asks for next.
 */
const MAX_READ = 32;
/** A peer that fetches the chain asks for more within this time; decoded blocks are too large to be kept for others. */
export const AHEAD_LIFETIME_MS = 10_000;

interface Wanted {
  readonly items: InventoryItem[];
  /** A read from the store is under way. */
  reading: boolean;
  /** What was read and not sent yet, by id; of one read only. */
  ahead: Map<BlockId, Block>;
  readAtMs: number;
  /** Height of the last block of the last read; undefined if that gave less than was asked for. */
  readUpTo: number | undefined;
}

export class BlockServer {
  readonly #chain: Chain;
  readonly #mempool: Mempool;
  readonly #store: Store;
  readonly #compact: CompactSender;
  readonly #wanted = new Map<Peer, Wanted>();
  #nowMs = 0;

  constructor(chain: Chain, mempool: Mempool, store: Store, compact: CompactSender) {
    this.#chain = chain;
    this.#mempool = mempool;
    this.#store = store;
    this.#compact = compact;
  }

  removePeer(peer: Peer): void {
    this.#wanted.delete(peer);
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const wanted of this.#wanted.values()) {
      if (wanted.ahead.size === 0 || nowMs - wanted.readAtMs <= AHEAD_LIFETIME_MS) continue;
      wanted.ahead.clear();
      wanted.readUpTo = undefined;
    }
  }

  /** The active chain's headers after the first block of the locator that we share. */
  sendHeaders(peer: Peer, { locator }: GetHeaders): void {
    let from = 0;
    for (const id of locator) {
      const entry = this.#chain.index.get(id);
      if (!entry || !this.#chain.isActive(entry)) continue;
      from = entry.height;
      break;
    }
    const headers = [];
    for (let height = from + 1; headers.length < MAX_HEADERS; height++) {
      const entry = this.#chain.activeAt(height);
      if (!entry) break;
      headers.push(headerOf(entry));
    }
    peer.send({ name: 'headers', headers });
  }

  /** False if the peer has asked for more than it may have waiting. */
  want(peer: Peer, items: readonly InventoryItem[]): boolean {
    const wanted = this.#wanted.get(peer) ?? nothingWanted();
    if (wanted.items.length + items.length > MAX_WANTED) return false;
    wanted.items.push(...items);
    this.#wanted.set(peer, wanted);
    this.serve(peer);
    return true;
  }

  /** Sends on until the link is full. To be called when it has drained. */
  serve(peer: Peer): void {
    const wanted = this.#wanted.get(peer);
    if (!wanted || wanted.reading) return;
    const missing: InventoryItem[] = [];
    while (peer.ready && peer.idle && missing.length < MAX_INVENTORY) {
      const item = wanted.items[0];
      if (!item) break;
      const block = this.#chain.body(item.id) ? undefined : wanted.ahead.get(item.id);
      if (!block && item.kind !== 'tx' && this.#readFromStore(peer, wanted, item.id)) break;
      wanted.items.shift();
      wanted.ahead.delete(item.id);
      if (block) peer.send({ name: 'block', block });
      else if (!this.#give(peer, item)) missing.push(item);
    }
    if (missing.length === 0) return;
    peer.send({ name: 'notFound', items: missing });
    // Where there were more of them than one message takes.
    this.serve(peer);
  }

  /** From memory; false if it is not there. */
  #give(peer: Peer, item: InventoryItem): boolean {
    if (item.kind === 'tx') {
      const tx = this.#mempool.get(item.id);
      if (tx) peer.send({ name: 'tx', tx });
      return tx !== undefined;
    }
    if (item.kind === 'compact' && this.#compact.give(peer, item.id)) return true;
    const block = this.#chain.body(item.id);
    if (block) peer.send({ name: 'block', block });
    return block !== undefined;
  }

  /** True if the block is in the store only: it, and what is asked for after it, will be sent later. */
  #readFromStore(peer: Peer, wanted: Wanted, id: BlockId): boolean {
    const height = this.#storedHeight(id);
    if (height === undefined) return false;
    const isReadOn = height - 1 === wanted.readUpTo && wanted.ahead.size === 0;
    const count = isReadOn ? MAX_READ : this.#runLength(wanted.items, height);
    wanted.reading = true;
    this.#store.readBlocks(height, height + count - 1, (blocks) => {
      wanted.reading = false;
      wanted.ahead = new Map(blocks.map((stored) => [stored.id, stored.block]));
      wanted.readAtMs = this.#nowMs;
      wanted.readUpTo = blocks.length === count ? height + count - 1 : undefined;
      // Whatever the store could not give is not found, and is not read for again.
      const [first] = wanted.items;
      if (first && !wanted.ahead.has(first.id)) {
        wanted.items.shift();
        if (!this.#give(peer, first)) peer.send({ name: 'notFound', items: [first] });
      }
      this.serve(peer);
    });
    return true;
  }

  /** How many of the items, from the first one, are the blocks from `height` on, without a gap. */
  #runLength(items: readonly InventoryItem[], height: number): number {
    let length = 1;
    for (; length < Math.min(items.length, MAX_READ); length++) {
      if (items[length]?.id !== this.#chain.activeAt(height + length)?.id) break;
    }
    return length;
  }

  /** Of an active block that is not in memory. */
  #storedHeight(id: BlockId): number | undefined {
    const entry = this.#chain.index.get(id);
    return entry && this.#chain.isActive(entry) && !this.#chain.body(id) ? entry.height : undefined;
  }
}

function nothingWanted(): Wanted {
  return { items: [], reading: false, ahead: new Map(), readAtMs: 0, readUpTo: undefined };
}
