/**
 * Serves what peers ask for. Bodies are sent only as fast as the link takes
 * them: what waits is a bounded list of ids, never of blocks.
 */
import { headerOf } from '../core/block-index.ts';
import type { Block } from '../core/block.ts';
import type { Chain } from '../core/chain.ts';
import type { BlockId } from '../core/hash.ts';
import type { Mempool } from '../core/mempool.ts';
import type { CompactSender } from './compact-sender.ts';
import { MAX_HEADERS, type GetHeaders, type InventoryItem } from './messages.ts';
import type { Peer } from './peer.ts';
import type { Store } from './ports.ts';

/** Four full requests. */
const MAX_WANTED = 1_024;
/** Blocks read from the store at once: two requests of a peer that fetches the chain, whose second finds them here. */
const READ_AHEAD = 32;

interface Wanted {
  readonly items: InventoryItem[];
  /** A read from the store is under way. */
  reading: boolean;
  /** Read along with what was wanted, by id; of one read only. */
  ahead: Map<BlockId, Block>;
}

export class BlockServer {
  readonly #chain: Chain;
  readonly #mempool: Mempool;
  readonly #store: Store;
  readonly #compact: CompactSender;
  readonly #wanted = new Map<Peer, Wanted>();

  constructor(chain: Chain, mempool: Mempool, store: Store, compact: CompactSender) {
    this.#chain = chain;
    this.#mempool = mempool;
    this.#store = store;
    this.#compact = compact;
  }

  removePeer(peer: Peer): void {
    this.#wanted.delete(peer);
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
    const wanted = this.#wanted.get(peer) ?? { items: [], reading: false, ahead: new Map<BlockId, Block>() };
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
    while (peer.ready && peer.idle) {
      const item = wanted.items[0];
      if (!item) return;
      const block = this.#chain.body(item.id) ? undefined : wanted.ahead.get(item.id);
      if (!block && item.kind !== 'tx' && this.#readFromStore(peer, wanted, item.id)) return;
      wanted.items.shift();
      wanted.ahead.delete(item.id);
      if (block) peer.send({ name: 'block', block });
      else this.#send(peer, item);
    }
  }

  #send(peer: Peer, item: InventoryItem): void {
    if (item.kind === 'tx') {
      const tx = this.#mempool.get(item.id);
      if (tx) return peer.send({ name: 'tx', tx });
    } else {
      if (item.kind === 'compact' && this.#compact.give(peer, item.id)) return;
      const block = this.#chain.body(item.id);
      if (block) return peer.send({ name: 'block', block });
    }
    peer.send({ name: 'notFound', items: [item] });
  }

  /** True if the block is in the store only: it, and what is asked for after it, will be sent later. */
  #readFromStore(peer: Peer, wanted: Wanted, id: BlockId): boolean {
    const entry = this.#chain.index.get(id);
    if (!entry || !this.#chain.isActive(entry) || this.#chain.body(id)) return false;
    wanted.reading = true;
    this.#store.readBlocks(entry.height, entry.height + READ_AHEAD - 1, (blocks) => {
      wanted.reading = false;
      wanted.ahead = new Map(blocks.map((stored) => [stored.id, stored.block]));
      // Whatever the store could not give is not found, and is not read for again.
      const [first] = wanted.items;
      if (first && !wanted.ahead.has(first.id)) {
        wanted.items.shift();
        this.#send(peer, first);
      }
      this.serve(peer);
    });
    return true;
  }
}
