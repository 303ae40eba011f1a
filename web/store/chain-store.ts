import { get, getMany, keys, setMany, type UseStore } from 'idb-keyval';
import { concatBytes } from '@noble/hashes/utils.js';
import type { Block } from '../core/block.ts';
import { RESIDENT_DEPTH } from '../core/chain.ts';
import { equalBytes, hashToId, sha256d, type BlockId } from '../core/hash.ts';
import { HEADER_BYTES, headerCodec, headerHash, headerId } from '../core/header.ts';
import { Ledger, type Account } from '../core/ledger.ts';
import type { Store, StoreChange, StoredBlock } from '../node/ports.ts';
import { createBlockWindow, type BlockWindow } from './block-window.ts';
import { DatabaseLostError } from './database.ts';
import { createHeaderChunks } from './header-chunks.ts';
import { bodyAt, bodyHeight, changesAt, SNAPSHOT, TIP, type Snapshot, type StoreRecord } from './records.ts';

/** A snapshot is written once in so many blocks, and as many changes at most are replayed at the start. */
export const SNAPSHOT_INTERVAL = 500;
/** Blocks kept in memory once nothing is stored any more: reorgs and peers that catch up need the newest ones. */
export const MAX_KEPT_BLOCKS = 2000;
/** Bodies read at a time from a damaged store: at most 6 MiB. */
const SALVAGE_BATCH = 100;

export interface ChainStoreOptions {
  readonly store: UseStore;
  /** Once, when from now on nothing is stored. `reason` is a sentence for the page. */
  readonly onForgetting: (reason: string) => void;
}

export type LoadedChain =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'chain';
      /** 80 bytes each, from height 1 to the tip. */
      readonly headers: Uint8Array;
      /** The ledger at the tip. */
      readonly accounts: readonly Account[];
      readonly tipId: BlockId;
      /** The newest blocks, at most RESIDENT_DEPTH, in order of height. */
      readonly recent: readonly StoredBlock[];
    }
  | {
      /** Something can't be read. The node starts from genesis, and its changes replace what is stored. */
      readonly kind: 'damaged';
      /** From height 1 up to the first block that can't be read: to be verified like a peer's. */
      readonly blocks: AsyncIterable<Block>;
      /** Height of the tip that is lost, as far as can be told. */
      readonly lostHeight: number;
    };

/**
 * The active chain in IndexedDB. A change is stored by one transaction, whole or not at all; changes that come while
 * one is under way go together into the next. What does not work (no space, no database) ends in `onForgetting`,
 * never in an error for the node.
 */
export interface ChainStore extends Store {
  /** To be called once, before anything else. */
  load(): Promise<LoadedChain>;
  /** Resolves when everything committed so far is stored, or given up. */
  settled(): Promise<void>;
}

export function createChainStore({ store, onForgetting }: ChainStoreOptions): ChainStore {
  const headerChunks = createHeaderChunks(store);
  /** Not in the database yet. */
  let pending: BlockWindow | undefined;
  /** Being written now. */
  let writing: BlockWindow | undefined;
  /** Goes out with the pending blocks. */
  let pendingSnapshot: Snapshot | undefined;
  /** Height of the newest snapshot, written or pending. */
  let snapshotHeight = 0;
  /** Height of the one in the database; 0: none. */
  let writtenSnapshotHeight = 0;
  let tipHeight = 0;
  let drained: Promise<void> = Promise.resolve();
  let forgetting = false;

  function forget(error: unknown): void {
    if (forgetting) return;
    forgetting = true;
    onForgetting(explain(error));
  }

  function commit({ forkHeight, connected, ledger }: StoreChange): void {
    pending ??= createBlockWindow(forkHeight);
    pending.replace(forkHeight, connected);
    tipHeight = pending.tipHeight;
    if (forgetting) {
      pending.trim(MAX_KEPT_BLOCKS);
      return;
    }
    if (forkHeight < snapshotHeight || tipHeight - snapshotHeight >= SNAPSHOT_INTERVAL) {
      // Asked for now: later the ledger is another.
      pendingSnapshot = { height: tipHeight, accounts: ledger() };
      snapshotHeight = tipHeight;
    }
    if (writing === undefined) drained = drain();
  }

  async function drain(): Promise<void> {
    while (pending !== undefined && !forgetting) {
      writing = pending;
      pending = undefined;
      const snapshot = pendingSnapshot;
      pendingSnapshot = undefined;
      try {
        await write(writing, snapshot);
      } catch (error) {
        keepInMemory(writing);
        forget(error);
      }
      writing = undefined;
    }
  }

  /** What could not be written stays readable, together with what came meanwhile. */
  function keepInMemory(unwritten: BlockWindow): void {
    if (pending !== undefined) unwritten.replace(pending.forkHeight, pending.blocks());
    unwritten.trim(MAX_KEPT_BLOCKS);
    pending = unwritten;
  }

  async function write(window: BlockWindow, snapshot: Snapshot | undefined): Promise<void> {
    const { forkHeight, tipHeight: height } = window;
    const blocks = window.blocks();
    const id = blocks.at(-1)?.id;
    // Nothing but a shorter chain: the node never goes there, but connects a better branch in the same change.
    if (id === undefined) return;
    const atSnapshot = snapshot?.height ?? writtenSnapshotHeight;
    const headers = concatBytes(...blocks.map(({ block }) => headerCodec.encode(block.header)));
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
  async function readAll<T>(records: readonly StoreRecord<T>[]): Promise<(T | undefined)[]> {
    const stored: unknown[] = await getMany(
      records.map(({ key }) => key),
      store,
    );
    return records.map((record, index) => record.read(stored[index]));
  }

  /** Blocks from the database, up to the first one that can't be read. */
  async function readStored(from: number, to: number): Promise<StoredBlock[]> {
    const heights = range(from, to);
    // Asked for in one go, so that no write comes between them.
    const [blocks, changes] = await Promise.all([
      readAll(heights.map(bodyAt)),
      readAll(heights.map(changesAt)),
    ]);
    const read: StoredBlock[] = [];
    for (const [index, block] of blocks.entries()) {
      const change = changes[index];
      if (block === undefined || change === undefined) break;
      read.push({ id: headerId(block.header), block, changes: change });
    }
    return read;
  }

  async function readBlocks(from: number, to: number): Promise<StoredBlock[]> {
    const windows = [pending, writing].filter((window) => window !== undefined);
    const last = Math.min(to, tipHeight);
    // Above the lowest fork nothing in the database is sure to be active, or will be when it is read.
    const storedUpTo = Math.min(last, ...windows.map(({ forkHeight }) => forkHeight));
    const inMemory: StoredBlock[] = [];
    for (const height of range(Math.max(from, storedUpTo + 1), last)) {
      const window = windows.find(({ forkHeight }) => height > forkHeight);
      const block = window?.at(height);
      if (block === undefined) break;
      inMemory.push(block);
    }
    if (from > storedUpTo) return inMemory;
    const read = await readStored(from, storedUpTo);
    return read.length < storedUpTo - from + 1 ? read : [...read, ...inMemory];
  }

  async function loadChain(): Promise<LoadedChain> {
    const tipValue: unknown = await get(TIP.key, store);
    if (tipValue === undefined && (await get(bodyAt(1).key, store)) === undefined) return { kind: 'empty' };
    const tip = TIP.read(tipValue);
    if (tip === undefined) return damaged(await highestBody());
    const headers = await headerChunks.load(tip.height);
    const accounts = await loadAccounts(tip.snapshotHeight, tip.height);
    const recent = await readStored(Math.max(1, tip.height - RESIDENT_DEPTH + 1), tip.height);
    if (headers === undefined || accounts === undefined) return damaged(tip.height);
    if (hashToId(sha256d(headers.subarray(-HEADER_BYTES))) !== tip.id) return damaged(tip.height);
    if (recent.length < Math.min(tip.height, RESIDENT_DEPTH)) return damaged(tip.height);
    if (recent.at(-1)?.id !== tip.id) return damaged(tip.height);
    tipHeight = tip.height;
    snapshotHeight = writtenSnapshotHeight = tip.snapshotHeight;
    return { kind: 'chain', headers, accounts, tipId: tip.id, recent };
  }

  /** The ledger after `height`: the snapshot and what came after it. Undefined if a part can't be read. */
  async function loadAccounts(fromHeight: number, height: number): Promise<Account[] | undefined> {
    const snapshot =
      fromHeight === 0 ? { height: 0, accounts: [] } : SNAPSHOT.read(await get(SNAPSHOT.key, store));
    if (snapshot?.height !== fromHeight) return undefined;
    const ledger = new Ledger(snapshot.accounts);
    for (const changes of await readAll(range(fromHeight + 1, height).map(changesAt))) {
      if (changes === undefined) return undefined;
      ledger.redo(changes);
    }
    return ledger.accounts();
  }

  function damaged(lostHeight: number): LoadedChain {
    return { kind: 'damaged', blocks: salvage(lostHeight), lostHeight };
  }

  async function* salvage(height: number): AsyncGenerator<Block, void, undefined> {
    try {
      yield* readableBodies(height);
    } catch (error) {
      forget(error);
    }
  }

  async function* readableBodies(height: number): AsyncGenerator<Block, void, undefined> {
    let previous: Block | undefined;
    for (let from = 1; from <= height; from += SALVAGE_BATCH) {
      const batch = range(from, Math.min(height, from + SALVAGE_BATCH - 1));
      for (const block of await readAll(batch.map(bodyAt))) {
        if (block === undefined) return;
        // Where the tip is lost, the bodies may go on with those of an older branch.
        if (previous !== undefined && !equalBytes(block.header.prevHash, headerHash(previous.header))) return;
        yield block;
        previous = block;
      }
    }
  }

  async function highestBody(): Promise<number> {
    const heights = (await keys(store)).map(bodyHeight);
    return heights.reduce<number>((highest, height) => Math.max(highest, height ?? 0), 0);
  }

  return {
    commit,
    readBlocks(from, to, done) {
      void readBlocks(from, to)
        .catch((error: unknown): StoredBlock[] => {
          forget(error);
          return [];
        })
        .then(done);
    },
    async load() {
      try {
        return await loadChain();
      } catch (error) {
        forget(error);
        return { kind: 'empty' };
      }
    },
    settled: () => drained,
  };
}

/** The whole numbers from `from` to `to`, both included. */
function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function explain(error: unknown): string {
  if (error instanceof DatabaseLostError) return error.message;
  if (error instanceof Error && error.name === 'QuotaExceededError')
    return 'There is no space left for this site on this device.';
  // An aborted transaction may give no reason at all.
  const detail =
    error instanceof Error ? error.message || error.name : String(error ?? 'transaction aborted');
  return `The browser could not store this room (${detail}).`;
}
