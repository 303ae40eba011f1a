/** A tab's start from what its slot holds, with a database and without a browser. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { get, set } from 'idb-keyval';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { genesisBlock } from '../../../web/core/genesis.ts';
import { REGTEST } from '../../../web/core/params.ts';
import type { EngineStatus } from '../../../web/engine/messages.ts';
import { openChain, type OpenedChain } from '../../../web/engine/open-chain.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import { createChainStore } from '../../../web/store/chain-store.ts';
import { databaseName, openDatabase } from '../../../web/store/database.ts';
import { headersAt, HEADERS_PER_CHUNK } from '../../../web/store/records.ts';
import { blockOn, coinbase, someAccount } from '../core/build.ts';

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
    { onSlot: vi.fn(), onProgress: vi.fn(), onStored: vi.fn(), onStorage: (state) => told.push(state) },
  );
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
