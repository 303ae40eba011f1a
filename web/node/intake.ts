/**
 * What comes in, from peers, from this node's own user or a file of theirs, and
 * may change the node's state: blocks go to the chain, transactions to the mempool and on to
 * the other peers. What breaks a rule costs the peer that gave it.
 */
import type { Block } from '../core/block.ts';
import type { BlockResult, Chain } from '../core/chain.ts';
import { headerId } from '../core/header.ts';
import type { Mempool, MempoolResult } from '../core/mempool.ts';
import { transactionId, type Transaction } from '../core/transaction.ts';
import type { Announcer } from './announcer.ts';
import type { BlockSync } from './block-sync.ts';
import type { ChainKeeper } from './chain-keeper.ts';
import type { CompactRelay } from './compact-relay.ts';
import { blockPenalty, PENALTIES } from './penalties.ts';
import type { Peer } from './peer.ts';
import type { PeerSet, Punish } from './peer-set.ts';
import type { TransactionRelay } from './transaction-relay.ts';

export interface IntakeParts {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly peers: PeerSet;
  readonly sync: BlockSync;
  readonly relay: TransactionRelay;
  readonly announcer: Announcer;
  readonly compact: CompactRelay;
  readonly keeper: ChainKeeper;
  readonly punish: Punish;
  onMempoolChanged(): void;
}

export class Intake {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** A block that was asked of `peer`, its signatures looked at ahead. */
  takeBlock(peer: Peer, block: Block, nowMs: number): void {
    const { chain, compact, keeper, sync, punish } = this.#parts;
    const result = keeper.take(block, peer, nowMs);
    sync.onProcessed(headerId(block.header));
    if (result.kind === 'refused') {
      punish(peer, result.code, blockPenalty(result.code));
      return;
    }
    sync.noteHas(peer, result.entry);
    if (result.kind !== 'accepted') return;
    peer.usefulBlockAtMs = nowMs;
    keeper.activate(nowMs);
    if (chain.tip === result.entry) compact.onNewTip(peer, nowMs);
  }

  /**
   * Blocks from a file that the user has, in order of height: judged like a peer's, and nobody is to blame for them.
   * The results end with the first one that is refused. A block that is good by itself may still be found to break a
   * rule when its branch is connected: its entry then says so.
   */
  takeFromFile(blocks: readonly Block[], nowMs: number): BlockResult[] {
    const { chain, keeper, sync } = this.#parts;
    const results: BlockResult[] = [];
    for (const block of blocks) {
      const result = chain.addBlock(block, nowMs / 1000);
      results.push(result);
      if (result.kind === 'refused') break;
      // A peer may be at it, too.
      sync.onProcessed(result.entry.id);
    }
    // Once for all of them: each change of the tip is announced to the peers.
    keeper.activate(nowMs);
    return results;
  }

  takeTransaction(peer: Peer, tx: Transaction, nowMs: number): void {
    const { mempool, relay, punish } = this.#parts;
    const id = transactionId(tx);
    peer.known.add(id);
    const asked = relay.takeAnswer(peer, id, nowMs);
    // Another peer, or a block, was faster.
    if (mempool.has(id) || relay.isSettled(id)) return;
    if (!asked) return punish(peer, 'unrequested');
    const result = this.add(tx, peer, nowMs);
    if (result.kind === 'accepted') {
      peer.usefulTransactionAtMs = nowMs;
      return;
    }
    if (PENALTIES[result.code] > 0) relay.settle(id);
    punish(peer, result.code);
  }

  /** Takes it into the mempool, if the rules allow, and tells all peers but the one it came from. */
  add(tx: Transaction, from: Peer | undefined, nowMs: number): MempoolResult {
    const { announcer, chain, mempool, peers, onMempoolChanged } = this.#parts;
    const { ledger, signatures } = chain;
    const result = mempool.add(tx, ledger, nowMs, (t) => signatures.check(t));
    if (result.kind === 'refused') return result;
    for (const peer of peers.ready) if (peer !== from) announcer.announce(peer, [result.id], nowMs);
    onMempoolChanged();
    return result;
  }
}
