/**
 * How the room's chain and mempool come to this node and go on from it: the
 * parts that fetch, judge, keep, serve and relay blocks and transactions, and
 * how they hang together. `message-router.ts` hands them what peers say.
 */
import type { BlockEntry } from '../core/block-index.ts';
import type { Chain } from '../core/chain.ts';
import type { TxId } from '../core/hash.ts';
import { headerId } from '../core/header.ts';
import type { Mempool } from '../core/mempool.ts';
import type { PolicyCode, RuleCode } from '../core/rules.ts';
import { transactionId, type Transaction } from '../core/transaction.ts';
import { Announcer } from './announcer.ts';
import { BlockServer } from './block-server.ts';
import { BlockSync } from './block-sync.ts';
import { ChainKeeper } from './chain-keeper.ts';
import { CompactRelay } from './compact-relay.ts';
import { CompactSender } from './compact-sender.ts';
import { Intake } from './intake.ts';
import { LostBlocks } from './lost-blocks.ts';
import { BAN_POINTS, blockPenalty } from './penalties.ts';
import type { Peer } from './peer.ts';
import type { PeerSet, Punish } from './peer-set.ts';
import type { Rng, Store, Verifier } from './ports.ts';
import type { ReorgRecord } from './snapshot.ts';
import { TransactionRelay } from './transaction-relay.ts';
import type { WireCounts } from './wire-counts.ts';

export interface ReplicationOptions {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly peers: PeerSet;
  readonly store: Store;
  readonly verifier: Verifier;
  readonly rng: Rng;
  readonly wire: WireCounts;
  readonly punish: Punish;
  /** What the verifier has looked at comes later, by itself: the time then is the node's last. */
  readonly clock: { readonly nowMs: number };
  isOwn(id: TxId): boolean;
  /** One of the node's own transactions is in a block. */
  onSealed(tx: Transaction, entry: BlockEntry): void;
  onReorg(reorg: ReorgRecord): void;
  onMempoolChanged(): void;
  /** A transaction of a block that is no longer active can't be pending again. */
  onRefusedReturn(tx: Transaction, code: RuleCode | PolicyCode): void;
  /** The active chain has changed, and the mempool may have. */
  onChainChanged(): void;
}

export class Replication {
  readonly sync: BlockSync;
  readonly lost: LostBlocks;
  readonly server: BlockServer;
  readonly relay = new TransactionRelay();
  readonly announcer: Announcer;
  readonly compact: CompactRelay;
  readonly compactSender: CompactSender;
  readonly keeper: ChainKeeper;
  readonly intake: Intake;
  readonly #chain: Chain;
  readonly #mempool: Mempool;

  constructor(options: ReplicationOptions) {
    const { chain, mempool, peers, store, verifier, rng, wire, punish, clock } = options;
    this.#chain = chain;
    this.#mempool = mempool;
    this.announcer = new Announcer((id) => mempool.has(id));
    this.compactSender = new CompactSender(chain, rng, punish);
    this.server = new BlockServer(chain, mempool, store, this.compactSender);
    this.sync = new BlockSync(chain, {
      onBroken: (peer, code) => punish(peer, code),
      onBlock: (peer, block) => {
        this.lost.onBlock(peer, block, clock.nowMs);
        const { index, signatures } = chain;
        const entry = index.get(headerId(block.header));
        // Of a block that is here already nothing is verified again, however often a peer sends it.
        if (entry && chain.hasBody(entry)) return this.intake.takeBlock(peer, block, clock.nowMs);
        verifier.lookAhead(signatures.open(block.transactions), (good) => {
          signatures.trust(good);
          this.intake.takeBlock(peer, block, clock.nowMs);
        });
      },
      onNewHeaders: (peer, entries, atMs) => this.keeper.stale.note(entries, { atMs, from: peer.key }),
      wantsCompact: (entry) => this.compact.wants(entry),
      storeTakesUpTo: () => store.takesUpTo,
      isOnItsWay: (peer, entry, atMs) => this.compact.awaits(peer, entry, atMs),
    });
    this.lost = new LostBlocks(chain.params, peers, this.sync, punish);
    this.compact = new CompactRelay({ chain, mempool, sync: this.sync, punish });
    this.keeper = new ChainKeeper(chain, mempool, store, {
      peersWithout: (tip) => peers.ready.filter((peer) => !this.sync.has(peer, tip)),
      pushBlock: (peer, entry, block) => {
        if (!this.compactSender.push(peer, block)) return false;
        this.sync.noteHas(peer, entry);
        return true;
      },
      onRejected: (from, code) => {
        // From a file: no peer is to blame for it.
        if (from === undefined) return;
        const peer = peers.ready.find(({ key }) => key === from);
        if (peer) return punish(peer, code, blockPenalty(code));
        wire.refused(code);
        if (blockPenalty(code) >= BAN_POINTS) peers.ban(from, clock.nowMs);
      },
      onMined: (tx, entry) => {
        const id = transactionId(tx);
        this.relay.settle(id);
        if (options.isOwn(id)) options.onSealed(tx, entry);
      },
      // What no longer fits (its sender's credits were in a stale coinbase, say) is gone with its branch.
      onReturned: (tx) => {
        const result = this.intake.add(tx, undefined, clock.nowMs);
        if (result.kind === 'refused') options.onRefusedReturn(tx, result.code);
      },
      onChanged: () => options.onChainChanged(),
      onReorg: (reorg) => options.onReorg(reorg),
      isOwn: (id) => options.isOwn(id),
    });
    this.intake = new Intake({
      chain,
      mempool,
      peers,
      sync: this.sync,
      relay: this.relay,
      announcer: this.announcer,
      compact: this.compact,
      keeper: this.keeper,
      punish,
      onMempoolChanged: () => options.onMempoolChanged(),
    });
  }

  addPeer(peer: Peer, nowMs: number): void {
    this.sync.addPeer(peer, nowMs);
    this.compact.addPeer(peer, nowMs);
    const { tip } = this.#chain;
    if (peer.toldTipId !== tip.id && !this.sync.has(peer, tip)) this.keeper.announceTipTo(peer);
    const pending = [...this.#mempool.all()].map(({ id }) => id);
    this.announcer.announce(peer, pending, nowMs);
  }

  removePeer(peer: Peer, nowMs: number): void {
    this.server.removePeer(peer);
    this.compactSender.removePeer(peer);
    this.compact.removePeer(peer, nowMs);
    this.announcer.removePeer(peer);
    this.relay.removePeer(peer, nowMs);
    this.sync.removePeer(peer, nowMs);
  }

  tick(nowMs: number): void {
    this.sync.tick(nowMs);
    this.lost.tick(nowMs);
    this.server.tick(nowMs);
    this.relay.tick(nowMs);
    this.announcer.tick(nowMs);
  }

  /** The device slept: no peer is judged by that time. */
  forgiveGap(nowMs: number): void {
    this.sync.forgiveGap(nowMs);
    this.relay.forgiveGap(nowMs);
  }
}
