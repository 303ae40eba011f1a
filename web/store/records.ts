/**
 * What a slot's database holds: one record a key, each a `Uint8Array` of its codec's bytes and a checksum. Plain
 * objects are never stored: one that can't be cloned would leave half a batch behind.
 *
 * | key                | value                                                      |
 * |--------------------|------------------------------------------------------------|
 * | tip                | format, height, id, height of the snapshot; written last   |
 * | headers/<chunk>    | HEADERS_PER_CHUNK active headers, the last chunk may have fewer |
 * | body/<height>      | the block                                                  |
 * | changes/<height>   | what the block did to the ledger                           |
 * | snapshot           | the whole ledger at some height                            |
 * | identity/0, /1     | the node's secret key, twice                               |
 * | pending            | the user's own transactions that are in no block yet       |
 *
 * Records above the tip's height are leftovers of a reorg to a shorter branch; nobody reads them.
 */
import { concatBytes } from '@noble/hashes/utils.js';
import * as P from 'micro-packed';
import { blockCodec } from '../core/block.ts';
import { decodeOrUndefined, idCodec, u64 } from '../core/codec.ts';
import { equalBytes, type BlockId } from '../core/hash.ts';
import { HEADER_BYTES } from '../core/header.ts';
import { transactionCodec, type Transaction } from '../core/transaction.ts';
import type { Account, AccountChange, AccountState } from '../core/ledger.ts';
import type { Block } from '../core/block.ts';
import { checksum, CHECKSUM_BYTES, checksumSoon } from './checksum.ts';

/** A change of any record's form is another number, and a store of another number is read as damaged. */
const FORMAT = 1;
/** 80 kB: one block rewrites one chunk, and a restart reads a hundred for 100,000 blocks. */
export const HEADERS_PER_CHUNK = 1000;

/** A key of the database and the form of its value. */
export interface StoreRecord<T> {
  readonly key: string;
  /** An entry for `setMany`. @throws if the codec can't hold the value. */
  entry(value: T): [string, Uint8Array];
  /** Undefined for what is missing, damaged, or another key's value. Never throws. */
  read(stored: unknown): T | undefined;
  /** The same by the platform's own hash, where there is one: for what is large. Never rejects. */
  readSoon(stored: unknown): Promise<T | undefined>;
}

function record<T>(key: string, codec: P.CoderType<T>): StoreRecord<T> {
  return {
    key,
    entry(value) {
      const bytes = codec.encode(value);
      return [key, concatBytes(bytes, checksum(key, bytes))];
    },
    read(stored) {
      const parts = split(stored);
      if (!parts || !equalBytes(parts.sum, checksum(key, parts.bytes))) return undefined;
      return decodeOrUndefined(codec, parts.bytes);
    },
    async readSoon(stored) {
      const parts = split(stored);
      if (!parts || !equalBytes(parts.sum, await checksumSoon(key, parts.bytes))) return undefined;
      return decodeOrUndefined(codec, parts.bytes);
    },
  };
}

function split(stored: unknown): { readonly bytes: Uint8Array; readonly sum: Uint8Array } | undefined {
  if (!(stored instanceof Uint8Array) || stored.length < CHECKSUM_BYTES) return undefined;
  return { bytes: stored.subarray(0, -CHECKSUM_BYTES), sum: stored.subarray(-CHECKSUM_BYTES) };
}

export interface Tip {
  readonly height: number;
  readonly id: BlockId;
  /** Height of the block that the ledger snapshot follows; 0: there is none, and the ledger began empty. */
  readonly snapshotHeight: number;
}

export interface Snapshot {
  readonly height: number;
  readonly accounts: readonly Account[];
}

const stateCodec: P.CoderType<AccountState> = P.struct({ balance: u64, nonce: u64 });
const changeCodec: P.CoderType<AccountChange> = P.struct({
  account: P.hex(32),
  before: P.optional(P.bool, stateCodec),
  after: stateCodec,
}) as P.CoderType<AccountChange>;
const accountCodec: P.CoderType<Account> = P.struct({ account: P.hex(32), balance: u64, nonce: u64 });
const tipCodec: P.CoderType<Tip> = P.apply(
  P.struct({ format: P.U8, height: P.U32LE, id: idCodec, snapshotHeight: P.U32LE }),
  {
    encode: ({ format, ...tip }): Tip => {
      if (format !== FORMAT) throw new Error(`format ${format}`);
      return tip;
    },
    decode: (tip: Tip) => ({ format: FORMAT, ...tip }),
  },
);
const headersCodec: P.CoderType<Uint8Array> = P.validate(P.bytes(null), (bytes) => {
  if (bytes.length % HEADER_BYTES !== 0) throw new Error(`${bytes.length} bytes are no headers`);
  return bytes;
});

export const TIP = record('tip', tipCodec);
export const SNAPSHOT: StoreRecord<Snapshot> = record(
  'snapshot',
  P.struct({ height: P.U32LE, accounts: listOf(accountCodec) }),
);
export const IDENTITY_COPIES = [
  record('identity/0', P.bytes(32)),
  record('identity/1', P.bytes(32)),
] as const;

/** The user's own transactions that are in no block yet. */
export const OWN_PENDING: StoreRecord<readonly Transaction[]> = record('pending', listOf(transactionCodec));

/** Chunk n holds the headers at heights n * HEADERS_PER_CHUNK + 1 and on, packed. */
export const headersAt = (chunk: number): StoreRecord<Uint8Array> =>
  record(`headers/${digits(chunk)}`, headersCodec);
export const bodyAt = (height: number): StoreRecord<Block> => record(`body/${digits(height)}`, blockCodec);
export const changesAt = (height: number): StoreRecord<readonly AccountChange[]> =>
  record(`changes/${digits(height)}`, listOf(changeCodec));

/** The height of a body's key; undefined for another key. */
export function bodyHeight(key: unknown): number | undefined {
  const match = typeof key === 'string' ? /^body\/(\d{10})$/.exec(key) : null;
  return match === null ? undefined : Number(match[1]);
}

/** Ten digits hold every u32, and make the order of keys the order of heights. */
function digits(number: number): string {
  return String(number).padStart(10, '0');
}

/** micro-packed's list type is mutable; ours is not. */
function listOf<T>(codec: P.CoderType<T>): P.CoderType<readonly T[]> {
  return P.array(P.U32LE, codec) as unknown as P.CoderType<readonly T[]>;
}
