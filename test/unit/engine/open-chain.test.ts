/** A tab's start from what its slot holds, with a database and without a browser. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { get, set } from 'idb-keyval';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { genesisBlock } from '../../../web/core/genesis.ts';
import { REGTEST } from '../../../web/core/params.ts';
import type { EngineStatus } from '../../../web/engine/messages.ts';
import { openChain, type OpenedChain } from '../../../web/engine/open-chain.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import { createChainStore, RETRY_MAX_MS, RETRY_MIN_MS } from '../../../web/store/chain-store.ts';
import { databaseName, openDatabase } from '../../../web/store/database.ts';
import { headersAt, HEADERS_PER_CHUNK } from '../../../web/store/records.ts';
import { blockOn, coinbase, signed, someAccount, wallet } from '../core/build.ts';

vi.setConfig({ testTimeout: 60_000 });
vi.stubGlobal('IDBKeyRange', IDBKeyRange);

const SECRET = 'open chain test';
const ROOM = deriveRoom(SECRET);
const GENESIS = genesisBlock(REGTEST, ROOM.genesisSeed);
const HEIGHT = HEADERS_PER_CHUNK + 50;

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  const request = (_name: string, _options: unknown, held: (lock: object) => unknown) =>
    Promise.resolve(held({}));
  vi.stubGlobal('navigator', { locks: { request } });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** So many blocks on `parent`, which is at `height`. */
function blocksOn(parent: Block, height: number, count: number, recipient = someAccount(1)): Block[] {
  const blocks: Block[] = [];
  for (let n = 1; n <= count; n++)
    blocks.push(blockOn((blocks.at(-1) ?? parent).header, [coinbase(height + n, { recipient })]));
  return blocks;
}

const MAIN = blocksOn(GENESIS, 0, HEIGHT);

function database() {
  return openDatabase(databaseName({ network: 'regtest', roomId: ROOM.roomId, slot: 0 }));
}

/** Leaves these blocks in the first slot's database. */
async function store(blocks: readonly Block[]): Promise<void> {
  const chain = new Chain(REGTEST, GENESIS, () => true);
  const slot = createChainStore({ store: database(), onForgetting: vi.fn(), onSaved: vi.fn() });
  await slot.load();
  for (const block of blocks) chain.addBlock(block, Infinity);
  const { connected } = chain.activate();
  slot.commit({
    forkHeight: 0,
    connected: connected.map(({ entry, ...rest }) => ({ id: entry.id, ...rest })),
    ledger: () => chain.ledger.accounts(),
  });
  await slot.settled();
}

interface Opened extends OpenedChain {
  readonly told: readonly EngineStatus['storage'][];
}

async function open(): Promise<Opened> {
  const told: EngineStatus['storage'][] = [];
  const onAccount = vi.fn<(account: string) => void>();
  const opened = await openChain(
    {
      roomSecret: SECRET,
      network: 'regtest',
      signalingUrl: '',
      slotHint: undefined,
      powMode: 'off',
      workers: 0,
    },
    ROOM,
    () => true,
    {
      onSlot: vi.fn(),
      onAccount,
      onProgress: vi.fn(),
      onStored: () => expect(onAccount).toHaveBeenCalledTimes(1),
      onStorage: (state) => told.push(state),
    },
  );
  expect(onAccount.mock.calls).toEqual([[bytesToHex(ed25519.getPublicKey(opened.secretKey))]]);
  return { ...opened, told };
}

describe('a tab that opens its slot', () => {
  test('has the chain that was stored', async () => {
    await store(MAIN);
    const { chain, told } = await open();
    expect(told).toEqual([]);
    expect(chain.tip.height).toBe(HEIGHT);
    expect(chain.body(chain.tip.id)).toEqual(MAIN.at(-1));
    expect(chain.ledger.get(someAccount(1)).balance).toBe(50 * HEIGHT);
  });

  test('notices headers of another branch, though their checksum holds, and keeps the blocks', async () => {
    await store([...MAIN.slice(0, 900), ...blocksOn(MAIN[899] as Block, 900, 150, someAccount(2))]);
    const { key } = headersAt(0);
    const stale: unknown = await get(key, database());
    vi.stubGlobal('indexedDB', new IDBFactory());
    await store(MAIN);
    await set(key, stale, database());

    const { chain, told, store: opened } = await open();
    expect(told).toEqual([{ kind: 'healed', keptHeight: HEIGHT, lostHeight: HEIGHT }]);
    expect(chain.body(chain.tip.id)).toEqual(MAIN.at(-1));
    await opened.settled();
    // For good.
    expect(await open()).toMatchObject({ told: [] });
  });
});

describe('a slot whose database fails for a while', () => {
  /** No write works until the returned function is called. */
  function fillDisk(): () => void {
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no space', 'QuotaExceededError');
    });
    return () => put.mockRestore();
  }

  /** Records with such a key can't be read until the returned function is called. */
  function spoilReading(prefix: string): () => void {
    const { get: getRecord } = IDBObjectStore.prototype;
    const spoiled = vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(function (
      this: IDBObjectStore,
      key,
    ) {
      if (String(key).startsWith(prefix)) throw new DOMException('Internal error', 'UnknownError');
      return getRecord.call(this, key);
    });
    return () => spoiled.mockRestore();
  }

  /** Only the pauses between two tries: the database lives by the real ones. */
  const holdPauses = () => vi.useFakeTimers({ toFake: ['setTimeout'] });

  /** Until the database has nothing more to do. */
  async function rest({ store: opened }: Opened): Promise<void> {
    await opened.settled();
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Another block. */
  async function grow(opened: Opened): Promise<void> {
    const { chain } = opened;
    const forkHeight = chain.tip.height;
    const parent = chain.body(chain.tip.id) ?? GENESIS;
    for (const block of blocksOn(parent, forkHeight, 1)) chain.addBlock(block, Infinity);
    const { connected } = chain.activate();
    opened.store.commit({
      forkHeight,
      connected: connected.map(({ entry, ...rest }) => ({ id: entry.id, ...rest })),
      ledger: () => chain.ledger.accounts(),
    });
    await rest(opened);
  }

  test('keeps its key as soon as there is space for it', async () => {
    holdPauses();
    const freeSpace = fillDisk();
    const first = await open();
    expect(first.told.at(-1)).toMatchObject({ kind: 'forgetting', reason: 'full', retries: true });
    freeSpace();
    await grow(first);
    vi.advanceTimersByTime(RETRY_MIN_MS);
    await rest(first);
    expect(first.told.at(-1)).toEqual({ kind: 'saved' });
    const second = await open();
    expect(second.chain.tip.height).toBe(1);
    expect(second.secretKey).toEqual(first.secretKey);
  });

  test('does not write over a key that it could not read, and says that it has another', async () => {
    const first = await open();
    const mendReading = spoilReading('identity/');
    const second = await open();
    mendReading();
    const said = { kind: 'forgetting', reason: 'unread', retries: false };
    expect(second.told.at(-1)).toMatchObject(said);
    expect(second.secretKey).not.toEqual(first.secretKey);
    holdPauses();
    const freeSpace = fillDisk();
    await grow(second);
    expect(second.told.at(-1)).toMatchObject({ reason: 'full' });
    freeSpace();
    vi.advanceTimersByTime(RETRY_MAX_MS);
    await rest(second);
    // The chain is stored again, and the account is still another.
    expect(second.told.at(-1)).toMatchObject(said);
    const third = await open();
    expect(third.secretKey).toEqual(first.secretKey);
    expect(third.chain.tip.height).toBe(1);
  });

  test('keeps a key that was imported meanwhile, not the one that it began with', async () => {
    holdPauses();
    let freeSpace = fillDisk();
    const first = await open();
    freeSpace();
    vi.advanceTimersByTime(RETRY_MIN_MS);
    await rest(first);
    const imported = new Uint8Array(32).fill(200);
    await first.replaceKey(imported);
    freeSpace = fillDisk();
    await grow(first);
    freeSpace();
    vi.advanceTimersByTime(RETRY_MAX_MS);
    await rest(first);
    expect(first.told.at(-1)).toEqual({ kind: 'saved' });
    expect((await open()).secretKey).toEqual(imported);
  });

  test('says that a message could not be stored, and stores it when there is space again', async () => {
    holdPauses();
    const first = await open();
    const freeSpace = fillDisk();
    first.ownPending.save([signed(wallet(3), { memo: 'kept' })]);
    await rest(first);
    expect(first.told.at(-1)).toMatchObject({ kind: 'forgetting', reason: 'full', retries: true });
    vi.advanceTimersByTime(RETRY_MIN_MS);
    await rest(first);
    expect(first.told.at(-1)).toMatchObject({ kind: 'forgetting' });
    expect(first.told).not.toContainEqual({ kind: 'saved' });
    freeSpace();
    vi.advanceTimersByTime(RETRY_MIN_MS);
    await rest(first);
    expect(first.told.at(-1)).toEqual({ kind: 'saved' });
    expect((await open()).pending.map(({ memo }) => memo)).toEqual(['kept']);
  });

  test('keeps the messages that it could not read beside new ones', async () => {
    const first = await open();
    first.ownPending.save([signed(wallet(3), { memo: 'old' })]);
    await rest(first);
    const mendReading = spoilReading('pending');
    const second = await open();
    mendReading();
    expect(second.pending).toEqual([]);
    second.ownPending.save([signed(wallet(3), { nonce: 1, memo: 'new' })]);
    await rest(second);
    expect((await open()).pending.map(({ memo }) => memo)).toEqual(['old', 'new']);
  });
});
