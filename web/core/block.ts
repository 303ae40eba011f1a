/** A block: a header and the transactions whose merkle root it carries, the coinbase first. */
import * as P from 'micro-packed';
import { compactSize, sizeUpTo } from './codec.ts';
import { HEADER_BYTES, headerCodec, type Header } from './header.ts';
import { merkleRoot, type MerkleResult } from './merkle.ts';
import {
  MIN_TRANSACTION_BYTES,
  transactionBytes,
  transactionCodec,
  transactionHash,
  type Transaction,
} from './transaction.ts';

export interface Block {
  readonly header: Header;
  readonly transactions: readonly Transaction[];
}

/** No block of 64 KiB holds more; a larger count is refused before anything is read. */
export const MAX_BLOCK_TRANSACTIONS = Math.floor((64 * 1024 - HEADER_BYTES) / MIN_TRANSACTION_BYTES);

export const blockCodec: P.CoderType<Block> = P.struct({
  header: headerCodec,
  // micro-packed's array type is mutable; ours is not.
  transactions: P.array(sizeUpTo(MAX_BLOCK_TRANSACTIONS), transactionCodec) as unknown as P.CoderType<
    readonly Transaction[]
  >,
});

/** Bytes of the encoded block. */
export function blockSize(block: Block): number {
  const count = compactSize.encode(block.transactions.length).length;
  return block.transactions.reduce((sum, tx) => sum + transactionBytes(tx).length, HEADER_BYTES + count);
}

export function transactionsRoot(transactions: readonly Transaction[]): MerkleResult {
  return merkleRoot(transactions.map(transactionHash));
}
