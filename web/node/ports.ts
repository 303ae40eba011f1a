/**
 * Everything the node needs from outside itself. The engine implements these
 * ports for a tab, the tests and the simulator implement them for Node.js;
 * fakes stand here and nowhere else. All calls are synchronous: what takes
 * time answers later through a callback or one of the node's `on...` methods.
 */
import type { Account, AccountChange } from '../core/ledger.ts';
import type { Block } from '../core/block.ts';
import type { BlockId } from '../core/hash.ts';
import type { Transaction } from '../core/transaction.ts';

/** One open data channel to one peer. It carries frames of at most 16 KiB, in order. */
export interface Link {
  /** 32 hex characters, chosen at random by the side that dialled; the same on both sides. */
  readonly id: string;
  /** Did we dial? */
  readonly dialled: boolean;
  /** How the signals went that set it up; now that it is open it goes straight to the peer. */
  readonly route: Route | 'invitation';
  /** Names the encrypted channel: the same on both sides, and on no other link. 32 bytes. */
  readonly channel: Uint8Array;
  /** Bytes handed to `send` that the network has not taken yet. */
  readonly bufferedBytes: number;
  send(frame: Uint8Array): void;
  close(): void;
}

/**
 * Which way the signals go that set a link up: by the signaling server, which
 * names peers by ids of its own, or through peers, who know each other by
 * their addresses (address.ts).
 */
export type Route = 'server' | 'peers';

/** Opens links. */
export interface Dialer {
  /** `peerId` as `route` names the peer. Answers with the node's `onLinkOpen`, or with `onDialFailed(peerId)`. */
  dial(peerId: string, route: Route): void;
}

/** What one change of the active chain writes. All of it is stored, or none. */
export interface StoreChange {
  /** Height of the last block that stays; everything above it is replaced. */
  readonly forkHeight: number;
  /** The new active blocks at forkHeight + 1, forkHeight + 2, ... */
  readonly connected: readonly StoredBlock[];
  /** The whole ledger after the change. To be called within `commit`, and only if a snapshot is wanted: it costs. */
  readonly ledger: () => readonly Account[];
}

export interface StoredBlock {
  readonly id: BlockId;
  readonly block: Block;
  /** What the block did to each account it touched: undo and redo in one. */
  readonly changes: readonly AccountChange[];
}

export interface Store {
  commit(change: StoreChange): void;
  /**
   * Height up to which blocks may be committed for now, so that what waits to be written stays bounded. A hint for what
   * to ask of peers: all that is committed is stored. Infinity where nothing is stored, or need not be waited for.
   */
  readonly takesUpTo: number;
  /**
   * Reads active blocks by height, `from` to `to` inclusive. `done` is called
   * once, later, with as many as could be read from the start of the range.
   */
  readBlocks(from: number, to: number, done: (blocks: readonly StoredBlock[]) => void): void;
}

/** One header to grind: the nonce (last four bytes) is the worker's to choose. */
export interface PowJob {
  readonly id: number;
  /** 80 bytes. */
  readonly header: Uint8Array;
  readonly target: bigint;
}

export interface Pow {
  /** Replaces the job in hand, if any. A find comes back as the node's `onPowFound(jobId, header)`. */
  start(job: PowJob): void;
  stop(): void;
}

/** Verifies signatures ahead of need. Only the time that a block takes depends on it, never what becomes of it. */
export interface Verifier {
  /**
   * `done` is called once, with those whose signature was found good: later, or at once. The others are verified when
   * their block's turn comes.
   */
  lookAhead(transactions: readonly Transaction[], done: (good: readonly Transaction[]) => void): void;
}

/** Chance. Seeded in tests; `crypto.getRandomValues` in a tab. */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
  bytes(length: number): Uint8Array;
}
