/** Searches of a chain whose older part is in the store only. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain, RESIDENT_DEPTH } from '../../../web/core/chain.ts';
import { headerId } from '../../../web/core/header.ts';
import { Mempool } from '../../../web/core/mempool.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { transactionId, type Transaction } from '../../../web/core/transaction.ts';
import type { ChainQuery } from '../../../web/node/chain-query.ts';
import {
  ChainSearch,
  MAX_FOUND,
  SEARCH_STEP,
  type SearchContext,
  type SearchProgress,
} from '../../../web/node/chain-search.ts';
import { MemoryStore } from '../../sim/memory-store.ts';
import { blockOn, coinbase, GENESIS, signed, wallet } from '../core/build.ts';

const HEIGHT = 420;
const alice = wallet(1);
const bob = wallet(2);

const hello = signed(alice, { memo: 'Hello Class' });
const accent = signed(bob, { memo: 'café au lait' });
const gift = signed(wallet(3), { nonce: 0, recipient: bob.id, amount: 7, memo: 'for you' });
const waiting = signed(alice, { nonce: 1, memo: 'hello, still pending' });
/** By height: one old and in the store, one new, and one between. */
const written = new Map<number, Transaction>([
  [3, hello],
  [200, accent],
  [415, gift],
]);

const blocks: Block[] = [GENESIS];
const chain = new Chain(REGTEST, GENESIS, () => true);
const mempool = new Mempool();
const later: (() => void)[] = [];
const store = new MemoryStore((run) => later.push(run));

function flushStore(): void {
  for (let run = later.shift(); run; run = later.shift()) run();
}

beforeAll(() => {
  for (let height = 1; height <= HEIGHT; height++) {
    const tx = written.get(height);
    const producer = height === 10 ? bob.id : wallet(3).id;
    const transactions = [coinbase(height, { recipient: producer }), ...(tx ? [tx] : [])];
    blocks.push(blockOn((blocks[height - 1] as Block).header, transactions));
  }
  for (const block of blocks.slice(1)) {
    expect(chain.addBlock(block, Infinity).kind).toBe('accepted');
    const { fork, connected } = chain.activate();
    store.commit({
      forkHeight: fork.height,
      connected: connected.map(({ entry, ...rest }) => ({ id: entry.id, ...rest })),
      ledger: () => chain.ledger.accounts(),
    });
  }
  flushStore();
  expect(mempool.add(waiting, chain.ledger, 0, () => true).kind).toBe('accepted');
});

interface Run {
  readonly search: ChainSearch;
  readonly told: SearchProgress[];
  /** Runs what waits, once. False if nothing did. */
  step(): boolean;
}

function begin(query: ChainQuery, from = 0, to = Infinity): Run {
  const told: SearchProgress[] = [];
  const due: (() => void)[] = [];
  const context: SearchContext = {
    chain,
    mempool,
    store,
    later: (run) => due.push(run),
    onProgress: (progress) => told.push(progress),
  };
  const search = new ChainSearch(context, query, { from, to });
  const step = (): boolean => {
    const run = due.shift();
    run?.();
    flushStore();
    return run !== undefined;
  };
  return { search, told, step };
}

function run(query: ChainQuery, from?: number, to?: number): SearchProgress[] {
  const { told, step } = begin(query, from, to);
  while (step());
  return told;
}

function ids(told: readonly SearchProgress[]): string[] {
  return told.flatMap(({ found }) => found).map(({ transaction }) => transaction.id);
}

const text = (sought: string, authors: readonly string[] = []): ChainQuery => {
  return { kind: 'text', text: sought, authors };
};

test('this test has blocks that only the store has', () => {
  expect(HEIGHT).toBeGreaterThan(RESIDENT_DEPTH + 100);
  expect(chain.body(chain.activeAt(3)?.id ?? '')).toBeUndefined();
});

describe('text', () => {
  test('is found in memos, newest first, capitals or not, pending ones first', () => {
    const told = run(text(' HELLO '));
    expect(ids(told)).toEqual([waiting, hello].map(transactionId));
    expect(told[0]?.found[0]?.block).toBeUndefined();
    const id = headerId((blocks[3] as Block).header);
    const oldest = told.flatMap(({ found }) => found).at(-1);
    expect(oldest?.block).toEqual({ height: 3, id, time: blocks[3]?.header.time });
  });

  test('is found however its accents are composed', () => {
    expect(ids(run(text('CAFE\u0301')))).toEqual([transactionId(accent)]);
  });

  test('of nothing finds nothing', () => expect(ids(run(text('  ')))).toEqual([]));

  test('finds what authors wrote whose names match', () => {
    expect(ids(run(text('Amber Otter', [bob.id])))).toEqual([transactionId(accent)]);
  });

  test('may be the beginning of the id of a transaction, an account or a block', () => {
    expect(ids(run(text(transactionId(accent).slice(0, 12).toUpperCase())))).toEqual([transactionId(accent)]);
    expect(ids(run(text(bob.id.slice(0, 12))))).toEqual([gift, accent].map(transactionId));
    const block = blocks[123] as Block;
    expect(ids(run(text(headerId(block.header))))).toEqual(block.transactions.map(transactionId));
    // All ids of blocks begin like this.
    expect(ids(run(text('000000')))).toEqual([]);
  });
});

test('an account’s history is what it wrote, got and mined', () => {
  const mined = blocks[10]?.transactions[0] as Transaction;
  expect(ids(run({ kind: 'account', account: bob.id }))).toEqual([gift, accent, mined].map(transactionId));
  expect(ids(run({ kind: 'account', account: '0'.repeat(64) }))).toEqual([]);
});

test('a transaction is found once, wherever it is, and the search ends there', () => {
  const pending = run({ kind: 'transaction', id: transactionId(waiting) });
  expect(pending).toHaveLength(1);
  expect(pending[0]).toMatchObject({ end: 'complete', searched: 0, found: [{ block: undefined }] });
  const sealed = run({ kind: 'transaction', id: transactionId(gift) });
  expect(sealed.at(-1)).toMatchObject({ end: 'complete', searched: SEARCH_STEP, total: HEIGHT + 1 });
  expect(ids(sealed)).toEqual([transactionId(gift)]);
});

test('progress is honest: it grows to the whole, and says what could not be read', () => {
  const told = run(text('nothing says this'));
  const searched = told.map((progress) => progress.searched);
  expect(searched).toEqual([...searched].sort((a, b) => a - b));
  expect(told.at(-1)).toMatchObject({ searched: HEIGHT + 1, total: HEIGHT + 1, unread: 0, end: 'complete' });
  expect(told.slice(0, -1).every(({ end }) => end === undefined)).toBe(true);

  const kept = store.blocks.splice(50);
  const damaged = run(text('nothing says this'));
  store.blocks.push(...kept);
  const readable = HEIGHT + 1 - (damaged.at(-1)?.unread ?? 0);
  expect(damaged.at(-1)?.searched).toBe(HEIGHT + 1);
  expect(readable).toBeGreaterThanOrEqual(51 + RESIDENT_DEPTH);
  expect(readable).toBeLessThan(HEIGHT - SEARCH_STEP);
});

test('a range is looked at and nothing else; what is pending lies above the tip', () => {
  expect(ids(run(text('hello'), 4))).toEqual([transactionId(waiting)]);
  expect(ids(run(text('hello'), 0, HEIGHT - 1))).toEqual([transactionId(hello)]);
  expect(run(text('hello'), 0, HEIGHT - 1).at(-1)).toMatchObject({ total: HEIGHT });
});

test('a stopped search says nothing more and reads nothing more', () => {
  const { search, told, step } = begin(text('hello'));
  step();
  expect(told).toHaveLength(1);
  search.stop();
  while (step());
  expect(told).toHaveLength(1);
});

test('too many hits end it, and it can go on below them', () => {
  const query: ChainQuery = { kind: 'account', account: wallet(3).id };
  const first = run(query);
  const last = first.at(-1) as SearchProgress;
  expect(last.end).toBe('enough');
  expect(ids(first)).toHaveLength(MAX_FOUND);
  const all = [...ids(first)];
  for (let to = last.nextTo; to >= 0;) {
    const more = run(query, 0, to);
    all.push(...ids(more));
    const { end, nextTo } = more.at(-1) as SearchProgress;
    to = end === 'enough' ? nextTo : -1;
  }
  const expected = blocks
    .flatMap(({ transactions }) => transactions)
    .filter((tx) => [tx.sender, tx.recipient].includes(wallet(3).id))
    .map(transactionId);
  expect(all).toEqual([...new Set(all)]);
  expect([...all].sort()).toEqual(expected.sort());
});
