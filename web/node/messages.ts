/**
 * The wire: every message that peers exchange, in one table. A message is its
 * id (u8) and its fields as the codec declares them; framing.ts carries it.
 * Each list has its cap in its codec, and each message its own limit and rate.
 */
import * as P from 'micro-packed';
import { blockCodec, type Block } from '../core/block.ts';
import { MAX_LOCATOR } from '../core/block-index.ts';
import { decodeOrUndefined, idCodec, list } from '../core/codec.ts';
import { headerCodec, HEADER_BYTES, type Header } from '../core/header.ts';
import type { AccountId, BlockId } from '../core/hash.ts';
import { ROOM } from '../core/params.ts';
import { MAX_TRANSACTION_BYTES, transactionCodec, type Transaction } from '../core/transaction.ts';
import { SESSION_BYTES, toldAddressCodec, type ToldAddress } from './address.ts';
import {
  blockTxnCodec,
  compactBlockCodec,
  getBlockTxnCodec,
  MAX_BLOCK_TXN_BYTES,
  MAX_COMPACT_BLOCK_BYTES,
  MAX_GET_BLOCK_TXN_BYTES,
  sendCompactCodec,
  type BlockTxn,
  type CompactBlock,
  type GetBlockTxn,
  type SendCompact,
} from './compact-messages.ts';
import {
  MAX_SIGNAL_MESSAGE_BYTES,
  SIGNAL_ID_BYTES,
  signalCodec,
  unroutableCodec,
  type Signal,
  type Unroutable,
} from './signal.ts';
import type { Rate } from './token-bucket.ts';

export const PROTOCOL_VERSION = 1;
/** Two thousand seconds of blocks at most: 80 KB, below what stalls a data channel. */
export const MAX_HEADERS = 1_000;
export const MAX_INVENTORY = 256;
/** All links of a full node (mesh.ts), and some of theirs. */
export const MAX_ADDRESSES = 16;
export const CHALLENGE_BYTES = 32;
export const PING_TOKEN_BYTES = 8;

/** First message on a link, both ways. */
export interface Hello {
  readonly protocol: number;
  readonly genesisId: BlockId;
  readonly key: AccountId;
  /** Random for each run of a node: tells a second link to a live node from the ghost of a closed one. */
  readonly session: string;
  readonly challenge: Uint8Array;
  /** The sender's clock, seconds since 1970. */
  readonly time: number;
  readonly tipId: BlockId;
  readonly height: number;
  /** Total work of the sender's active chain. */
  readonly work: bigint;
}

/** Second message: proves that the sender holds the key of its hello (handshake.ts). */
export interface Ready {
  readonly signature: Uint8Array;
}

export interface Ping {
  readonly token: string;
}

export interface GetHeaders {
  readonly locator: readonly BlockId[];
}

export interface Headers {
  readonly headers: readonly Header[];
}

/** 'compact' in `getData`, and the `notFound` that answers it: a block, as `compactBlock`. */
export type InventoryKind = 'tx' | 'block' | 'compact';

export interface InventoryItem {
  readonly kind: InventoryKind;
  readonly id: string;
}

export interface Inventory {
  readonly items: readonly InventoryItem[];
}

export type NoFields = Readonly<Record<never, never>>;

/** The answer to `getPeers`. */
export interface Peers {
  readonly addresses: readonly ToldAddress[];
}

/** Messages by name, with their fields. */
export interface Fields {
  hello: Hello;
  ready: Ready;
  ping: Ping;
  pong: Ping;
  getHeaders: GetHeaders;
  headers: Headers;
  inv: Inventory;
  getData: Inventory;
  notFound: Inventory;
  block: { readonly block: Block };
  tx: { readonly tx: Transaction };
  sendCompact: SendCompact;
  compactBlock: CompactBlock;
  getBlockTxn: GetBlockTxn;
  blockTxn: BlockTxn;
  getPeers: NoFields;
  peers: Peers;
  signal: Signal;
  unroutable: Unroutable;
}

export type MessageName = keyof Fields;
export type Message = { [K in MessageName]: { readonly name: K } & Fields[K] }[MessageName];

interface MessageSpec<T> {
  readonly id: number;
  readonly codec: P.CoderType<T>;
  /** Of the whole message, its id included. */
  readonly maxBytes: number;
  readonly rate: Rate;
}

// Bitcoin's numbers.
const kindCodec = P.map(P.U8, { tx: 1, block: 2, compact: 4 }) as P.CoderType<InventoryKind>;
const inventoryCodec: P.CoderType<Inventory> = P.struct({
  items: list(MAX_INVENTORY, P.struct({ kind: kindCodec, id: idCodec })),
});
const pingCodec: P.CoderType<Ping> = P.struct({ token: P.hex(PING_TOKEN_BYTES) });
const INVENTORY_BYTES = 1 + 3 + MAX_INVENTORY * 33;

/** Once in the life of a link. */
const ONCE: Rate = { perSecond: 0, burst: 1 };

export const MESSAGES: { readonly [K in MessageName]: MessageSpec<Fields[K]> } = {
  hello: {
    id: 1,
    codec: P.struct({
      protocol: P.U16LE,
      genesisId: idCodec,
      key: P.hex(32),
      session: P.hex(SESSION_BYTES),
      challenge: P.bytes(CHALLENGE_BYTES),
      time: P.U32LE,
      tipId: idCodec,
      height: P.U32LE,
      work: P.U256LE,
    }),
    maxBytes: 256,
    rate: ONCE,
  },
  ready: { id: 2, codec: P.struct({ signature: P.bytes(64) }), maxBytes: 128, rate: ONCE },
  ping: { id: 3, codec: pingCodec, maxBytes: 16, rate: { perSecond: 1, burst: 10 } },
  pong: { id: 4, codec: pingCodec, maxBytes: 16, rate: { perSecond: 1, burst: 10 } },
  getHeaders: {
    id: 5,
    codec: P.struct({ locator: list(MAX_LOCATOR, idCodec) }),
    maxBytes: 1 + 1 + MAX_LOCATOR * 32,
    // A syncing node asks once a reply, and takes 20 ms to check its thousand headers.
    rate: { perSecond: 50, burst: 120 },
  },
  headers: {
    id: 6,
    codec: P.struct({ headers: list(MAX_HEADERS, headerCodec) }),
    maxBytes: 1 + 3 + MAX_HEADERS * HEADER_BYTES,
    // New blocks are announced with it: a hundred a second is a test network's flood.
    rate: { perSecond: 100, burst: 400 },
  },
  inv: {
    id: 7,
    codec: inventoryCodec,
    maxBytes: INVENTORY_BYTES,
    // One for each transaction at worst (announcer.ts: 200 a second, 1,000 at once).
    rate: { perSecond: 300, burst: 1_500 },
  },
  getData: {
    id: 8,
    codec: inventoryCodec,
    maxBytes: INVENTORY_BYTES,
    // One for each transaction at worst (transaction-relay.ts), and one for 8 blocks of an initial sync.
    rate: { perSecond: 500, burst: 6_000 },
  },
  notFound: {
    id: 9,
    codec: inventoryCodec,
    maxBytes: INVENTORY_BYTES,
    // One for each item asked for.
    rate: { perSecond: 500, burst: 6_000 },
  },
  block: {
    id: 10,
    codec: P.struct({ block: blockCodec }),
    maxBytes: 1 + ROOM.maxBlockBytes,
    // Only what we asked for is read at all, so our own requests are the real limit.
    rate: { perSecond: 5_000, burst: 5_000 },
  },
  tx: {
    id: 11,
    codec: P.struct({ tx: transactionCodec }),
    maxBytes: 1 + MAX_TRANSACTION_BYTES,
    // We ask for 200 a second, 5,000 at once (transaction-relay.ts); answers may come in gusts.
    rate: { perSecond: 250, burst: 6_000 },
  },
  sendCompact: {
    id: 12,
    codec: sendCompactCodec,
    maxBytes: 8,
    // The choice changes once a second at most (compact-choice.ts), and when links come and go.
    rate: { perSecond: 2, burst: 20 },
  },
  compactBlock: {
    id: 13,
    codec: compactBlockCodec,
    maxBytes: MAX_COMPACT_BLOCK_BYTES,
    // One a block. On a test network two hashes make one: hundreds a second, and an honest peer must not be banned for it.
    rate: { perSecond: 1_000, burst: 4_000 },
  },
  getBlockTxn: {
    id: 14,
    codec: getBlockTxnCodec,
    maxBytes: MAX_GET_BLOCK_TXN_BYTES,
    // One a block at most, and of recent blocks only. The answer can be 64 KiB. Test networks make many blocks.
    rate: { perSecond: 50, burst: 400 },
  },
  blockTxn: {
    id: 15,
    codec: blockTxnCodec,
    maxBytes: MAX_BLOCK_TXN_BYTES,
    // As `block`: only what we asked for is read at all.
    rate: { perSecond: 100, burst: 400 },
  },
  getPeers: {
    id: 16,
    codec: P.struct({}),
    maxBytes: 1,
    // Asked once a minute (peer-exchange.ts); two more, since a clock that jumps asks early.
    rate: { perSecond: 1 / 60, burst: 3 },
  },
  peers: {
    id: 17,
    codec: P.struct({ addresses: list(MAX_ADDRESSES, toldAddressCodec) }),
    maxBytes: 1 + 1 + MAX_ADDRESSES * 41,
    rate: { perSecond: 1 / 60, burst: 3 },
  },
  signal: {
    id: 18,
    codec: signalCodec,
    maxBytes: MAX_SIGNAL_MESSAGE_BYTES,
    // More than an honest relay sends over one link (signal-router.ts), all at once after the 90 s in which a peer that
    // slept comes back to its links. What is too much for us but may be honest is sent back, not punished.
    rate: { perSecond: 40, burst: 1_200 },
  },
  // At most one for each signal.
  unroutable: {
    id: 19,
    codec: unroutableCodec,
    maxBytes: 1 + SIGNAL_ID_BYTES,
    rate: { perSecond: 40, burst: 1_200 },
  },
};

const NAMES = new Map((Object.keys(MESSAGES) as MessageName[]).map((name) => [MESSAGES[name].id, name]));

export function encodeMessage(message: Message): Uint8Array {
  const { id, codec } = MESSAGES[message.name] as MessageSpec<unknown>;
  const fields = codec.encode(message);
  const bytes = new Uint8Array(1 + fields.length);
  bytes[0] = id;
  bytes.set(fields, 1);
  return bytes;
}

export function messageName(id: number): MessageName | undefined {
  return NAMES.get(id);
}

/** `bytes`: a whole message, its id first. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const name = NAMES.get(bytes[0] ?? 0);
  if (!name) return undefined;
  const fields = decodeOrUndefined(MESSAGES[name].codec as P.CoderType<object>, bytes.subarray(1));
  return fields && ({ name, ...fields } as Message);
}
