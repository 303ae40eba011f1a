import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { get, keys, set, type UseStore } from 'idb-keyval';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bytesToHex } from '@noble/hashes/utils.js';
import { blockCodec, blockSize, type Block } from '../../../web/core/block.ts';
import { RESIDENT_DEPTH } from '../../../web/core/chain.ts';
import type { StoredBlock } from '../../../web/node/ports.ts';
import {
  createChainStore,
  MAX_KEPT_BYTES,
  SNAPSHOT_INTERVAL,
  type ChainStore,
} from '../../../web/store/chain-store.ts';
import { DatabaseLostError, openDatabase } from '../../../web/store/database.ts';
import { bodyAt, headersAt, HEADERS_PER_CHUNK } from '../../../web/store/records.ts';
import { HANGING_MS, MAX_BEHIND_BLOCKS, START_BEHIND_BLOCKS } from '../../../web/store/write-pace.ts';
import type { LoadedChain, StoredParts } from '../../../web/store/stored-chain.ts';
import { ChainModel } from './chain-model.ts';

// A global of browsers.
vi.stubGlobal('IDBKeyRange', IDBKeyRange);

const NAME = 'tabchain/regtest/00000000000000000000000000000000/0';

// The fake database takes a turn of the event loop for each value, and other tests run beside this one.
vi.setConfig({ testTimeout: 60_000 });

afterEach(() => {
  vi.restoreAllMocks();
});

function createRandom(): (below: number) => number {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`SEED=${seed}`);
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * A store over a database. `reasons`: what it told of forgetting, `/` and a word more when it tries again, or `saved`.
 * `retry` is its timer.
 */
function openChainStore(store: UseStore, now?: () => number) {
  const reasons: string[] = [];
  let due: (() => void)[] = [];
  const chain = createChainStore({
    store,
    onForgetting: ({ reason, retries }) => reasons.push(retries ? `${reason}/retries` : reason),
    onSaved: () => reasons.push('saved'),
    later: (run) => void due.push(run),
    ...(now && { now }),
  });
  const retry = async (): Promise<void> => {
    const now = due;
    due = [];
    for (const run of now) run();
    await chain.settled();
    // What follows the writing itself.
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { chain, reasons, retry };
}

async function load(store: UseStore): Promise<LoadedChain> {
  return openChainStore(store).chain.load();
}

function read(chain: ChainStore, from: number, to: number): Promise<readonly StoredBlock[]> {
  return new Promise((done) => chain.readBlocks(from, to, done));
}

async function salvaged(loaded: LoadedChain): Promise<Block[]> {
  if (loaded.kind !== 'damaged') throw new Error(loaded.kind);
  const blocks: Block[] = [];
  for await (const block of loaded.blocks) blocks.push(block);
  return blocks;
}

function expectChain(loaded: LoadedChain, model: ChainModel): void {
  if (loaded.kind !== 'chain') throw new Error(loaded.kind);
  expect(loaded.height).toBe(model.height);
  expect(loaded.tipId).toBe(model.tipId);
  expect(Buffer.concat(loaded.headers).equals(model.headers())).toBe(true);
  expect(loaded.accounts).toEqual(model.accounts());
  expectBlocks(loaded.recent, model.blocks.slice(-RESIDENT_DEPTH));
}

/** `toEqual` on hundreds of blocks takes seconds. */
function expectBlocks(actual: readonly StoredBlock[], expected: readonly StoredBlock[]): void {
  const plain = (blocks: readonly StoredBlock[]) =>
    blocks.map(
      ({ id, block, changes }) => `${id} ${bytesToHex(blockCodec.encode(block))} ${JSON.stringify(changes)}`,
    );
  expect(plain(actual).join('\n') === plain(expected).join('\n')).toBe(true);
}

function rewrite(chain: ChainStore, model: ChainModel): Promise<boolean> {
  return chain.rewrite(() => ({ headers: model.headers(), accounts: model.accounts() }));
}

/** One database of its own, as a browser keeps it over restarts of the tab. */
function createDisk() {
  const factory = new IDBFactory();
  return { factory, open: () => openDatabase(NAME, factory) };
}

describe('a chain store', () => {
  test('is empty at first', async () => {
    expect(await load(createDisk().open())).toEqual({ kind: 'empty' });
  });

  test('gives back what was committed', async () => {
    const disk = createDisk();
    const { chain } = openChainStore(disk.open());
    await chain.load();
    const model = new ChainModel();
    chain.commit(model.change(1));
    await chain.settled();
    expectChain(await load(disk.open()), model);
    for (let n = 0; n < 20; n += 1) chain.commit(model.change(15));
    await chain.settled();
    expectChain(await load(disk.open()), model);
    expectBlocks(await read(chain, 1, 400), model.blocks);
  });

  test('survives reorgs across the borders of header chunks and below the snapshot', async () => {
    const disk = createDisk();
    const { chain } = openChainStore(disk.open());
    const model = new ChainModel();
    const step = async (count: number, forkHeight: number) => {
      chain.commit(model.change(count, forkHeight));
      await chain.settled();
      expectChain(await load(disk.open()), model);
    };
    await step(HEADERS_PER_CHUNK - 1, 0);
    await step(1, HEADERS_PER_CHUNK - 1);
    await step(6, HEADERS_PER_CHUNK);
    // Into the older chunk, and out of it again.
    await step(13, HEADERS_PER_CHUNK - 5);
    // Shorter than before: the leftovers above must not come back.
    await step(5, HEADERS_PER_CHUNK - 5);
    await step(2, HEADERS_PER_CHUNK);
    // Below the snapshot of the first change, and to the very beginning.
    await step(2, SNAPSHOT_INTERVAL - 1);
    await step(4, 0);
  });

  test('equals the model after any changes and restarts', async () => {
    const random = createRandom();
    for (let round = 0; round < 2; round += 1) {
      const disk = createDisk();
      const model = new ChainModel();
      let { chain } = openChainStore(disk.open());
      let rewritten: Promise<boolean> | undefined;
      for (let step = 0; step < 30; step += 1) {
        const depth = random(4) === 0 ? random(model.height + 1) : random(Math.min(4, model.height + 1));
        chain.commit(model.change(1 + random(random(8) === 0 ? 600 : 20), model.height - depth));
        if (random(3) === 0) {
          const from = 1 + random(model.height);
          const to = from + random(50);
          expectBlocks(await read(chain, from, to), model.blocks.slice(from - 1, to));
        }
        if (random(4) === 0) {
          if (random(2) === 0) await chain.settled();
          // Not waited for: further changes come meanwhile.
          rewritten = rewrite(chain, model);
          await Promise.resolve();
        }
        if (random(8) !== 0) continue;
        await rewritten;
        await chain.settled();
        ({ chain } = openChainStore(disk.open()));
        expectChain(await chain.load(), model);
      }
      await rewritten;
      await chain.settled();
      expectChain(await load(disk.open()), model);
    }
  });

  test('reads blocks whether they are stored, on their way, or waiting', async () => {
    const { chain } = openChainStore(createDisk().open());
    const model = new ChainModel();
    chain.commit(model.change(30));
    await chain.settled();
    chain.commit(model.change(10, 25));
    chain.commit(model.change(5, 32));
    expectBlocks(await read(chain, 20, 100), model.blocks.slice(19));
    await chain.settled();
    expectBlocks(await read(chain, 20, 100), model.blocks.slice(19));
    expect(await read(chain, 38, 40)).toEqual([]);
  });

  test('has one transaction in flight and puts what comes meanwhile into the next', async () => {
    const database = createDisk().open();
    let writes = 0;
    let inFlight = 0;
    const { chain } = openChainStore(async (mode, callback) => {
      if (mode === 'readonly') return database(mode, callback);
      writes += 1;
      inFlight += 1;
      expect(inFlight).toBe(1);
      try {
        return await database(mode, callback);
      } finally {
        inFlight -= 1;
      }
    });
    const model = new ChainModel();
    for (let n = 0; n < 100; n += 1) chain.commit(model.change(2, Math.max(0, model.height - 1)));
    await chain.settled();
    expect(writes).toBe(2);
  });

  test('takes no more blocks than a bounded number above what is in the database', async () => {
    const database = createDisk().open();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { chain } = openChainStore(async (mode, callback) => {
      if (mode === 'readwrite') await held;
      return database(mode, callback);
    });
    const model = new ChainModel();
    expect(chain.takesUpTo).toBe(START_BEHIND_BLOCKS);
    chain.commit(model.change(3));
    chain.commit(model.change(200));
    expect(chain.takesUpTo).toBe(START_BEHIND_BLOCKS);
    // Below what is being written nothing is stored that stays active.
    release();
    await chain.settled();
    expect(chain.takesUpTo).toBeGreaterThan(203);
    expect(chain.takesUpTo).toBeLessThanOrEqual(203 + MAX_BEHIND_BLOCKS);
    chain.commit(model.change(5, 100));
    expect(chain.takesUpTo).toBeLessThanOrEqual(100 + MAX_BEHIND_BLOCKS);
    await chain.settled();
  });

  test('holds the node up no more once nothing is stored', async () => {
    const { chain } = openChainStore(() => Promise.reject(new Error('no')));
    chain.commit(new ChainModel().change(2));
    await chain.settled();
    expect(chain.takesUpTo).toBe(Infinity);
  });
});

/** A database that dies with its tab while the `puts`-th value after `arm()` is written. */
function dyingStore(database: UseStore, puts: number) {
  let left = Number.POSITIVE_INFINITY;
  let died: () => void;
  const death = new Promise<void>((resolve) => (died = resolve));
  const store: UseStore = (mode, callback) =>
    database(mode, (objects) => {
      const put = objects.put.bind(objects);
      vi.spyOn(objects, 'put').mockImplementation((value: unknown, key?: IDBValidKey) => {
        left -= 1;
        if (left === 0) {
          objects.transaction.abort();
          died();
        }
        return put(value, key);
      });
      return callback(objects);
    });
  return {
    store,
    death,
    arm() {
      left = puts;
    },
  };
}

test('a tab that dies at any step of a change leaves everything as it was before it', async () => {
  const disk = createDisk();
  const model = new ChainModel();
  const first = openChainStore(disk.open()).chain;
  first.commit(model.change(SNAPSHOT_INTERVAL));
  await first.settled();
  const values = async () => {
    const database = disk.open();
    const entries = await Promise.all(
      (await keys(database)).map(
        async (key) => `${String(key)} ${bytesToHex((await get(key, database)) as Uint8Array)}`,
      ),
    );
    return entries.join('\n');
  };
  const before = await values();

  // Four blocks with a reorg: their bodies and changes, the header chunk, a snapshot, the tip.
  const change = model.change(4, SNAPSHOT_INTERVAL - 3);
  const putCount = 4 + 4 + 1 + 1 + 1;
  for (let puts = 1; puts <= putCount; puts += 1) {
    const dying = dyingStore(disk.open(), puts);
    const { chain, reasons } = openChainStore(dying.store);
    expect((await chain.load()).kind).toBe('chain');
    dying.arm();
    chain.commit(change);
    await dying.death;
    await chain.settled();
    expect(reasons).toHaveLength(1);
    expect((await values()) === before).toBe(true);
  }
  const { chain } = openChainStore(disk.open());
  await chain.load();
  chain.commit(change);
  await chain.settled();
  expectChain(await load(disk.open()), model);
});

describe.each([
  { where: 'on a page with WebCrypto', hasSubtle: true },
  { where: 'on a page without', hasSubtle: false },
])('damage, $where', ({ hasSubtle }) => {
  beforeEach(() => {
    if (!hasSubtle) vi.spyOn(crypto, 'subtle', 'get').mockReturnValue(undefined as never);
  });

  /** A chain with a snapshot and with blocks that are older than those read at the start. */
  async function createStored() {
    const disk = createDisk();
    const model = new ChainModel();
    const { chain } = openChainStore(disk.open());
    chain.commit(model.change(SNAPSHOT_INTERVAL));
    chain.commit(model.change(2));
    await chain.settled();
    return { disk, model };
  }
  const digits = (height: number) => String(height).padStart(10, '0');

  test('a flipped bit in any value is noticed', async () => {
    const random = createRandom();
    const { disk, model } = await createStored();
    const database = disk.open();
    const recent = model.height - RESIDENT_DEPTH;
    const all = (await keys(database)) as string[];
    // One of each kind, and a few more.
    const chosen = ['tip', 'snapshot', `headers/${digits(0)}`, `body/${digits(1)}`, `changes/${digits(1)}`];
    for (let more = 0; more < 12; more += 1) chosen.push(all[random(all.length)] as string);
    for (const key of chosen) {
      const value = (await get(key, database)) as Uint8Array;
      const bad = Uint8Array.from(value);
      const at = random(bad.length);
      bad[at] = (bad[at] ?? 0) ^ (1 << random(8));
      await set(key, bad, database);
      const { chain } = openChainStore(disk.open());
      const loaded = await chain.load();
      const height = Number(/\d+$/.exec(key)?.[0] ?? 0);
      const isOld = /^(body|changes)/.test(key) && height <= recent;
      expect(`${key} ${loaded.kind}`).toBe(`${key} ${isOld ? 'chain' : 'damaged'}`);
      if (isOld)
        expectBlocks(
          await read(chain, Math.max(height - 3, 1), height + 3),
          model.blocks.slice(Math.max(height - 4, 0), height - 1),
        );
      await set(key, value, database);
    }
    expectChain(await load(disk.open()), model);
  });

  test('values under each other’s keys are noticed', async () => {
    const { disk, model } = await createStored();
    const database = disk.open();
    const [a, b] = [`body/${digits(7)}`, `body/${digits(8)}`];
    const [valueA, valueB]: unknown[] = [await get(a, database), await get(b, database)];
    await set(a, valueB, database);
    await set(b, valueA, database);
    const { chain } = openChainStore(disk.open());
    await chain.load();
    expectBlocks(await read(chain, 1, 20), model.blocks.slice(0, 6));
  });

  test.each(['tip', 'snapshot', `headers/${digits(0)}`, `changes/${digits(501)}`])(
    'without %s every block can still be read',
    async (key) => {
      const { disk, model } = await createStored();
      await set(key, Uint8Array.of(1, 2, 3, 4, 5), disk.open());
      const loaded = await load(disk.open());
      expect(loaded).toMatchObject({ kind: 'damaged', lostHeight: model.height });
      expect(await salvaged(loaded)).toEqual(model.blocks.map(({ block }) => block));
    },
  );

  test('blocks are given up to the first one that is lost', async () => {
    const { disk, model } = await createStored();
    await set(`body/${digits(430)}`, 'not even bytes', disk.open());
    const loaded = await load(disk.open());
    expect((await salvaged(loaded)).length).toBe(429);
    expect(loaded).toMatchObject({ lostHeight: model.height });
  });

  test('where the tip is lost, the leftovers of an older branch are not taken for the chain', async () => {
    const disk = createDisk();
    const model = new ChainModel();
    const { chain } = openChainStore(disk.open());
    chain.commit(model.change(20));
    await chain.settled();
    chain.commit(model.change(3, 10));
    await chain.settled();
    await set('tip', new Uint8Array(50), disk.open());
    expect(await salvaged(await load(disk.open()))).toEqual(model.blocks.map(({ block }) => block));
  });

  test('heals: the blocks that were saved go in again, and more after them', async () => {
    const { disk, model } = await createStored();
    await set('snapshot', new Uint8Array(50), disk.open());
    const { chain } = openChainStore(disk.open());
    const count = (await salvaged(await chain.load())).length;
    chain.commit({ forkHeight: 0, connected: model.blocks.slice(0, count), ledger: () => model.accounts() });
    chain.commit(model.change(3));
    await chain.settled();
    expectChain(await load(disk.open()), model);
  });
});

describe('what is stored anew', () => {
  async function createStored() {
    const disk = createDisk();
    const model = new ChainModel();
    const { chain } = openChainStore(disk.open());
    chain.commit(model.change(50));
    await chain.settled();
    return { disk, model, chain };
  }

  test('is a block as it should be', async () => {
    const { disk, model, chain } = await createStored();
    await set(bodyAt(20).key, Uint8Array.of(1, 2, 3), disk.open());
    expect(await read(chain, 1, 50)).toHaveLength(19);
    const [{ block, changes }] = (await chain.readParts(20, 20)) as [StoredParts];
    expect(block).toBeUndefined();
    expect(changes).toEqual((model.blocks[19] as StoredBlock).changes);
    expect(await chain.repair(20, model.blocks[19] as StoredBlock)).toBe(true);
    expectChain(await load(disk.open()), model);
  });

  test('is never a block that a reorg replaces', async () => {
    const { disk, model, chain } = await createStored();
    const replaced = model.blocks[44] as StoredBlock;
    chain.commit(model.change(12, 40));
    // On its way; and later the store knows no other.
    expect(await chain.repair(45, replaced)).toBe(false);
    const last = model.blocks[9] as StoredBlock;
    expect(await chain.repair(10, last)).toBe(true);
    expect(await chain.repair(1000, last)).toBe(false);
    await chain.settled();
    expectChain(await load(disk.open()), model);
  });

  test('are headers, ledger and tip, between the changes before and after', async () => {
    const { disk, model, chain } = await createStored();
    for (const key of ['tip', headersAt(0).key]) await set(key, Uint8Array.of(1), disk.open());
    chain.commit(model.change(3, 45));
    const rewritten = rewrite(chain, model);
    chain.commit(model.change(2));
    await rewritten;
    chain.commit(model.change(3, model.height - 1));
    await chain.settled();
    expectChain(await load(disk.open()), model);
    expectBlocks(await read(chain, 1, 100), model.blocks);
  });

  test('is a ledger that a reorg meanwhile leaves behind', async () => {
    const { disk, model, chain } = await createStored();
    const rewritten = rewrite(chain, model);
    await Promise.resolve();
    chain.commit(model.change(2, model.height - 1));
    expect(await rewritten).toBe(true);
    await chain.settled();
    expectChain(await load(disk.open()), model);
  });

  test('does not hide a snapshot that came meanwhile from a reorg below it', async () => {
    const disk = createDisk();
    const model = new ChainModel();
    const { chain } = openChainStore(disk.open());
    chain.commit(model.change(SNAPSHOT_INTERVAL - 2));
    await chain.settled();
    const rewritten = rewrite(chain, model);
    await Promise.resolve();
    chain.commit(model.change(2));
    expect(await rewritten).toBe(true);
    await chain.settled();
    chain.commit(model.change(3, model.height - 1));
    await chain.settled();
    expectChain(await load(disk.open()), model);
  });

  test('is nothing where nothing is stored', async () => {
    const { model, chain } = await createStored();
    chain.lose(new DatabaseLostError('closed'));
    expect(chain.isStoring).toBe(false);
    expect(await chain.repair(20, model.blocks[19] as StoredBlock)).toBe(false);
    expect(await rewrite(chain, model)).toBe(false);
  });
});

describe('a store that can not store', () => {
  /** Refuses to write once `full` is set, as a browser does without space. */
  function createFullStore(database: UseStore) {
    const state = { full: false };
    const store: UseStore = (mode, callback) =>
      mode === 'readwrite' && state.full
        ? Promise.reject(new DOMException('no space', 'QuotaExceededError'))
        : database(mode, callback);
    return { state, store };
  }

  test('says so once, keeps what it has and goes on in memory', async () => {
    const disk = createDisk();
    const { state, store } = createFullStore(disk.open());
    const { chain, reasons } = openChainStore(store);
    const model = new ChainModel();
    chain.commit(model.change(5));
    await chain.settled();
    const storedTip = model.tipId;
    state.full = true;
    for (let n = 0; n < 4; n += 1) {
      chain.commit(model.change(2, model.height - 1));
      await chain.settled();
    }
    expect(reasons).toEqual(['full/retries']);
    expectBlocks(await read(chain, 1, 100), model.blocks);
    expect(await load(disk.open())).toMatchObject({ kind: 'chain', tipId: storedTip });
  });

  test('keeps a bounded number of bytes in memory, then says that it can not become whole again', async () => {
    const { state, store } = createFullStore(createDisk().open());
    state.full = true;
    const { chain, reasons, retry } = openChainStore(store);
    const model = new ChainModel();
    const blockBytes = blockSize((model.change(1).connected[0] as StoredBlock).block);
    chain.commit(model.change(1, 0));
    await chain.settled();
    expect(chain.completeFrom).toBe(1);
    // The same block again and again takes memory, for the store, like as many others.
    const [block] = model.blocks as [StoredBlock];
    const many = Math.ceil(MAX_KEPT_BYTES / blockBytes) + 10;
    chain.commit({ forkHeight: 0, connected: Array.from({ length: many }, () => block), ledger: () => [] });
    expect(reasons).toEqual(['full/retries', 'full']);
    const first = chain.completeFrom;
    expect(first).toBeGreaterThan(1);
    expect((many - first + 1) * blockBytes).toBeLessThanOrEqual(MAX_KEPT_BYTES);
    expect((many - first + 2) * blockBytes).toBeGreaterThan(MAX_KEPT_BYTES);
    expect(await read(chain, first - 1, first + 5)).toEqual([]);
    expect(await read(chain, first, first + 5)).toHaveLength(6);
    state.full = false;
    await retry();
    expect(reasons).toEqual(['full/retries', 'full']);
  });

  test('keeps no more in memory while the database answers no more', async () => {
    let nowMs = 0;
    const never: UseStore = () => new Promise(() => undefined);
    const { chain, reasons } = openChainStore(never, () => nowMs);
    const model = new ChainModel();
    chain.commit(model.change(1));
    const [block] = model.blocks as [StoredBlock];
    const many = Math.ceil(MAX_KEPT_BYTES / blockSize(block.block)) + 10;
    const fill = () =>
      chain.commit({
        forkHeight: 1,
        connected: Array.from({ length: many }, () => block),
        ledger: () => [],
      });
    fill();
    expect(reasons).toEqual([]);
    nowMs = HANGING_MS + 1;
    fill();
    expect(reasons).toEqual(['failed']);
    expect(chain.completeFrom).toBeGreaterThan(2);
    expect((many + 2 - chain.completeFrom) * blockSize(block.block)).toBeLessThanOrEqual(MAX_KEPT_BYTES);
  });

  test('writes everything once there is space again', async () => {
    const disk = createDisk();
    const { state, store } = createFullStore(disk.open());
    const { chain, reasons, retry } = openChainStore(store);
    const model = new ChainModel();
    chain.commit(model.change(SNAPSHOT_INTERVAL + 20));
    await chain.settled();
    state.full = true;
    chain.commit(model.change(3));
    await chain.settled();
    // A reorg below the snapshot that is stored, and more: nothing of it may be missing later.
    chain.commit(model.change(30, SNAPSHOT_INTERVAL - 5));
    await retry();
    chain.commit(model.change(SNAPSHOT_INTERVAL));
    expect(reasons).toEqual(['full/retries', 'full/retries']);
    expect(chain.completeFrom).toBe(1);
    expectBlocks(await read(chain, 1, 5000), model.blocks);
    state.full = false;
    await retry();
    expect(reasons).toEqual(['full/retries', 'full/retries', 'saved']);
    expectChain(await load(disk.open()), model);
    chain.commit(model.change(2));
    await chain.settled();
    expectChain(await load(disk.open()), model);
  });

  test('a chain that could not be read at the start is not written over', async () => {
    const disk = createDisk();
    const first = openChainStore(disk.open());
    const model = new ChainModel();
    first.chain.commit(model.change(5));
    await first.chain.settled();
    const database = disk.open();
    let broken = true;
    const { chain, reasons, retry } = openChainStore((mode, callback) =>
      broken ? Promise.reject(new DOMException('disk error', 'UnknownError')) : database(mode, callback),
    );
    expect(await chain.load()).toEqual({ kind: 'empty' });
    broken = false;
    chain.commit(new ChainModel().change(1));
    await chain.settled();
    await retry();
    expect(reasons).toEqual(['failed']);
    expectChain(await load(disk.open()), model);
  });

  test.each([
    ['is missing', undefined],
    [
      'throws',
      {
        open: () => {
          throw new DOMException('insecure', 'SecurityError');
        },
      } as unknown as IDBFactory,
    ],
  ])('runs without a database where IndexedDB %s', async (_, factory) => {
    // `undefined` would mean the platform's, which Node.js lacks too.
    const { chain, reasons } = openChainStore(openDatabase(NAME, factory));
    expect(await chain.load()).toEqual({ kind: 'empty' });
    const model = new ChainModel();
    chain.commit(model.change(5));
    await chain.settled();
    expectBlocks(await read(chain, 1, 5), model.blocks);
    expect(reasons).toEqual(['refused']);
  });

  test('keeps the newest blocks when the database goes, those that were being written too', async () => {
    const disk = createDisk();
    const { chain, reasons } = openChainStore(disk.open());
    await chain.load();
    const model = new ChainModel();
    chain.commit(model.change(RESIDENT_DEPTH + 50));
    await chain.settled();
    chain.commit(model.change(4, model.height - 2));
    chain.commit(model.change(3));
    chain.lose(new DatabaseLostError('closed'));
    chain.commit(model.change(2, model.height - 1));
    await chain.settled();
    expect(reasons).toEqual(['closed']);
    const { completeFrom } = chain;
    expect(completeFrom).toBeLessThanOrEqual(model.height - RESIDENT_DEPTH + 5);
    expectBlocks(await read(chain, completeFrom, 5000), model.blocks.slice(completeFrom - 1));
    expect(await read(chain, completeFrom - 1, 5000)).toEqual([]);
  });

  test('hears at once that the database is deleted', async () => {
    const disk = createDisk();
    const reasons: string[] = [];
    const database = openDatabase(NAME, disk.factory, ({ reason }) => reasons.push(reason));
    await openChainStore(database).chain.load();
    await new Promise((resolve) => {
      disk.factory.deleteDatabase(NAME).onsuccess = resolve;
    });
    expect(reasons).toEqual(['deleted']);
  });

  test('notices that the database is deleted under it', async () => {
    const disk = createDisk();
    const { chain, reasons } = openChainStore(disk.open());
    const model = new ChainModel();
    chain.commit(model.change(5));
    await chain.settled();
    await new Promise((resolve) => {
      disk.factory.deleteDatabase(NAME).onsuccess = resolve;
    });
    chain.commit(model.change(5));
    await chain.settled();
    chain.commit(model.change(5));
    await chain.settled();
    expect(reasons).toEqual(['deleted']);
    // Nothing was written without its beginning.
    expect(await load(disk.open())).toEqual({ kind: 'empty' });
  });
});
