import { setMany, type UseStore } from 'idb-keyval';
import type { Block } from '../core/block.ts';
import { RESIDENT_DEPTH } from '../core/chain.ts';
import type { Account } from '../core/ledger.ts';
import { PackedHeaders, packHeaders } from '../core/packed-headers.ts';
import type { Store, StoreChange, StoredBlock } from '../node/ports.ts';
import { createBlockWindow, type BlockWindow } from './block-window.ts';
import { DatabaseLostError } from './database.ts';
import { createHeaderChunks } from './header-chunks.ts';
import { bodyAt, changesAt, SNAPSHOT, TIP, type Snapshot } from './records.ts';
import { storeTrouble, type StoreTrouble } from './store-trouble.ts';
import { createStoredChain, range, type LoadedChain, type StoredParts } from './stored-chain.ts';
import { WritePace } from './write-pace.ts';

/** A snapshot is written once in so many blocks, and as many changes at most are replayed at the start. */
export const SNAPSHOT_INTERVAL = 500;
/**
 * Blocks kept in memory while nothing is stored, by their encoded size: 60,000 with nothing but a coinbase, or 13,000
 * with five transfers. Decoded they take some five times as much, which a phone's tab still bears.
 */
export const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** Without space a write is tried again after this, then after twice as long, and so on: people free space by hand. */
export const RETRY_MIN_MS = 15_000;
export const RETRY_MAX_MS = 300_000;

/**
 * `waiting` for the next try, with all that was not written; `given-up`: more than memory bears was not written, or the
 * database could not be read, and nothing more is written to it; `lost`: there is no database.
 */
type StoreState = 'storing' | 'waiting' | 'given-up' | 'lost';

export interface ChainStoreOptions {
  readonly store: UseStore;
  /** From now on nothing is stored, or it is for another reason, or the node has given up trying. */
  readonly onForgetting: (trouble: StoreTrouble) => void;
  /** After `onForgetting`: all is stored again, what came meanwhile too. */
  readonly onSaved: () => void;
  /** `setTimeout`; for tests. */
  readonly later?: (run: () => void, ms: number) => void;
  /** `performance.now`; for tests. */
  readonly now?: () => number;
}

/**
 * The active chain in IndexedDB. A change is stored by one transaction, whole or not at all; changes that come while
 * one is under way go together into the next. What does not work ends in `onForgetting`, never in an error for the
 * node, and the blocks stay in memory. Where a write failed it is tried again and nothing is lost; a database that is
 * gone stays gone, as somebody may have wanted that.
 */
export interface ChainStore extends Store {
  /** To be called once, before anything else. */
  load(): Promise<LoadedChain>;
  /** Resolves when everything committed so far is stored, or given up for now. */
  settled(): Promise<void>;
  /** The database is gone. To be called by who hears it first. */
  lose(error: DatabaseLostError): void;
  /** Something beside the chain could not be stored: as a failed write, until `onSaved`. */
  fail(error: unknown): void;
  /** From this height on every active block can be read here: 1, unless blocks were lost with their database. */
  readonly completeFrom: number;
  /** False from `onForgetting` on, until `onSaved`. */
  readonly isStoring: boolean;

  // For who checks what is stored. What rejects, does so when the database does.

  /** What the database itself has of these blocks, whatever is still to be written. */
  readParts(from: number, to: number): Promise<readonly StoredParts[]>;
  /** Reads what `load` reads, and changes nothing. To be called when all is settled. */
  loadAgain(): Promise<LoadedChain>;
  /** Stores an active block anew. False if it was not: it is just being replaced, or nothing is stored. */
  repair(height: number, block: StoredBlock): Promise<boolean>;
  /** Stores headers, ledger and tip anew. `make` is called when it can be done. False if nothing is stored. */
  rewrite(make: () => StoredIndex): Promise<boolean>;
}

/** All that is stored besides the blocks. */
export interface StoredIndex {
  /** 80 bytes each, from height 1 to the tip. */
  readonly headers: Uint8Array;
  /** The ledger at the tip. */
  readonly accounts: readonly Account[];
}

export function createChainStore({
  store,
  onForgetting,
  onSaved,
  later = (run, ms) => void setTimeout(run, ms),
  now = () => performance.now(),
}: ChainStoreOptions): ChainStore {
  const headerChunks = createHeaderChunks(store);
  const stored = createStoredChain(store, headerChunks);
  /** Not in the database yet. */
  let pending: BlockWindow | undefined;
  /** Being written now. */
  let writing: BlockWindow | undefined;
  /** The newest blocks, written or not, which the chain holds too: what is left when the database goes. */
  let recent = createBlockWindow(0);
  /** Goes out with the pending blocks. */
  let pendingSnapshot: Snapshot | undefined;
  /** Height of the newest snapshot, written or pending. */
  let snapshotHeight = 0;
  /** Height of the one in the database; 0: none. */
  let writtenSnapshotHeight = 0;
  let tipHeight = 0;
  let drained: Promise<void> = Promise.resolve();
  let state: StoreState = 'storing';
  let retryMs = RETRY_MIN_MS;
  let lastError: unknown;
  const pace = new WritePace(now);

  function fail(error: unknown): void {
    if (error instanceof DatabaseLostError) return lose(error);
    if (state !== 'storing') return;
    state = 'waiting';
    lastError = error;
    onForgetting(storeTrouble(error, true));
    later(() => void retry(), retryMs);
    retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    keepWithinBudget();
  }

  function giveUp(error: unknown): void {
    if (error instanceof DatabaseLostError) return lose(error);
    state = 'given-up';
    onForgetting(storeTrouble(error, false));
  }

  function lose(error: DatabaseLostError): void {
    if (state === 'lost') return;
    state = 'lost';
    if (writing !== undefined) recent.absorb(writing);
    if (pending !== undefined) recent.absorb(pending);
    pending = recent;
    onForgetting(storeTrouble(error, false));
    keepWithinBudget();
  }

  async function retry(): Promise<void> {
    if (state !== 'waiting') return;
    state = 'storing';
    drained = drain();
    await drained;
    if (!isStoring()) return;
    retryMs = RETRY_MIN_MS;
    onSaved();
  }

  /** The state changes while others are awaited, which the compiler does not see. */
  function isStoring(): boolean {
    return state === 'storing';
  }

  function keepWithinBudget(): void {
    if (pending?.trimBytes(MAX_KEPT_BYTES) !== true) return;
    if (state === 'storing' || state === 'waiting') giveUp(lastError);
  }

  function commit({ forkHeight, connected, ledger }: StoreChange): void {
    pending ??= createBlockWindow(forkHeight);
    pending.replace(forkHeight, connected);
    tipHeight = pending.tipHeight;
    if (pending !== recent) {
      recent.replace(forkHeight, connected);
      recent.trim(RESIDENT_DEPTH);
    }
    if (state === 'storing' || state === 'waiting') {
      if (forkHeight < snapshotHeight || tipHeight - snapshotHeight >= SNAPSHOT_INTERVAL) {
        // Asked for now: later the ledger is another.
        pendingSnapshot = { height: tipHeight, accounts: ledger() };
        snapshotHeight = tipHeight;
      }
    }
    if (state !== 'storing' || pace.hangs) keepWithinBudget();
    else if (writing === undefined) drained = drain();
  }

  async function drain(): Promise<void> {
    while (pending !== undefined && isStoring()) {
      writing = pending;
      pending = undefined;
      const snapshot = pendingSnapshot;
      pendingSnapshot = undefined;
      pace.begin();
      try {
        await write(writing, snapshot);
        pace.end(writing.tipHeight - writing.forkHeight);
      } catch (error) {
        pace.end(0);
        // What could not be written stays, together with what came meanwhile.
        if (pending !== undefined && pending !== recent) writing.absorb(pending);
        if (pending !== recent) pending = writing;
        pendingSnapshot ??= snapshot;
        fail(error);
      }
      writing = undefined;
    }
  }

  async function write(window: BlockWindow, snapshot: Snapshot | undefined): Promise<void> {
    const { forkHeight, tipHeight: height } = window;
    const blocks = window.blocks();
    const id = blocks.at(-1)?.id;
    // Nothing but a shorter chain: the node never goes there, but connects a better branch in the same change.
    if (id === undefined) return;
    const atSnapshot = snapshot?.height ?? writtenSnapshotHeight;
    const headers = packHeaders(blocks.map(({ block }) => block.header));
    const entries = await headerChunks.entries(forkHeight, headers);
    for (const [index, { block, changes }] of blocks.entries()) {
      entries.push(bodyAt(forkHeight + 1 + index).entry(block));
      entries.push(changesAt(forkHeight + 1 + index).entry(changes));
    }
    if (snapshot !== undefined) entries.push(SNAPSHOT.entry(snapshot));
    entries.push(TIP.entry({ height, id, snapshotHeight: atSnapshot }));
    await setMany(entries, store);
    writtenSnapshotHeight = atSnapshot;
  }

  function unstored(): BlockWindow[] {
    return [pending, writing].filter((window) => window !== undefined);
  }

  /** Above the lowest fork nothing in the database is sure to be active, or will be when it is read. */
  function storedHeight(): number {
    return Math.min(tipHeight, ...unstored().map(({ forkHeight }) => forkHeight));
  }

  async function readBlocks(from: number, to: number): Promise<StoredBlock[]> {
    const windows = unstored();
    const last = Math.min(to, tipHeight);
    const storedUpTo = Math.min(last, storedHeight());
    const inMemory: StoredBlock[] = [];
    for (const height of range(Math.max(from, storedUpTo + 1), last)) {
      const window = windows.find(({ forkHeight }) => height > forkHeight);
      const block = window?.at(height);
      if (block === undefined) break;
      inMemory.push(block);
    }
    if (from > storedUpTo) return inMemory;
    const read = await stored.readBlocks(from, storedUpTo);
    return read.length < storedUpTo - from + 1 ? read : [...read, ...inMemory];
  }

  async function load(): Promise<LoadedChain> {
    let loaded: LoadedChain;
    try {
      loaded = await stored.load();
    } catch (error) {
      // It may be a good chain: what begins anew must not be written over it.
      giveUp(error);
      return { kind: 'empty' };
    }
    if (loaded.kind === 'damaged') return { ...loaded, blocks: untilFailure(loaded.blocks) };
    if (loaded.kind === 'empty') return loaded;
    tipHeight = loaded.height;
    snapshotHeight = writtenSnapshotHeight = loaded.snapshotHeight;
    recent = createBlockWindow(tipHeight - loaded.recent.length);
    recent.replace(recent.forkHeight, loaded.recent);
    return { ...loaded, blocks: untilFailure(loaded.blocks) };
  }

  async function repair(height: number, { block, changes }: StoredBlock): Promise<boolean> {
    // A write that replaces it may come first, and must come last.
    const isReplaced = [pending, writing].some(
      (window) => window !== undefined && window.forkHeight < height,
    );
    if (!isStoring() || isReplaced || height > tipHeight) return false;
    try {
      await setMany([bodyAt(height).entry(block), changesAt(height).entry(changes)], store);
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  }

  async function rewrite(make: () => StoredIndex): Promise<boolean> {
    while (writing !== undefined) await drained;
    if (!isStoring()) return false;
    // What is committed from now on is written after this.
    writing = createBlockWindow(tipHeight);
    // At once: a change that leaves the chain below it needs a snapshot of its own.
    snapshotHeight = tipHeight;
    pace.begin();
    let isDone = false;
    drained = writeIndex(make())
      .then(() => (isDone = true), fail)
      .then(() => {
        pace.end(0);
        writing = undefined;
        return drain();
      });
    await drained;
    return isDone;
  }

  async function writeIndex({ headers, accounts }: StoredIndex): Promise<void> {
    const height = tipHeight;
    const id = new PackedHeaders(headers).id(height - 1);
    const entries = await headerChunks.entries(0, headers);
    entries.push(SNAPSHOT.entry({ height, accounts }), TIP.entry({ height, id, snapshotHeight: height }));
    await setMany(entries, store);
    writtenSnapshotHeight = height;
  }

  async function* untilFailure(blocks: AsyncIterable<Block>): AsyncGenerator<Block, void, undefined> {
    try {
      yield* blocks;
    } catch (error) {
      giveUp(error);
    }
  }

  return {
    commit,
    readBlocks(from, to, done) {
      void readBlocks(from, to)
        .catch((error: unknown): StoredBlock[] => {
          fail(error);
          return [];
        })
        .then(done);
    },
    get takesUpTo() {
      return isStoring() ? storedHeight() + pace.mayWait : Infinity;
    },
    load,
    settled: () => drained,
    lose,
    fail,
    readParts: (from, to) => stored.readParts(from, to),
    // The chunk that later writes go on from stays as it is.
    loadAgain: () => createStoredChain(store, createHeaderChunks(store)).load(),
    repair,
    rewrite,
    get isStoring() {
      return isStoring();
    },
    get completeFrom() {
      const isWhole = state === 'storing' || state === 'waiting';
      return isWhole ? 1 : (pending?.firstHeight ?? tipHeight + 1);
    },
  };
}
