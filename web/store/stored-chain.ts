/** Reads a chain back from its database, as it was, or what is left of it. */
import { get, getMany, keys, promisifyRequest, type UseStore } from 'idb-keyval';
import type { Block } from '../core/block.ts';
import { RESIDENT_DEPTH } from '../core/chain.ts';
import { equalBytes, hashToId, sha256d, type BlockId } from '../core/hash.ts';
import { HEADER_BYTES, headerHash, headerId } from '../core/header.ts';
import { Ledger, type Account, type AccountChange } from '../core/ledger.ts';
import type { StoredBlock } from '../node/ports.ts';
import type { HeaderChunks } from './header-chunks.ts';
import { bodyAt, bodyHeight, changesAt, SNAPSHOT, TIP, type StoreRecord } from './records.ts';

/** Bodies read at a time from a damaged store: at most 6 MiB. */
const SALVAGE_BATCH = 100;

export type LoadedChain =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'chain';
      /** 80 bytes each, from height 1 to the tip, in the arrays in which they were written. */
      readonly headers: readonly Uint8Array[];
      /** The ledger at the tip. */
      readonly accounts: readonly Account[];
      readonly height: number;
      readonly tipId: BlockId;
      /** Height of the ledger snapshot in the database; 0: none. */
      readonly snapshotHeight: number;
      /** The newest blocks, at most RESIDENT_DEPTH, in order of height. */
      readonly recent: readonly StoredBlock[];
      /** All blocks, should this prove to be no chain: as from a damaged store. */
      readonly blocks: AsyncIterable<Block>;
    }
  | {
      /** Something can't be read. The node starts from genesis, and its changes replace what is stored. */
      readonly kind: 'damaged';
      /** From height 1 up to the first block that can't be read: to be verified like a peer's. Rejects if none can. */
      readonly blocks: AsyncIterable<Block>;
      /** Height of the tip that is lost, as far as can be told. */
      readonly lostHeight: number;
    };

/** What can be read of a block; undefined is missing or damaged. */
export interface StoredParts {
  readonly block: Block | undefined;
  readonly changes: readonly AccountChange[] | undefined;
}

/** All reject when the database does. */
export interface StoredChain {
  load(): Promise<LoadedChain>;
  /** Blocks up to the first one that can't be read. */
  readBlocks(from: number, to: number): Promise<StoredBlock[]>;
  /** One for each height. */
  readParts(from: number, to: number): Promise<StoredParts[]>;
}

/** `headerChunks`: where the headers are read, it is told of them. */
export function createStoredChain(store: UseStore, headerChunks: HeaderChunks): StoredChain {
  async function readAll<T>(records: readonly StoreRecord<T>[]): Promise<(T | undefined)[]> {
    const stored: unknown[] = await getMany(
      records.map(({ key }) => key),
      store,
    );
    return records.map((record, index) => record.read(stored[index]));
  }

  /**
   * The same of records whose keys follow each other in the database, by one question: each answer costs several times
   * what it takes to read a block.
   */
  async function readRun<T>(records: readonly StoreRecord<T>[]): Promise<(T | undefined)[]> {
    const [first, last] = [records[0], records.at(-1)];
    if (first === undefined || last === undefined) return [];
    const keyRange = IDBKeyRange.bound(first.key, last.key);
    const stored = await store('readonly', (objects) =>
      promisifyRequest<unknown[]>(objects.getAll(keyRange)),
    );
    // Where one is missing, the others stand in its place: then one by one.
    if (stored.length !== records.length) return readAll(records);
    return records.map((record, index) => record.read(stored[index]));
  }

  async function readParts(from: number, to: number): Promise<StoredParts[]> {
    const heights = range(from, to);
    // Asked for in one go, so that no write comes between them.
    const [blocks, changes] = await Promise.all([
      readRun(heights.map(bodyAt)),
      readRun(heights.map(changesAt)),
    ]);
    return blocks.map((block, index) => ({ block, changes: changes[index] }));
  }

  async function readBlocks(from: number, to: number): Promise<StoredBlock[]> {
    const read: StoredBlock[] = [];
    for (const { block, changes } of await readParts(from, to)) {
      if (block === undefined || changes === undefined) break;
      read.push({ id: headerId(block.header), block, changes });
    }
    return read;
  }

  async function loadChain(): Promise<LoadedChain> {
    const tipValue: unknown = await get(TIP.key, store);
    if (tipValue === undefined && (await get(bodyAt(1).key, store)) === undefined) return { kind: 'empty' };
    const tip = TIP.read(tipValue);
    if (tip === undefined) return damaged(await highestBody());
    // All asked for at once: each answer takes longer to come than to be made.
    const [headers, accounts, recent] = await Promise.all([
      headerChunks.load(tip.height),
      loadAccounts(tip.snapshotHeight, tip.height),
      readBlocks(Math.max(1, tip.height - RESIDENT_DEPTH + 1), tip.height),
    ]);
    if (headers === undefined || accounts === undefined) return damaged(tip.height);
    const last = headers.at(-1)?.subarray(-HEADER_BYTES);
    if (last === undefined || hashToId(sha256d(last)) !== tip.id) return damaged(tip.height);
    if (recent.length < Math.min(tip.height, RESIDENT_DEPTH)) return damaged(tip.height);
    if (recent.at(-1)?.id !== tip.id) return damaged(tip.height);
    const { height, id: tipId, snapshotHeight } = tip;
    const blocks = readableBodies(height);
    return { kind: 'chain', height, tipId, headers, accounts, snapshotHeight, recent, blocks };
  }

  /** The ledger after `height`: the snapshot and what came after it. Undefined if a part can't be read. */
  async function loadAccounts(fromHeight: number, height: number): Promise<Account[] | undefined> {
    const snapshot =
      fromHeight === 0 ? { height: 0, accounts: [] } : SNAPSHOT.read(await get(SNAPSHOT.key, store));
    if (snapshot?.height !== fromHeight) return undefined;
    const ledger = new Ledger(snapshot.accounts);
    for (const changes of await readRun(range(fromHeight + 1, height).map(changesAt))) {
      if (changes === undefined) return undefined;
      ledger.redo(changes);
    }
    return ledger.accounts();
  }

  function damaged(lostHeight: number): LoadedChain {
    return { kind: 'damaged', blocks: readableBodies(lostHeight), lostHeight };
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

  return { load: loadChain, readBlocks, readParts };
}

/** The whole numbers from `from` to `to`, both included. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
