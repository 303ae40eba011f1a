/**
 * Takes blocks in and follows what they change: the active chain goes to the
 * store, mined transactions leave the mempool, those of a lost branch come
 * back, peers hear of the new tip, and reorgs are remembered.
 */
import type { Block } from '../core/block.ts';
import { headerOf, type BlockEntry } from '../core/block-index.ts';
import type { Activation, BlockResult, Chain, ConnectedBlock } from '../core/chain.ts';
import type { BlockId, TxId } from '../core/hash.ts';
import type { Mempool } from '../core/mempool.ts';
import type { RuleCode } from '../core/rules.ts';
import { isCoinbase, transactionId, type Transaction } from '../core/transaction.ts';
import { BoundedMap } from './bounded.ts';
import { MAX_ANNOUNCED_HEADERS } from './header-sync.ts';
import type { Peer } from './peer.ts';
import type { Store } from './ports.ts';
import type { ReorgRecord } from './snapshot.ts';
import { StaleBlocks } from './stale-blocks.ts';
import type { Heard } from './views.ts';

/** Blocks whose first hearing is remembered. */
const MAX_HEARD = 1_000;
const MAX_REORGS = 20;

export interface ChainKeeperEvents {
  /** The peers to tell of a new tip. */
  peersWithout(tip: BlockEntry): Iterable<Peer>;
  /** Sends the block itself, in compact form, to a peer that wants no mere announcement. False if it wants one. */
  pushBlock(peer: Peer, entry: BlockEntry, block: Block): boolean;
  /** A block broke a rule when its turn came; `from` gave it. */
  onRejected(from: Heard['from'], code: RuleCode): void;
  onMined(tx: Transaction, entry: BlockEntry): void;
  /** Its block is no longer active: it is to be pending again, if it still can be. */
  onReturned(tx: Transaction): void;
  /** The active chain has changed, the mempool with it. */
  onChanged(): void;
  onReorg(reorg: ReorgRecord): void;
  isOwn(id: TxId): boolean;
}

export class ChainKeeper {
  readonly stale: StaleBlocks;
  readonly #chain: Chain;
  readonly #mempool: Mempool;
  readonly #store: Store;
  readonly #events: ChainKeeperEvents;
  readonly #heard = new BoundedMap<BlockId, Heard>(MAX_HEARD);
  #reorgs: readonly ReorgRecord[] = [];
  #loading = false;

  constructor(chain: Chain, mempool: Mempool, store: Store, events: ChainKeeperEvents) {
    this.stale = new StaleBlocks(chain);
    this.#chain = chain;
    this.#mempool = mempool;
    this.#store = store;
    this.#events = events;
  }

  /** Newest first. */
  get reorgs(): readonly ReorgRecord[] {
    return this.#reorgs;
  }

  /** A reorg waits for the store to give old blocks back. */
  get isReadingBack(): boolean {
    return this.#loading;
  }

  heard(id: BlockId): Heard | undefined {
    return this.#heard.get(id);
  }

  /** A block with its body. `from` gave it; undefined: this node made it. */
  take(block: Block, from: Peer | undefined, nowMs: number): BlockResult {
    const result = this.#chain.addBlock(block, nowMs / 1000);
    if (result.kind === 'accepted') {
      const heard = { atMs: nowMs, from: from?.key };
      this.#heard.set(result.entry.id, heard);
      this.stale.note([result.entry], heard);
    }
    return result;
  }

  /** After `take` accepted one, and once its giver is noted to have it. */
  activate(nowMs: number, canRead = true): void {
    const activation = this.#chain.activate(canRead);
    for (const { entry, code } of activation.rejected) {
      this.#events.onRejected(this.#heard.get(entry.id)?.from, code);
    }
    if (activation.needs) this.#load(activation.needs, nowMs);
    if (activation.connected.length === 0) return;
    this.#store.commit({
      forkHeight: activation.fork.height,
      connected: activation.connected.map(({ entry, block, changes }) => ({ id: entry.id, block, changes })),
      ledger: () => this.#chain.ledger.accounts(),
    });
    this.#settleMempool(activation);
    if (activation.disconnected.length > 0) this.#noteReorg(activation, nowMs);
    this.#announce(activation.connected);
    this.#events.onChanged();
  }

  /** A reorg deeper than what is in memory waits for the store. */
  #load({ from, to }: { readonly from: number; readonly to: number }, nowMs: number): void {
    if (this.#loading) return;
    this.#loading = true;
    this.#store.readBlocks(from, to, (blocks) => {
      this.#loading = false;
      this.#chain.supply(blocks);
      // If the store could not give them all, the next block tries again; what is within reach goes on.
      this.activate(nowMs, blocks.length === to - from + 1);
    });
  }

  #settleMempool({ disconnected, connected }: Activation): void {
    const mined = new Set<TxId>();
    for (const { entry, block } of connected) {
      for (const tx of block.transactions) {
        if (isCoinbase(tx)) continue;
        const id = transactionId(tx);
        mined.add(id);
        this.#mempool.remove(id);
        this.#events.onMined(tx, entry);
      }
    }
    this.#mempool.settle(this.#chain.ledger);
    // Oldest first, so that nonces come in order.
    for (const { block } of [...disconnected].reverse()) {
      for (const tx of block.transactions) {
        if (!isCoinbase(tx) && !mined.has(transactionId(tx))) this.#events.onReturned(tx);
      }
    }
  }

  #noteReorg({ fork, disconnected }: Activation, nowMs: number): void {
    this.stale.noteReplaced(disconnected.map(({ entry }) => entry));
    const returned = disconnected.flatMap(({ block }) => block.transactions).map(transactionId);
    const reorg: ReorgRecord = {
      atMs: nowMs,
      depth: disconnected.length,
      forkHeight: fork.height,
      newHeight: this.#chain.tip.height,
      ownReturned: returned.filter((id) => this.#events.isOwn(id) && this.#mempool.has(id)).length,
    };
    this.#reorgs = [reorg, ...this.#reorgs].slice(0, MAX_REORGS);
    this.#events.onReorg(reorg);
  }

  /** For a peer that was not ready when the last blocks were announced: its hello from us may name an older tip. */
  announceTipTo(peer: Peer): void {
    const { tip } = this.#chain;
    if (peer.known.has(tip.id)) return;
    peer.known.add(tip.id);
    peer.send({ name: 'headers', headers: [headerOf(tip)] });
  }

  /**
   * To all who are not known to have the new tip: the block itself to those
   * who asked for that (BIP152's high-bandwidth mode), its header to the
   * others (BIP130). After a reorg it is headers for all: who lacks several
   * blocks needs them one after the other.
   */
  #announce(connected: readonly ConnectedBlock[]): void {
    const { tip } = this.#chain;
    const [first] = connected;
    const single = connected.length === 1 ? first?.block : undefined;
    // After a long reorg the receiver asks for the rest.
    const headers = connected.slice(-MAX_ANNOUNCED_HEADERS).map(({ block }) => block.header);
    for (const peer of this.#events.peersWithout(tip)) {
      if (peer.known.has(tip.id)) continue;
      peer.known.add(tip.id);
      if (single && this.#events.pushBlock(peer, tip, single)) continue;
      peer.send({ name: 'headers', headers });
    }
  }
}
