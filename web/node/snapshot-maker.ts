/** Makes the slices that the page sees (snapshot.ts) from a node. */
import type { Chain } from '../core/chain.ts';
import type { AccountId, BlockId, TxId } from '../core/hash.ts';
import type { Mempool } from '../core/mempool.ts';
import type { AddressBook } from './address-book.ts';
import type { Peer } from './peer.ts';
import type {
  AccountSnapshot,
  BlockSummary,
  ChainSnapshot,
  MempoolSnapshot,
  PeersSnapshot,
  NodeSlices,
  ReorgRecord,
} from './snapshot.ts';
import type { StaleBlocks } from './stale-blocks.ts';
import { blockSummary, transactionView, type Heard } from './views.ts';
import type { WireCounts } from './wire-counts.ts';

/** Of the newest in a snapshot of the chain. */
export const RECENT_BLOCKS = 24;
const MAX_PENDING = 50;

/** Of a node, what is shown. */
export interface SnapshotSource {
  readonly account: AccountId;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly peers: Iterable<Peer>;
  readonly book: AddressBook;
  readonly wire: WireCounts;
  /** Newest first. */
  readonly reorgs: readonly ReorgRecord[];
  /** Peers banned now. */
  readonly banned: number;
  readonly nextNonce: number;
  readonly nowMs: number;
  readonly stale: StaleBlocks;
  /** Blocks that this peer was asked for and has not brought yet. */
  awaited(peer: Peer): number;
  heard(id: BlockId): Heard | undefined;
  isOwn(id: TxId): boolean;
}

export class SnapshotMaker {
  readonly #node: SnapshotSource;
  /** Summaries of the last `recent`, by id: most of them stay. */
  #summaries = new Map<string, BlockSummary>();

  constructor(node: SnapshotSource) {
    this.#node = node;
  }

  make<K extends keyof NodeSlices>(slice: K): NodeSlices[K];
  make(slice: keyof NodeSlices): NodeSlices[keyof NodeSlices] {
    switch (slice) {
      case 'chain':
        return this.#chain();
      case 'forks':
        return this.#node.stale.snapshot();
      case 'peers':
        return this.#peers();
      case 'mempool':
        return this.#mempool();
      case 'wire':
        return this.#node.wire.snapshot(this.#node.banned);
      case 'account':
        return this.#account();
      default:
        return slice satisfies never;
    }
  }

  #chain(): ChainSnapshot {
    const { chain, reorgs } = this.#node;
    const { tip } = chain;
    return {
      network: chain.params.network,
      genesisId: chain.index.genesis.id,
      height: tip.height,
      tipId: tip.id,
      tipTime: tip.time,
      headerHeight: chain.index.bestHeader.height,
      recent: this.#recent(),
      reorgs,
    };
  }

  #recent(): BlockSummary[] {
    const { chain } = this.#node;
    const summaries = new Map<string, BlockSummary>();
    for (let height = chain.tip.height; height >= 0 && summaries.size < RECENT_BLOCKS; height--) {
      const entry = chain.activeAt(height);
      const block = entry && chain.body(entry.id);
      if (!entry || !block) break;
      summaries.set(
        entry.id,
        this.#summaries.get(entry.id) ?? blockSummary(entry, block, this.#node.heard(entry.id)),
      );
    }
    this.#summaries = summaries;
    return [...summaries.values()];
  }

  #peers(): PeersSnapshot {
    const peers = [...this.#node.peers].map((peer) => ({
      linkId: peer.link.id,
      key: peer.key,
      dialled: peer.link.dialled,
      route: peer.link.route,
      ready: peer.ready,
      connectedAtMs: peer.connectedAtMs,
      rttMs: peer.rttMs,
      clockAheadSeconds: peer.clockAheadSeconds,
      height: peer.height,
      tipId: peer.tipId,
      bytesIn: peer.bytesIn,
      bytesOut: peer.bytesOut,
      links: this.#node.book.linksOf(peer).map(({ key }) => key),
      awaited: this.#node.awaited(peer),
      score: Math.round(peer.score(this.#node.nowMs)),
    }));
    return { peers };
  }

  #mempool(): MempoolSnapshot {
    const { mempool } = this.#node;
    const peers = [...this.#node.peers].filter(({ ready }) => ready);
    const all = [...mempool.all()];
    // The user's own are there however many others have come since.
    const older = all.slice(0, -MAX_PENDING).filter(({ id }) => this.#node.isOwn(id));
    const pending = [...older, ...all.slice(-MAX_PENDING)].reverse().map(({ tx, id, addedAtMs }) => ({
      ...transactionView(tx),
      own: this.#node.isOwn(id),
      addedAtMs,
      seenBy: peers.filter(({ known }) => known.has(id)).length,
    }));
    return { count: mempool.size, bytes: mempool.bytes, pending };
  }

  #account(): AccountSnapshot {
    const { account, chain, nextNonce } = this.#node;
    return { key: account, balance: chain.ledger.get(account).balance, nextNonce };
  }
}
