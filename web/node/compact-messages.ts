/**
 * The messages of compact blocks, as BIP152 has them: a block travels as its
 * header and 6 bytes for each transaction that the receiver is likely to have.
 * What decodes is well-formed: indexes ascend (they are sent as differences,
 * so nothing else can be said) and lie within the block.
 */
import * as P from 'micro-packed';
import { MAX_BLOCK_TRANSACTIONS } from '../core/block.ts';
import { idCodec, list, sizeUpTo } from '../core/codec.ts';
import { headerCodec, type Header } from '../core/header.ts';
import type { BlockId } from '../core/hash.ts';
import { ROOM } from '../core/params.ts';
import { SHORT_ID_NONCE_BYTES, shortIdCodec, type ShortId } from '../core/short-id.ts';
import { transactionCodec, type Transaction } from '../core/transaction.ts';

/** BIP152's `sendcmpct`. Its version field is not needed: the one of `hello` speaks for the whole wire. */
export interface SendCompact {
  /** Are new blocks to be sent at once as `compactBlock`, without a question? */
  readonly highBandwidth: boolean;
}

export interface PrefilledTransaction {
  /** Its place in the block. */
  readonly index: number;
  readonly tx: Transaction;
}

/** BIP152's `cmpctblock`. */
export interface CompactBlock {
  readonly header: Header;
  /** Drawn by the sender: with the header it keys the short ids. */
  readonly nonce: Uint8Array;
  /** Of the transactions that are not prefilled, in the block's order. */
  readonly shortIds: readonly ShortId[];
  /** Those that the receiver can't have, the coinbase first of all. Indexes ascend. */
  readonly prefilled: readonly PrefilledTransaction[];
}

/** BIP152's `getblocktxn`. */
export interface GetBlockTxn {
  readonly blockId: BlockId;
  /** Places in the block, ascending. */
  readonly indexes: readonly number[];
}

/** BIP152's `blocktxn`: the answer, in the question's order. */
export interface BlockTxn {
  readonly blockId: BlockId;
  readonly transactions: readonly Transaction[];
}

/** No index is longer on the wire. */
const INDEX_BYTES = 3;
const COUNT_BYTES = 3;
const MESSAGE_ID_BYTES = 1;

/** A block with all of its transactions prefilled: no smaller limit would be met by every lawful one. */
export const MAX_COMPACT_BLOCK_BYTES =
  MESSAGE_ID_BYTES +
  ROOM.maxBlockBytes +
  SHORT_ID_NONCE_BYTES +
  COUNT_BYTES +
  MAX_BLOCK_TRANSACTIONS * INDEX_BYTES;
export const MAX_GET_BLOCK_TXN_BYTES =
  MESSAGE_ID_BYTES + 32 + COUNT_BYTES + MAX_BLOCK_TRANSACTIONS * INDEX_BYTES;
/** A whole block's transactions. */
export const MAX_BLOCK_TXN_BYTES = MESSAGE_ID_BYTES + 32 + ROOM.maxBlockBytes;

const gapCodec = sizeUpTo(MAX_BLOCK_TRANSACTIONS - 1);

/** BIP152's differential indexes: each is sent as its distance to the one after its predecessor. */
function toGaps(indexes: readonly number[]): number[] {
  return indexes.map((index, i) => index - (i === 0 ? 0 : (indexes[i - 1] as number) + 1));
}

function fromGaps(gaps: readonly number[]): number[] {
  let next = 0;
  return gaps.map((gap) => {
    const index = next + gap;
    next = index + 1;
    return index;
  });
}

function assertWithin(count: number, indexes: readonly number[]): void {
  if (count > MAX_BLOCK_TRANSACTIONS) throw new Error(`${count} transactions`);
  // They ascend, so the last is the highest.
  const last = indexes[indexes.length - 1];
  if (last !== undefined && last >= count) throw new Error(`index ${last} of ${count}`);
}

interface PrefilledOnWire {
  readonly gap: number;
  readonly tx: Transaction;
}

const prefilledCodec: P.CoderType<readonly PrefilledTransaction[]> = P.apply(
  list<PrefilledOnWire>(MAX_BLOCK_TRANSACTIONS, P.struct({ gap: gapCodec, tx: transactionCodec })),
  {
    encode: (wire: readonly PrefilledOnWire[]): readonly PrefilledTransaction[] => {
      const indexes = fromGaps(wire.map(({ gap }) => gap));
      return wire.map(({ tx }, i) => ({ index: indexes[i] as number, tx }));
    },
    decode: (prefilled: readonly PrefilledTransaction[]): readonly PrefilledOnWire[] => {
      const gaps = toGaps(prefilled.map(({ index }) => index));
      return prefilled.map(({ tx }, i) => ({ gap: gaps[i] as number, tx }));
    },
  },
);

export const sendCompactCodec: P.CoderType<SendCompact> = P.struct({ highBandwidth: P.bool });

export const compactBlockCodec: P.CoderType<CompactBlock> = P.validate(
  P.struct({
    header: headerCodec,
    nonce: P.bytes(SHORT_ID_NONCE_BYTES),
    shortIds: list(MAX_BLOCK_TRANSACTIONS, shortIdCodec),
    prefilled: prefilledCodec,
  }) as P.CoderType<CompactBlock>,
  (compact) => {
    const count = compact.shortIds.length + compact.prefilled.length;
    if (count === 0) throw new Error('a block without transactions');
    assertWithin(
      count,
      compact.prefilled.map(({ index }) => index),
    );
    return compact;
  },
);

export const getBlockTxnCodec: P.CoderType<GetBlockTxn> = P.validate(
  P.struct({
    blockId: idCodec,
    indexes: P.apply(list(MAX_BLOCK_TRANSACTIONS, gapCodec), { encode: fromGaps, decode: toGaps }),
  }) as P.CoderType<GetBlockTxn>,
  (request) => {
    if (request.indexes.length === 0) throw new Error('a request for nothing');
    assertWithin(MAX_BLOCK_TRANSACTIONS, request.indexes);
    return request;
  },
);

export const blockTxnCodec: P.CoderType<BlockTxn> = P.struct({
  blockId: idCodec,
  transactions: list(MAX_BLOCK_TRANSACTIONS, transactionCodec),
});
