/**
 * The taking side of compact blocks (BIP152): puts a new block together from
 * what is here already, asks its giver for the rest, and falls back to the
 * whole block where that fails. Headers go the way of all headers
 * (block-sync.ts) before anything else is done; which blocks are being fetched
 * is that file's business, too.
 */
import type { BlockEntry } from '../core/block-index.ts';
import type { Chain } from '../core/chain.ts';
import type { BlockId } from '../core/hash.ts';
import { headerId } from '../core/header.ts';
import type { Mempool } from '../core/mempool.ts';
import type { Transaction } from '../core/transaction.ts';
import type { BlockSync } from './block-sync.ts';
import { BoundedMap } from './bounded.ts';
import { completeBlock, matchTransactions, type PartialBlock } from './compact-block.ts';
import { CompactChoice } from './compact-choice.ts';
import type { BlockTxn, CompactBlock } from './compact-messages.ts';
import type { Peer } from './peer.ts';
import type { Punish } from './peer-set.ts';

/**
 * Heights around the tip for which a compact form is of use: what is pending
 * here is what the next blocks take, and what a rival of the last ones took.
 */
const NEAR_BLOCKS = 2;
/**
 * Blocks of one peer that wait for transactions, one after the other on its
 * branch. Each holds at most one message of 66 KiB.
 */
const MAX_OPEN = 2;
/**
 * A new block that one peer has announced by its header is waited for so long
 * from those who send new blocks unasked: asked for at once, it would come
 * twice whenever the announcer was a little faster than they. Twice the
 * difference of two long ways; a hop is rarely slowed by it, since who gave a
 * tip first is who sends unasked.
 */
export const PUSH_PATIENCE_MS = 300;
/** Announced blocks for which that time runs. Old ones are on the chain, or asked for. */
const MAX_AWAITED = 16;
/** Blocks of one peer of which it is remembered that it gave them compact: once is enough. */
const MAX_ATTEMPTS = 16;

interface Attempt {
  /** Undefined once it was completed, has failed or is of no use any more. */
  partial: PartialBlock | undefined;
  /** `getBlockTxn` was sent and not answered. */
  awaiting: boolean;
}

type Attempts = BoundedMap<BlockId, Attempt>;

export interface CompactRelayParts {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly sync: BlockSync;
  readonly punish: Punish;
}

export class CompactRelay {
  readonly #parts: CompactRelayParts;
  readonly #choice = new CompactChoice();
  readonly #attempts = new Map<Peer, Attempts>();
  /** When it was first thought of asking for a block. */
  readonly #awaitedSinceMs = new BoundedMap<BlockId, number>(MAX_AWAITED);

  constructor(parts: CompactRelayParts) {
    this.#parts = parts;
  }

  addPeer(peer: Peer, nowMs: number): void {
    this.#attempts.set(peer, new BoundedMap(MAX_ATTEMPTS));
    this.#choice.addPeer(peer, nowMs);
  }

  removePeer(peer: Peer, nowMs: number): void {
    if (this.#attempts.delete(peer)) this.#choice.removePeer(peer, [...this.#attempts.keys()], nowMs);
  }

  /** `peer` gave the block that is the tip now. */
  onNewTip(peer: Peer, nowMs: number): void {
    if (this.#attempts.has(peer)) this.#choice.gaveTip(peer, nowMs);
  }

  /** Is this block to be asked for in compact form? With nothing pending it would only cost a round trip. */
  wants(entry: BlockEntry): boolean {
    return this.#parts.mempool.size > 0 && this.#isNear(entry);
  }

  /** Will another peer than `peer`, who has this block, probably send it before an answer could come? */
  awaits(peer: Peer, entry: BlockEntry, nowMs: number): boolean {
    const { chain, sync } = this.#parts;
    const { chosen } = this.#choice;
    // Only new tips are sent unasked. One of those who do so has told of its header only: then that is all that will come.
    if (entry.parent !== chain.tip || entry !== chain.index.bestHeader || chosen.includes(peer)) return false;
    if (chosen.every((other) => sync.has(other, entry))) return false;
    const sinceMs = this.#awaitedSinceMs.get(entry.id);
    if (sinceMs === undefined) this.#awaitedSinceMs.set(entry.id, nowMs);
    return nowMs - (sinceMs ?? nowMs) < PUSH_PATIENCE_MS;
  }

  onCompactBlock(peer: Peer, compact: CompactBlock, nowMs: number): void {
    const { chain, sync, punish } = this.#parts;
    const attempts = this.#attempts.get(peer);
    if (!attempts) return;
    const id = headerId(compact.header);
    const asked = sync.wasAsked(peer, id);
    if (!asked && !this.#choice.allows(peer, nowMs)) return punish(peer, 'unrequested');
    const headers = [compact.header];
    // Looked at once already: it is worth no more than its header.
    if (attempts.has(id)) return sync.onHeaders(peer, headers, nowMs);
    // The header is an announcement like any other, but the block itself is not to be asked for yet.
    const held = sync.hold(peer, id, nowMs);
    sync.onHeaders(peer, headers, nowMs);
    const entry = chain.index.get(id);
    const useful = entry !== undefined && this.#isOpen(entry) && (asked || entry.work > chain.tip.work);
    if (useful) this.#reconstruct(peer, id, compact, attempts, nowMs);
    else if (held) sync.letGo(peer, id, nowMs);
  }

  onBlockTxn(peer: Peer, { blockId, transactions }: BlockTxn, nowMs: number): void {
    const { punish } = this.#parts;
    const attempts = this.#attempts.get(peer);
    const attempt = attempts?.get(blockId);
    if (!attempts || !attempt?.awaiting) return punish(peer, 'unrequested');
    attempt.awaiting = false;
    this.#forgetOld(attempts);
    const { partial } = attempt;
    // It may have come from elsewhere meanwhile. Who is late, and what then, is for block-sync.ts to say.
    if (!partial) return;
    attempt.partial = undefined;
    if (transactions.length !== partial.missing.length) return punish(peer, 'bad-block-txn');
    this.#complete(peer, blockId, partial, transactions, nowMs);
  }

  #reconstruct(peer: Peer, id: BlockId, compact: CompactBlock, attempts: Attempts, nowMs: number): void {
    const { sync } = this.#parts;
    sync.noteAsked(peer, id);
    // New, with work of its own, and looked at once: nobody can go on like this.
    sync.noteProgress(peer, nowMs);
    this.#forgetOld(attempts);
    const mayWait = openCount(attempts) < MAX_OPEN;
    const attempt: Attempt = { partial: undefined, awaiting: false };
    attempts.set(id, attempt);
    const partial = matchTransactions(compact, this.#candidates());
    if (partial?.missing.length === 0) return this.#complete(peer, id, partial, [], nowMs);
    if (!partial || !mayWait) return sync.askWhole(peer, id, nowMs);
    attempt.partial = partial;
    attempt.awaiting = true;
    peer.send({ name: 'getBlockTxn', blockId: id, indexes: partial.missing });
  }

  #complete(
    peer: Peer,
    id: BlockId,
    partial: PartialBlock,
    transactions: readonly Transaction[],
    nowMs: number,
  ): void {
    const { sync } = this.#parts;
    const block = completeBlock(partial, transactions);
    // A short id may have fitted a wrong transaction of ours: the whole block will tell who is to blame, if anyone.
    if (block) sync.onBlock(peer, block, nowMs);
    else sync.askWhole(peer, id, nowMs);
  }

  /** What a new block is likely to be made of: what is pending, and what the last blocks took, for a rival of theirs. */
  *#candidates(): Generator<Transaction> {
    const { chain, mempool } = this.#parts;
    for (const { tx } of mempool.all()) yield tx;
    for (let depth = 0; depth < NEAR_BLOCKS; depth++) {
      const entry = chain.activeAt(chain.tip.height - depth);
      yield* (entry && chain.body(entry.id)?.transactions) ?? [];
    }
  }

  #isNear(entry: BlockEntry): boolean {
    return Math.abs(entry.height - this.#parts.chain.tip.height) <= NEAR_BLOCKS;
  }

  /** Could its body still be of use? */
  #isOpen(entry: BlockEntry): boolean {
    return this.#isNear(entry) && !entry.invalid && !this.#parts.chain.hasBody(entry);
  }

  #forgetOld(attempts: Attempts): void {
    for (const [id, attempt] of attempts.entries()) {
      if (!attempt.partial) continue;
      const entry = this.#parts.chain.index.get(id);
      if (!entry || !this.#isOpen(entry)) attempt.partial = undefined;
    }
  }
}

function openCount(attempts: Attempts): number {
  return [...attempts.entries()].filter(([, { partial }]) => partial).length;
}
