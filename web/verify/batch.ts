/**
 * What crosses between the pool and a verification worker: many transactions in one buffer that changes hands, since
 * a message costs as much as a signature and each object in it is copied by itself.
 */
import { transactionBytes, type Transaction } from '../core/transaction.ts';

export interface TransactionBatch {
  /** The pool's number for it. */
  readonly batchId: number;
  /** Of the room that they are signed for: 32 bytes. */
  readonly genesisHash: Uint8Array;
  /** Each one's bytes after their number (u16, little-endian). */
  readonly packed: Uint8Array<ArrayBuffer>;
}

export interface CheckedBatch {
  readonly batchId: number;
  /** For each transaction 1 if its signature is good, 0 if it is not. */
  readonly good: Uint8Array<ArrayBuffer>;
}

const LENGTH_BYTES = 2;

export function packTransactions(transactions: readonly Transaction[]): Uint8Array<ArrayBuffer> {
  const all = transactions.map(transactionBytes);
  const packed = new Uint8Array(all.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const bytes of all) {
    view.setUint16(at, bytes.length, true);
    packed.set(bytes, at + LENGTH_BYTES);
    at += LENGTH_BYTES + bytes.length;
  }
  return packed;
}

/** The bytes of each, where they are. */
export function unpackTransactions(packed: Uint8Array): Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const all: Uint8Array[] = [];
  let at = 0;
  while (at < packed.length) {
    const start = at + LENGTH_BYTES;
    at = start + view.getUint16(at, true);
    all.push(packed.subarray(start, at));
  }
  return all;
}
