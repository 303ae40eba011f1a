/**
 * The giving side of compact blocks (BIP152): who asked to get new blocks in
 * that form at once, and the transactions that they then lack.
 */
import type { Block } from '../core/block.ts';
import type { Chain } from '../core/chain.ts';
import type { BlockId } from '../core/hash.ts';
import { headerId } from '../core/header.ts';
import { SHORT_ID_NONCE_BYTES } from '../core/short-id.ts';
import { compactOf } from './compact-block.ts';
import type { CompactBlock, GetBlockTxn, SendCompact } from './compact-messages.ts';
import type { Peer } from './peer.ts';
import type { Punish } from './peer-set.ts';
import type { Rng } from './ports.ts';

/**
 * BIP152: transactions are given of the last ten blocks only. Whoever asks for
 * those of an older one has no use for a compact block, and gets it whole.
 */
export const MAX_DEPTH = 10;

export class CompactSender {
  readonly #chain: Chain;
  readonly #rng: Rng;
  readonly #punish: Punish;
  readonly #wanting = new Set<Peer>();
  /** The last block that was made compact: most are sent to several peers at once. */
  #last: { readonly id: BlockId; readonly compact: CompactBlock } | undefined;

  constructor(chain: Chain, rng: Rng, punish: Punish) {
    this.#chain = chain;
    this.#rng = rng;
    this.#punish = punish;
  }

  onSendCompact(peer: Peer, { highBandwidth }: SendCompact): void {
    if (highBandwidth) this.#wanting.add(peer);
    else this.#wanting.delete(peer);
  }

  removePeer(peer: Peer): void {
    this.#wanting.delete(peer);
  }

  /** Sends a new block to a peer that asked for such. False if it did not. */
  push(peer: Peer, block: Block): boolean {
    if (!this.#wanting.has(peer)) return false;
    this.#send(peer, block);
    return true;
  }

  /** Answers a `getData` of the kind 'compact'. False if the block is too old, or not here: whole then, or not at all. */
  give(peer: Peer, id: BlockId): boolean {
    const block = this.#recent(id);
    if (!block) return false;
    this.#send(peer, block);
    return true;
  }

  /** False as `give`. */
  onGetBlockTxn(peer: Peer, { blockId, indexes }: GetBlockTxn): boolean {
    const block = this.#recent(blockId);
    if (!block) return false;
    const transactions = indexes.flatMap((index) => block.transactions[index] ?? []);
    if (transactions.length < indexes.length) this.#punish(peer, 'bad-block-txn');
    else peer.send({ name: 'blockTxn', blockId, transactions });
    return true;
  }

  #recent(id: BlockId): Block | undefined {
    const entry = this.#chain.index.get(id);
    return entry && entry.height > this.#chain.tip.height - MAX_DEPTH ? this.#chain.body(id) : undefined;
  }

  #send(peer: Peer, block: Block): void {
    const id = headerId(block.header);
    if (this.#last?.id !== id) {
      this.#last = { id, compact: compactOf(block, this.#rng.bytes(SHORT_ID_NONCE_BYTES)) };
    }
    peer.send({ name: 'compactBlock', ...this.#last.compact });
  }
}
