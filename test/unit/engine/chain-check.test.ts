/** The check of a stored chain, on a real store and a database without a browser. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { del, get, keys, set, type UseStore } from 'idb-keyval';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import type { BlockEntry } from '../../../web/core/block-index.ts';
import { Chain } from '../../../web/core/chain.ts';
import { headerId } from '../../../web/core/header.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { verifyZip215, type Verify } from '../../../web/core/transaction.ts';
import { ChainCheck, type CheckContext } from '../../../web/engine/chain-check.ts';
import type { CheckOutcome } from '../../../web/node/check-report.ts';
import type { Verifier } from '../../../web/node/ports.ts';
import { createChainStore, type ChainStore } from '../../../web/store/chain-store.ts';
import { DatabaseLostError, openDatabase } from '../../../web/store/database.ts';
import { bodyAt, changesAt, headersAt, SNAPSHOT, TIP } from '../../../web/store/records.ts';
import { blockOn, coinbase, GENESIS, signed, someAccount, wallet } from '../core/build.ts';

vi.setConfig({ testTimeout: 60_000 });
vi.stubGlobal('IDBKeyRange', IDBKeyRange);

/** More than what a node keeps in memory, and than what is told at once; it has a snapshot. */
const LONG = 620;
const ALICE = wallet(7);
const MESSAGES = LONG / 10;

/** Blocks on `parent`; every tenth has a message of Alice. */
function blocksOn(parent: Block, fromHeight: number, count: number, mark = ''): Block[] {
  const blocks: Block[] = [];
  for (let height = fromHeight; height < fromHeight + count; height++) {
    const messages =
      height % 10 === 0 ? [signed(ALICE, { nonce: height / 10 - 1, memo: `note ${height}` })] : [];
    const recipient = someAccount(height % 5);
    blocks.push(
      blockOn((blocks.at(-1) ?? parent).header, [coinbase(height, { recipient, memo: mark }), ...messages]),
    );
  }
  return blocks;
}

const MAIN = blocksOn(GENESIS, 1, LONG);
const GOOD: CheckOutcome = {
  goodUpTo: LONG,
  repaired: 0,
  firstRepaired: undefined,
  isIndexRewritten: false,
  problem: undefined,
};

interface Stored {
  readonly chain: Chain;
  readonly store: ChainStore;
  readonly database: UseStore;
  /** Gives blocks to the chain and what it makes of them to the store, as a node does. */
  take(blocks: readonly Block[]): void;
}

let verified: number;
beforeEach(() => (verified = 0));
const counting: Verify = (...all) => {
  verified++;
  return verifyZip215(...all);
};

async function stored(blocks: readonly Block[] = MAIN, verify: Verify = counting): Promise<Stored> {
  const database = openDatabase('chain check', new IDBFactory());
  const chain = new Chain(REGTEST, GENESIS, verify);
  const store = createChainStore({ store: database, onForgetting: vi.fn(), onSaved: vi.fn() });
  await store.load();
  const take = (more: readonly Block[]): void => {
    for (const block of more) {
      expect(chain.addBlock(block, Infinity).kind).toBe('accepted');
      const { connected, fork } = chain.activate();
      if (connected.length === 0) continue;
      store.commit({
        forkHeight: fork.height,
        connected: connected.map(({ entry, ...rest }) => ({ id: entry.id, ...rest })),
        ledger: () => chain.ledger.accounts(),
      });
    }
  };
  take(blocks);
  await store.settled();
  return { chain, store, database, take };
}

interface Checked {
  readonly outcome: CheckOutcome;
  /** Heights that peers were asked for. */
  readonly asked: readonly number[];
  readonly progress: readonly number[];
}

/** Finds nothing good ahead of need; `meanwhile` is what happens then. */
function verifierThat(meanwhile: () => void): Verifier {
  return {
    lookAhead(_transactions, done) {
      meanwhile();
      done([]);
    },
  };
}

/** `lookAhead`: what happens while signatures are looked at, at each block. */
async function check(
  { chain, store }: Pick<Stored, 'chain' | 'store'>,
  peersHave: (entry: BlockEntry) => Block | undefined = () => undefined,
  lookAhead: () => void = () => undefined,
): Promise<Checked> {
  const asked: number[] = [];
  const progress: number[] = [];
  const context: CheckContext = {
    chain,
    store,
    verifier: verifierThat(lookAhead),
    fetchLost: (entry) => {
      asked.push(entry.height);
      return Promise.resolve(peersHave(entry));
    },
  };
  const running = new ChainCheck(context);
  for (;;) {
    const reply = await running.next();
    if (reply.kind === 'done') return { outcome: reply.outcome, asked, progress };
    if (reply.kind === 'stopped') throw new Error('stopped');
    expect(reply.progress.total).toBe(chain.tip.height);
    progress.push(reply.progress.done);
  }
}

const ofMain = ({ height }: BlockEntry) => MAIN[height - 1];

async function flip(database: UseStore, key: string, at = 5, bit = 1): Promise<void> {
  const value = Uint8Array.from((await get(key, database)) as Uint8Array);
  value[at] = (value[at] as number) ^ bit;
  await set(key, value, database);
}

async function contents(database: UseStore): Promise<string> {
  const all = (await keys(database)) as string[];
  const values = await Promise.all(all.map((key) => get<Uint8Array>(key, database)));
  return all.map((key, n) => `${key} ${Buffer.from(values[n] as Uint8Array).toString('hex')}`).join('\n');
}

describe('a stored chain', () => {
  test('that is whole is verified in full, and nothing in it is changed', async () => {
    const tested = await stored();
    const before = await contents(tested.database);
    expect(verified).toBe(MESSAGES);
    const { outcome, asked, progress } = await check(tested);
    expect(outcome).toEqual(GOOD);
    expect(verified).toBe(2 * MESSAGES);
    expect(asked).toEqual([]);
    expect(progress).toEqual([256, 512]);
    expect((await contents(tested.database)) === before).toBe(true);
  });

  test('without a block is good', async () => {
    expect((await check(await stored([]))).outcome).toEqual({ ...GOOD, goodUpTo: 0 });
  });

  test.each<[string, number, (at: number, database: UseStore) => Promise<void>]>([
    ['whose body has a flipped bit', 5, (at, database) => flip(database, bodyAt(at).key, 90)],
    ['whose header has a flipped bit', 64, (at, database) => flip(database, bodyAt(at).key, 40)],
    ['that is missing', 100, (at, database) => del(bodyAt(at).key, database)],
    [
      'in whose place is another one, with a good checksum',
      101,
      (at, database) => set(...bodyAt(at).entry(MAIN[7] as Block), database),
    ],
    [
      'under whose header are other transactions, with a good checksum',
      102,
      (at, database) =>
        set(...bodyAt(at).entry({ ...(MAIN[at - 1] as Block), transactions: [coinbase(at)] }), database),
    ],
  ])('with a block %s gets it back from a peer', async (_, height, damage) => {
    const tested = await stored();
    const before = await contents(tested.database);
    await damage(height, tested.database);
    const { outcome, asked } = await check(tested, ofMain);
    expect(outcome).toEqual({ ...GOOD, repaired: 1, firstRepaired: height });
    expect(asked).toEqual([height]);
    expect((await contents(tested.database)) === before).toBe(true);
  });

  test.each<[string, string]>([
    ['what a block did to the ledger', changesAt(110).key],
    ['one of the newest blocks', bodyAt(LONG - 3).key],
  ])('without %s asks nobody for it', async (_, key) => {
    const tested = await stored();
    const before = await contents(tested.database);
    await flip(tested.database, key);
    const { outcome, asked } = await check(tested, ofMain);
    expect(outcome).toMatchObject({ goodUpTo: LONG, repaired: 1, problem: undefined });
    expect(asked).toEqual([]);
    expect((await contents(tested.database)) === before).toBe(true);
  });

  test('with false changes to the ledger, though their checksum is good, has the true ones again', async () => {
    const tested = await stored();
    const before = await contents(tested.database);
    const record = changesAt(44);
    const [change] = record.read(await get(record.key, tested.database)) ?? [];
    if (change === undefined) throw new Error('a block without changes');
    await set(...record.entry([{ ...change, after: { balance: 1_000_000, nonce: 0 } }]), tested.database);
    expect((await check(tested)).outcome).toEqual({ ...GOOD, repaired: 1, firstRepaired: 44 });
    expect((await contents(tested.database)) === before).toBe(true);
  });

  test('with a block that nobody has says which, and that all before it is good', async () => {
    const tested = await stored();
    await flip(tested.database, bodyAt(70).key);
    const { outcome, asked } = await check(tested);
    expect(outcome).toEqual({ ...GOOD, goodUpTo: 69, problem: { code: 'lost', height: 70 } });
    expect(asked).toEqual([70]);
  });

  test('with any values damaged is whole again', async () => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
    console.log(`SEED=${seed}`);
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const tested = await stored();
    const before = await contents(tested.database);
    const all = (await keys(tested.database)) as string[];
    const chosen = new Set(Array.from({ length: 30 }, () => all[random(all.length)] as string));
    for (const key of chosen) {
      const { length } = (await get<Uint8Array>(key, tested.database)) as Uint8Array;
      await flip(tested.database, key, random(length), 1 << random(8));
    }
    const heights = new Set(
      [...chosen].filter((key) => /^(body|changes)/.test(key)).map((key) => key.slice(-10)),
    );
    const { outcome } = await check(tested, ofMain);
    expect(outcome).toMatchObject({ goodUpTo: LONG, repaired: heights.size, problem: undefined });
    if (outcome.isIndexRewritten) expect((await tested.store.loadAgain()).kind).toBe('chain');
    else expect((await contents(tested.database)) === before).toBe(true);
  });

  test.each([TIP.key, SNAPSHOT.key, headersAt(0).key])('with damage in %s has it again', async (key) => {
    const tested = await stored();
    await flip(tested.database, key);
    expect((await tested.store.loadAgain()).kind).toBe('damaged');
    const { outcome } = await check(tested);
    expect(outcome).toEqual({ ...GOOD, isIndexRewritten: true });
    expect(await tested.store.loadAgain()).toMatchObject({ kind: 'chain', tipId: tested.chain.tip.id });
    expect((await check(tested)).outcome).toEqual(GOOD);
    // What is written next goes on from there.
    tested.take(blocksOn(MAIN.at(-1) as Block, LONG + 1, 3));
    await tested.store.settled();
    expect((await check(tested)).outcome).toEqual({ ...GOOD, goodUpTo: LONG + 3 });
  });

  test('puts a ledger right that does not follow from the blocks', async () => {
    const tested = await stored();
    const { ledger } = tested.chain;
    const good = ledger.hash();
    const account = someAccount(1);
    const before = ledger.get(account);
    ledger.redo([{ account, before, after: { balance: before.balance + 1, nonce: 0 } }]);
    expect((await check(tested)).outcome).toEqual({ ...GOOD, isIndexRewritten: true });
    expect(tested.chain.ledger.hash()).toBe(good);
  });

  test('that breaks a rule says where, and which', async () => {
    // As if it had been taken by a node that did not look.
    let isLax = true;
    const tested = await stored(MAIN, (...all) => isLax || verifyZip215(...all));
    const forged = signed(ALICE, { nonce: MESSAGES, memo: 'forged' }, new Uint8Array(32));
    const last = blockOn((MAIN.at(-1) as Block).header, [coinbase(LONG + 1), forged]);
    tested.take([last]);
    await tested.store.settled();
    isLax = false;
    expect((await check(tested)).outcome).toEqual({
      ...GOOD,
      problem: { code: 'broken-rule', height: LONG + 1, rule: 'bad-signature' },
    });
  });
});

describe('while a chain is checked', () => {
  test('it may grow', async () => {
    const tested = await stored();
    const more = blocksOn(MAIN.at(-1) as Block, LONG + 1, 30);
    const { outcome } = await check(tested, undefined, () => tested.take(more.splice(0, 1)));
    expect(outcome.goodUpTo).toBe(tested.chain.tip.height);
    expect(outcome).toMatchObject({ repaired: 0, isIndexRewritten: false, problem: undefined });
    expect(tested.chain.tip.height).toBeGreaterThan(LONG);
  });

  test.each([
    ['above what was looked at', 3],
    ['from below it, which begins anew,', 19],
  ])('a reorg %s is followed', async (_, group) => {
    const tested = await stored();
    const branch = blocksOn(MAIN[LONG - 61] as Block, LONG - 59, 62, 'other');
    let groups = 0;
    const { outcome } = await check(tested, undefined, () => {
      if (++groups === group) tested.take(branch);
    });
    expect(groups).toBeGreaterThan(group + 10);
    expect(tested.chain.tip.id).toBe(headerId((branch.at(-1) as Block).header));
    expect(outcome).toEqual({ ...GOOD, goodUpTo: LONG + 2 });
  });

  test('it can be stopped', async () => {
    const { chain, store } = await stored();
    const context = { chain, store, fetchLost: () => Promise.resolve(undefined) };
    const running: ChainCheck = new ChainCheck({
      ...context,
      verifier: verifierThat(() => running.stop()),
    });
    expect(await running.next()).toEqual({ kind: 'stopped' });
    expect(await running.next()).toEqual({ kind: 'stopped' });
  });

  test('the database may go', async () => {
    const { chain, store } = await stored();
    const error = new DatabaseLostError('closed');
    const reading = { ...store, isStoring: true, readParts: () => Promise.reject(error) };
    expect((await check({ chain, store: reading })).outcome.problem).toEqual({ code: 'unreadable' });
    store.lose(error);
    expect((await check({ chain, store })).outcome).toEqual({
      ...GOOD,
      goodUpTo: 0,
      problem: { code: 'not-stored' },
    });
  });
});
