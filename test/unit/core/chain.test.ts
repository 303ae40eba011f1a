import { describe, expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { headerBytes, headerOf, MAX_LOCATOR, type BlockEntry } from '../../../web/core/block-index.ts';
import { Chain, RESIDENT_DEPTH, type Activation, type ConnectedBlock } from '../../../web/core/chain.ts';
import { headerId, type Header } from '../../../web/core/header.ts';
import { packHeaders } from '../../../web/core/packed-headers.ts';
import { REGTEST } from '../../../web/core/params.ts';
import type { Transaction } from '../../../web/core/transaction.ts';
import { blockOn, coinbase, GENESIS, someAccount, unchecked } from './build.ts';

const NOW = GENESIS.header.time + 365 * 86_400;
const [A, B, C] = [1, 2, 3].map(someAccount) as [string, string, string];
const yes = (): boolean => true;

/** `count` blocks on `parent`, whose coinbases pay `recipient`, each with the transactions that `txs` gives it. */
function branch(
  parent: Block,
  parentHeight: number,
  count: number,
  recipient: string,
  txs: (height: number) => readonly Transaction[] = () => [],
): Block[] {
  const blocks: Block[] = [];
  let tip = parent;
  for (let height = parentHeight + 1; height <= parentHeight + count; height++) {
    tip = blockOn(tip.header, [coinbase(height, { recipient }), ...txs(height)]);
    blocks.push(tip);
  }
  return blocks;
}

/** Keeps the active chain as a tab's IndexedDB does. */
class FakeStore {
  readonly #blocks: ConnectedBlock[] = [];

  commit({ fork, connected }: Activation): void {
    this.#blocks.length = fork.height;
    this.#blocks.push(...connected);
  }

  /** Heights `from` to `to`. */
  read(from: number, to: number): ConnectedBlock[] {
    return this.#blocks.slice(from - 1, to);
  }

  copy(): FakeStore {
    const copy = new FakeStore();
    copy.#blocks.push(...this.#blocks);
    return copy;
  }

  get headers(): Header[] {
    return this.#blocks.map(({ entry }) => headerOf(entry));
  }
}

interface Party {
  readonly chain: Chain;
  readonly store: FakeStore;
  /** Ranges of heights that `activate` asked for. */
  readonly asked: string[];
}

function newParty(chain = new Chain(REGTEST, GENESIS, yes), store = new FakeStore()): Party {
  return { chain, store, asked: [] };
}

function settle({ chain, store, asked }: Party): Activation {
  for (;;) {
    const activation = chain.activate();
    if (!activation.needs) {
      store.commit(activation);
      return activation;
    }
    const { from, to } = activation.needs;
    asked.push(`${from}-${to}`);
    chain.supply(store.read(from, to));
  }
}

function give(party: Party, blocks: readonly Block[]): Activation | undefined {
  let last: Activation | undefined;
  for (const block of blocks) {
    const result = party.chain.addBlock(block, NOW);
    if (result.kind !== 'accepted') throw new Error(`${result.kind}: ${JSON.stringify(result)}`);
    last = settle(party);
  }
  return last;
}

/** As a store that writes so many headers together. */
function inPieces(headers: readonly Header[], size: number): Uint8Array[] {
  const count = Math.ceil(headers.length / size);
  return Array.from({ length: count }, (_, n) => packHeaders(headers.slice(n * size, (n + 1) * size)));
}

/** What a tab has after a reload: headers and ledger, no bodies. */
function reloaded({ chain, store }: Party, pieceSize = 25): Party {
  const again = new Chain(REGTEST, GENESIS, yes);
  const headers = inPieces(store.headers, pieceSize);
  if (!again.restore({ headers, accounts: chain.ledger.accounts() })) throw new Error('damaged');
  return newParty(again, store.copy());
}

const spend = (height: number): readonly Transaction[] =>
  height < 2 ? [] : [unchecked(A, { nonce: height - 2, recipient: B, amount: 3, memo: `${height}` })];

describe('a chain after a reload', () => {
  const before = newParty();
  const blocks = branch(GENESIS, 0, 60, A, spend);
  give(before, blocks);

  test('has its tip, its ledger and no bodies but genesis', () => {
    const { chain } = reloaded(before);
    expect(chain.tip.id).toBe(before.chain.tip.id);
    expect(chain.tip.work).toBe(before.chain.tip.work);
    expect(chain.ledger.hash()).toBe(before.chain.ledger.hash());
    expect(chain.residentBodies).toBe(1);
    expect(chain.body(chain.tip.id)).toBeUndefined();
    expect(chain.hasBody(chain.tip)).toBe(true);
    expect(chain.addBlock(blocks[59] as Block, NOW).kind).toBe('known');
  });

  test('reads the store for a reorg below what is resident, and only for what is missing', () => {
    const party = reloaded(before);
    give(party, branch(blocks[59] as Block, 60, 5, B));
    const heavier = branch(blocks[9] as Block, 10, 56, C);
    for (const block of heavier.slice(0, 55)) party.chain.addBlock(block, NOW);
    const activation = give(party, heavier.slice(55));
    // 61 to 65 were connected by this party and are resident.
    expect(party.asked).toEqual(['11-60']);
    expect(activation?.fork.height).toBe(10);
    expect(activation?.disconnected).toHaveLength(55);
    expect(activation?.connected).toHaveLength(56);

    const direct = newParty();
    give(direct, [...blocks.slice(0, 10), ...heavier]);
    expect(party.chain.tip.id).toBe(direct.chain.tip.id);
    expect(party.chain.ledger.hash()).toBe(direct.chain.ledger.hash());
  });

  test('comes back from a heavier branch that proves unlawful, ledger and all', () => {
    const party = reloaded(before);
    const heavier = branch(blocks[9] as Block, 10, 55, C, (height) =>
      height === 60 ? [unchecked(B, { recipient: A, amount: 1000 })] : [],
    );
    for (const block of heavier.slice(0, 50)) party.chain.addBlock(block, NOW);
    const activation = give(party, [heavier[50] as Block]);
    expect(party.asked).toEqual(['11-60']);
    expect(activation?.rejected.map(({ entry, code }) => `${entry.height} ${code}`)).toEqual([
      '60 overdraft',
    ]);
    expect(party.chain.tip.id).toBe(before.chain.tip.id);
    expect(party.chain.ledger.hash()).toBe(before.chain.ledger.hash());
    // It still grows.
    give(
      party,
      branch(blocks[59] as Block, 60, 1, A, () => [unchecked(A, { nonce: 59 })]),
    );
    expect(party.chain.tip.height).toBe(61);
  });

  test('asks again for what it was not given', () => {
    const { chain, store } = reloaded(before);
    for (const block of branch(blocks[9] as Block, 10, 51, C)) chain.addBlock(block, NOW);
    expect(chain.activate().needs).toEqual({ from: 11, to: 60 });
    chain.supply(store.read(31, 60));
    expect(chain.activate().needs).toEqual({ from: 11, to: 30 });
    chain.supply(store.read(11, 29));
    expect(chain.activate().needs).toEqual({ from: 30, to: 30 });
    chain.supply([{ block: branch(GENESIS, 0, 1, C)[0] as Block, changes: [] }]);
    expect(chain.activate().needs).toEqual({ from: 30, to: 30 });
    chain.supply(store.read(30, 30));
    expect(chain.activate().needs).toBeUndefined();
    expect(chain.tip.height).toBe(61);
  });

  test('gives back blocks for the mempool with the transactions they carried', () => {
    const party = reloaded(before);
    const heavier = branch(blocks[57] as Block, 58, 3, C);
    for (const block of heavier.slice(0, 2)) party.chain.addBlock(block, NOW);
    const activation = give(party, heavier.slice(2));
    const memos = activation?.disconnected.map(({ block }) => block.transactions[1]?.memo);
    expect(memos).toEqual(['60', '59']);
  });

  test.each([1, 7, 60, 1000])('is the same from pieces of %i headers', (size) => {
    const { chain } = reloaded(before, size);
    for (let height = 0; height <= 60; height++) {
      const entry = chain.activeAt(height) as BlockEntry;
      const { parent } = entry;
      const wanted = before.chain.activeAt(height) as BlockEntry;
      const { headers, headerAt } = entry;
      expect(entry).toEqual({ ...wanted, parent, headers, headerAt });
      expect(headerBytes(entry)).toEqual(headerBytes(wanted));
      expect(parent).toBe(chain.activeAt(height - 1));
      expect(chain.index.get(entry.id)).toBe(chain.activeAt(height));
    }
  });

  const other = branch(blocks[19] as Block, 20, 20, C).map(({ header }) => header);
  const changed = (headers: readonly Header[], at: number, change: (header: Header) => Partial<Header>) =>
    headers.map((header, n) => (n === at ? { ...header, ...change(header) } : header));
  type Damage = (headers: readonly Header[]) => Uint8Array[];
  test.each<[string, Damage]>([
    ['with a header missing', (headers) => inPieces([...headers.slice(0, 30), ...headers.slice(31)], 1)],
    ['with two exchanged', ([a, b, ...rest]) => inPieces([b as Header, a as Header, ...rest], 1)],
    ['with one twice', (headers) => inPieces([...headers, headers[59] as Header], 1)],
    ['with a piece missing', (headers) => inPieces([...headers.slice(0, 20), ...headers.slice(40)], 20)],
    ['without its beginning', (headers) => inPieces(headers.slice(20), 20)],
    ['with a piece twice', (headers) => [...inPieces(headers, 20), packHeaders(headers.slice(40))]],
    [
      'with a piece of another branch',
      (headers) => inPieces([...headers.slice(0, 20), ...other, ...headers.slice(40)], 20),
    ],
    [
      'with a bit flipped in the bits of one',
      (h) =>
        inPieces(
          changed(h, 30, ({ bits }) => ({ bits: bits ^ 1 })),
          20,
        ),
    ],
    [
      'with a bit flipped in the last of a piece',
      (h) =>
        inPieces(
          changed(h, 39, ({ time }) => ({ time: time ^ 1 })),
          20,
        ),
    ],
    [
      'with a branch in it',
      (headers) => inPieces([...headers, branch(blocks[57] as Block, 58, 1, C)[0]?.header as Header], 1),
    ],
  ])('%s is damaged', (_, damage) => {
    const chain = new Chain(REGTEST, GENESIS, yes);
    expect(chain.restore({ headers: damage(before.store.headers), accounts: [] })).toBe(false);
  });
});

describe('bodies far below the tip', () => {
  const ACTIVE_BOUND = RESIDENT_DEPTH + 64;

  test('leave the memory, and a deep reorg brings them back from the store', () => {
    const party = newParty();
    const blocks = branch(GENESIS, 0, 500, A, spend);
    give(party, blocks);
    expect(party.chain.residentBodies).toBeLessThanOrEqual(ACTIVE_BOUND + 2);
    expect(party.chain.body(party.chain.tip.id)).toBeDefined();
    expect(party.chain.activeAt(100)?.id).toBe(headerId((blocks[99] as Block).header));

    const heavier = branch(blocks[99] as Block, 100, 401, C);
    for (const block of heavier.slice(0, 400)) party.chain.addBlock(block, NOW);
    give(party, heavier.slice(400));
    expect(party.asked).toHaveLength(1);
    expect(party.chain.tip.height).toBe(501);

    const direct = newParty();
    give(direct, [...blocks.slice(0, 100), ...heavier]);
    expect(party.chain.ledger.hash()).toBe(direct.chain.ledger.hash());
    // The lost branch goes with time.
    give(party, branch(heavier[400] as Block, 501, 300, C));
    expect(party.chain.residentBodies).toBeLessThanOrEqual(ACTIVE_BOUND + 2);
  });

  test('of a stale branch are forgotten, and can be fetched again should it win', () => {
    const party = newParty();
    const blocks = branch(GENESIS, 0, 400, A);
    const stale = branch(GENESIS, 0, 20, B);
    give(party, stale.slice(0, 1));
    give(party, blocks);
    const entry = party.chain.index.get(headerId((stale[0] as Block).header));
    if (!entry) throw new Error('its header is gone');
    expect(party.chain.hasBody(entry)).toBe(false);

    const grown = [...stale.slice(0, 1), ...branch(stale[0] as Block, 1, 400, B)];
    for (const block of grown) expect(party.chain.addBlock(block, NOW).kind).toBe('accepted');
    expect(settle(party).connected).toHaveLength(401);
    expect(party.chain.ledger.get(B).balance).toBe(401 * 50);
  });

  test('stay while they belong to the best headers, however slowly the rest arrives', () => {
    const party = newParty();
    const blocks = branch(GENESIS, 0, 400, A);
    give(party, blocks);
    const heavier = branch(GENESIS, 0, 600, B);
    for (const { header } of heavier) party.chain.addHeader(header, NOW);
    for (const block of heavier.slice(0, 100)) party.chain.addBlock(block, NOW);
    // Our own branch goes on for long enough that the bodies are looked through.
    give(party, branch(blocks[399] as Block, 400, 130, A));
    for (const { header } of heavier.slice(0, 100)) {
      const entry = party.chain.index.get(headerId(header));
      if (!entry || !party.chain.hasBody(entry)) throw new Error(`${entry?.height} has to be fetched again`);
    }
    for (const block of heavier.slice(100)) party.chain.addBlock(block, NOW);
    settle(party);
    expect(party.chain.tip.height).toBe(600);
    expect(party.chain.ledger.get(B).balance).toBe(600 * 50);
  });

  test('a body that waits for its parent still does so after the look through', () => {
    const party = newParty();
    const blocks = branch(GENESIS, 0, 130, A);
    const ahead = branch(blocks[129] as Block, 130, 3, A);
    for (const { header } of [...blocks, ...ahead]) party.chain.addHeader(header, NOW);
    party.chain.addBlock(ahead[2] as Block, NOW);
    party.chain.addBlock(ahead[1] as Block, NOW);
    give(party, blocks);
    expect(party.chain.tip.height).toBe(130);
    give(party, ahead.slice(0, 1));
    expect(party.chain.tip.height).toBe(133);
  });
});

describe('the header index', () => {
  const party = newParty();
  const blocks = branch(GENESIS, 0, 200, A);
  for (const { header } of blocks) party.chain.addHeader(header, NOW);
  const side = branch(blocks[149] as Block, 150, 10, B);
  for (const { header } of side) party.chain.addHeader(header, NOW);
  const { index } = party.chain;
  const at = (list: readonly Block[], i: number) => {
    const entry = index.get(headerId((list[i] as Block).header));
    if (!entry) throw new Error(`no header ${i}`);
    return entry;
  };

  test('knows the best branch by height', () => {
    expect(index.bestHeader.height).toBe(200);
    expect(index.bestHeaderAt(151)).toBe(at(blocks, 150));
    expect(index.bestHeaderAt(201)).toBeUndefined();
  });

  test('finds ancestors and where branches part', () => {
    expect(index.ancestor(at(blocks, 199), 3)).toBe(at(blocks, 2));
    expect(index.ancestor(at(side, 9), 155)).toBe(at(side, 4));
    expect(index.ancestor(at(side, 9), 150)).toBe(at(blocks, 149));
    expect(index.ancestor(at(side, 9), 0)).toBe(index.genesis);
    expect(index.commonAncestor(at(side, 9), at(blocks, 199))).toBe(at(blocks, 149));
    expect(index.commonAncestor(at(blocks, 10), at(blocks, 199))).toBe(at(blocks, 10));
  });

  test('makes a locator: ten by one, then by twice as many each, genesis last', () => {
    const heights = index.locator(index.bestHeader).map((id) => index.get(id)?.height);
    expect(heights).toEqual([
      200, 199, 198, 197, 196, 195, 194, 193, 192, 191, 189, 185, 177, 161, 129, 65, 0,
    ]);
    expect(index.locator(index.genesis)).toEqual([index.genesis.id]);
    expect(heights.length).toBeLessThanOrEqual(MAX_LOCATOR);
  });

  test('leaves the best branch for the next best when it proves unlawful', () => {
    index.markInvalid(at(blocks, 180), 'overdraft');
    expect(index.bestHeader).toBe(at(blocks, 179));
    index.markInvalid(at(blocks, 152), 'overdraft');
    expect(index.bestHeader).toBe(at(side, 9));
    expect(index.bestHeaderAt(160)).toBe(at(side, 9));
    expect(index.bestHeaderAt(161)).toBeUndefined();
    expect(at(blocks, 199).invalid).toBe('invalid-chain');
    expect(index.ancestor(at(side, 9), 3)).toBe(at(blocks, 2));
  });

  test('says whether the best has a rival', () => {
    const { index: tied } = new Chain(REGTEST, GENESIS, yes);
    const add = (block: Block | undefined) => {
      const result = block && tied.add(block.header, NOW);
      if (typeof result !== 'object') throw new Error(result);
      return result.entry;
    };
    const [a, b, c] = [A, B, C].map((account) => branch(GENESIS, 0, 2, account));
    expect(tied.isTied).toBe(false);
    const a1 = add(a?.[0]);
    expect(tied.isTied).toBe(false);
    const b1 = add(b?.[0]);
    expect(tied.isTied).toBe(true);
    tied.markInvalid(b1, 'overdraft');
    expect(tied.isTied).toBe(false);
    const c1 = add(c?.[0]);
    expect(tied.isTied).toBe(true);
    const a2 = add(a?.[1]);
    expect(tied.isTied).toBe(false);
    tied.markInvalid(a2, 'overdraft');
    expect(tied.bestHeader).toBe(a1);
    expect(tied.isTied).toBe(true);
    tied.markInvalid(a1, 'overdraft');
    expect(tied.bestHeader).toBe(c1);
    expect(tied.isTied).toBe(false);
  });
});
