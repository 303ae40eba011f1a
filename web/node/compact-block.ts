/**
 * Makes a compact block of a block and a block of a compact one (BIP152),
 * without knowing anything of peers. A short id may fit the wrong transaction,
 * by chance or by a lie: only the merkle root tells, so a failure here blames
 * nobody.
 */
import { transactionsRoot, type Block } from '../core/block.ts';
import { equalBytes } from '../core/hash.ts';
import { headerCodec, type Header } from '../core/header.ts';
import { shortId, shortIdKey, type ShortId } from '../core/short-id.ts';
import { transactionId, type Transaction } from '../core/transaction.ts';
import type { CompactBlock } from './compact-messages.ts';

/** A block some of whose transactions are still to come. */
export interface PartialBlock {
  readonly header: Header;
  /** By place in the block. */
  readonly slots: readonly (Transaction | undefined)[];
  /** The places without a transaction, ascending. */
  readonly missing: readonly number[];
}

export type ShortIdOf = (tx: Transaction) => ShortId;

/** The short ids of one compact block. `nonce`: 8 bytes, drawn for this block. */
export function shortIdsUnder(header: Header, nonce: Uint8Array): ShortIdOf {
  const key = shortIdKey(headerCodec.encode(header), nonce);
  return (tx) => shortId(key, transactionId(tx));
}

/** Only the coinbase is prefilled: the rest was announced before, or costs less to be asked for than to be sent to all. */
export function compactOf({ header, transactions }: Block, nonce: Uint8Array): CompactBlock {
  const [coinbase, ...others] = transactions;
  if (!coinbase) throw new Error('a block without transactions');
  return {
    header,
    nonce,
    shortIds: others.map(shortIdsUnder(header, nonce)),
    prefilled: [{ index: 0, tx: coinbase }],
  };
}

/**
 * Looks for the block's transactions among `candidates`. Undefined if two of
 * the block's own short ids are equal: then no answer can tell them apart.
 */
export function matchTransactions(
  compact: CompactBlock,
  candidates: Iterable<Transaction>,
  shortIdOf: ShortIdOf = shortIdsUnder(compact.header, compact.nonce),
): PartialBlock | undefined {
  const slots = new Array<Transaction | undefined>(compact.shortIds.length + compact.prefilled.length);
  slots.fill(undefined);
  for (const { index, tx } of compact.prefilled) slots[index] = tx;
  const placeOf = new Map<ShortId, number>();
  let place = 0;
  for (const id of compact.shortIds) {
    while (slots[place]) place++;
    placeOf.set(id, place++);
  }
  if (placeOf.size < compact.shortIds.length) return undefined;

  const ambiguous = new Set<number>();
  let open = placeOf.size;
  for (const tx of candidates) {
    if (open === 0) break;
    const at = placeOf.get(shortIdOf(tx));
    if (at === undefined || ambiguous.has(at)) continue;
    const other = slots[at];
    if (other && transactionId(other) !== transactionId(tx)) {
      // Two of ours fit: asking costs less than guessing wrong.
      slots[at] = undefined;
      ambiguous.add(at);
      open++;
    } else if (!other) {
      slots[at] = tx;
      open--;
    }
  }
  const missing = [...placeOf.values()].filter((at) => !slots[at]);
  return { header: compact.header, slots, missing };
}

/**
 * The block, with `transactions` in the missing places, as many as those are.
 * Undefined if it is not the block that the header commits to.
 */
export function completeBlock(
  partial: PartialBlock,
  transactions: readonly Transaction[],
): Block | undefined {
  const slots = [...partial.slots];
  for (const [i, at] of partial.missing.entries()) slots[at] = transactions[i];
  const all = slots.filter((tx) => tx !== undefined);
  const { root, mutated } = transactionsRoot(all);
  if (mutated || !equalBytes(root, partial.header.merkleRoot)) return undefined;
  return { header: partial.header, transactions: all };
}
