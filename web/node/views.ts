/** Turns what core holds into what the page shows. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { blockSize, type Block } from '../core/block.ts';
import { headerBytes, type BlockEntry } from '../core/block-index.ts';
import { hashToId, type AccountId } from '../core/hash.ts';
import { targetFromBits } from '../core/target.ts';
import { isCoinbase, transactionId, type Transaction } from '../core/transaction.ts';
import type { BlockDetail, BlockSummary, TransactionView } from './snapshot.ts';

const SUMMARY_MEMOS = 4;

/** When and from whom this tab first had a block. */
export interface Heard {
  readonly atMs: number;
  readonly from: AccountId | undefined;
}

export function transactionView(tx: Transaction): TransactionView {
  return {
    id: transactionId(tx),
    coinbase: isCoinbase(tx),
    sender: tx.sender,
    nonce: tx.nonce,
    recipient: tx.recipient,
    amount: tx.amount,
    fee: tx.fee,
    memo: tx.memo,
  };
}

export function blockSummary(
  entry: Pick<BlockEntry, 'id' | 'height' | 'time'>,
  block: Block,
  heard: Heard | undefined,
): BlockSummary {
  const memos = block.transactions
    .filter((tx) => !isCoinbase(tx) && tx.memo !== '')
    .slice(0, SUMMARY_MEMOS)
    .map(({ sender, memo }) => ({ sender, memo }));
  return {
    height: entry.height,
    id: entry.id,
    prevId: hashToId(block.header.prevHash),
    time: entry.time,
    bits: block.header.bits,
    size: blockSize(block),
    producer: (block.transactions[0] as Transaction).recipient,
    transactionCount: block.transactions.length,
    memos,
    heardAtMs: heard?.atMs,
    heardFrom: heard?.from,
  };
}

export function blockDetail(entry: BlockEntry, block: Block, heard: Heard | undefined): BlockDetail {
  return {
    ...blockSummary(entry, block, heard),
    header: bytesToHex(headerBytes(entry)),
    version: block.header.version,
    merkleRoot: hashToId(block.header.merkleRoot),
    nonce: block.header.nonce,
    target: (targetFromBits(block.header.bits) ?? 0n).toString(16).padStart(64, '0'),
    transactions: block.transactions.map(transactionView),
  };
}
