import { describe, expect, test } from 'vitest';
import { blockSize, type Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { NOBODY } from '../../../web/core/hash.ts';
import { Mempool } from '../../../web/core/mempool.ts';
import { REGTEST, type Params } from '../../../web/core/params.ts';
import { buildTemplate } from '../../../web/core/template.ts';
import type { Transaction } from '../../../web/core/transaction.ts';
import { grind } from '../../grind.ts';
import { blockOn, coinbase, GENESIS, someAccount, unchecked } from './build.ts';

const [A, B, C, M] = [1, 2, 3, 4].map(someAccount) as [string, string, string, string];
const yes = (): boolean => true;
const NOW = GENESIS.header.time + 86_400;

/** A, B and C have 50 credits each. */
function funded(params: Params = REGTEST): Chain {
  const chain = new Chain(params, GENESIS, yes);
  let tip = GENESIS;
  [A, B, C].forEach((recipient, i) => {
    tip = blockOn(tip.header, [coinbase(i + 1, { recipient })]);
    chain.addBlock(tip, NOW);
    chain.activate();
  });
  return chain;
}

function pending(chain: Chain, transactions: readonly Transaction[]): Mempool {
  const pool = new Mempool();
  for (const tx of transactions) {
    const result = pool.add(tx, chain.ledger, NOW * 1000, yes);
    if (result.kind === 'refused') throw new Error(result.code);
  }
  return pool;
}

const memos = (block: Block): string[] => block.transactions.slice(1).map(({ memo }) => memo);

/** Ground, a template has to be a block that the chain takes. */
function mine(chain: Chain, template: Block): void {
  const result = chain.addBlock({ ...template, header: grind(template.header) }, NOW);
  expect(result.kind).toBe('accepted');
  expect(chain.activate().rejected).toEqual([]);
}

describe('a template', () => {
  test('of nothing pays the subsidy', () => {
    const chain = funded();
    const template = buildTemplate(chain, new Mempool(), M, NOW);
    expect(template.transactions).toHaveLength(1);
    mine(chain, template);
    expect(chain.ledger.get(M).balance).toBe(50);
  });

  test("takes the highest fee for each byte first, each sender's in order of nonce", () => {
    const chain = funded();
    const pool = pending(chain, [
      unchecked(A, { nonce: 0, fee: 1, memo: 'a0' }),
      unchecked(A, { nonce: 1, fee: 9, memo: 'a1' }),
      unchecked(B, { nonce: 0, fee: 5, memo: 'b0' }),
      unchecked(B, { nonce: 1, fee: 2, memo: 'b1' }),
      // As much as b0, but for three times the bytes.
      unchecked(C, { nonce: 0, fee: 5, memo: `c0${' '.repeat(310)}` }),
    ]);
    const template = buildTemplate(chain, pool, M, NOW);
    expect(memos(template).map((memo) => memo.trim())).toEqual(['b0', 'b1', 'c0', 'a0', 'a1']);
    mine(chain, template);
    expect(chain.ledger.get(M).balance).toBe(50 + 22);
  });

  test('leaves out what has a gap before it or no credits behind it', () => {
    const chain = funded();
    const pool = pending(chain, [
      unchecked(A, { nonce: 0, recipient: B, amount: 50, memo: 'a0' }),
      unchecked(A, { nonce: 1, memo: 'a1' }),
      unchecked(B, { nonce: 1, memo: 'b1' }),
      unchecked(A, { nonce: 3, memo: 'a3' }),
    ]);
    expect(memos(buildTemplate(chain, pool, M, NOW))).toEqual(['a0', 'a1']);
  });

  test('does not count on what others pay in the same block', () => {
    const chain = funded();
    const pool = pending(chain, [unchecked(A, { nonce: 0, recipient: M, amount: 50, memo: 'a0' })]);
    expect(pool.add(unchecked(M, { recipient: A, amount: 1 }), chain.ledger, NOW, yes)).toMatchObject({
      code: 'overdraft',
    });
    expect(memos(buildTemplate(chain, pool, M, NOW))).toEqual(['a0']);
  });

  test('fills a block to its last byte and no further', () => {
    const chain = funded();
    const full = Array.from({ length: 120 }, (_, i) =>
      unchecked(someAccount(100 + i), { memo: 'x'.repeat(512) }),
    );
    const template = buildTemplate(chain, pending(chain, full), M, NOW);
    // 668 bytes each: one more would not have fitted.
    expect(template.transactions).toHaveLength(1 + 97);
    expect(blockSize(template)).toBeLessThanOrEqual(65_536);
    expect(blockSize(template)).toBeGreaterThan(65_536 - 668);
    mine(chain, template);

    const small = Array.from({ length: 500 }, (_, i) => unchecked(someAccount(1000 + i)));
    const most = buildTemplate(chain, pending(chain, small), M, NOW);
    expect(most.transactions).toHaveLength(425);
    expect(blockSize(most)).toBeLessThanOrEqual(65_536);
    mine(chain, most);
  });

  test('puts a small one where a large one no longer fits', () => {
    const chain = funded();
    // 97 large ones leave 503 bytes.
    const large = Array.from({ length: 98 }, (_, i) =>
      unchecked(someAccount(100 + i), { memo: 'x'.repeat(512) }),
    );
    const pool = pending(chain, [...large, unchecked(A, { nonce: 0, memo: 'small' })]);
    expect(memos(buildTemplate(chain, pool, M, NOW))).toContain('small');
  });

  test('is stamped with the clock, but after the median of the last eleven', () => {
    const chain = funded();
    const { tip } = chain;
    expect(buildTemplate(chain, new Mempool(), M, NOW).header.time).toBe(NOW);
    // Times 0, 15, 30, 45 after genesis: the median is the third.
    const median = tip.time - 15;
    expect(buildTemplate(chain, new Mempool(), M, 0).header.time).toBe(median + 1);
    mine(chain, buildTemplate(chain, new Mempool(), M, 0));
  });

  test('carries the bits that its own time asks for', () => {
    const params: Params = { ...REGTEST, retarget: true };
    const chain = new Chain(params, GENESIS, yes);
    const bitsSeen = new Set<number>();
    for (const wait of [1, 1, 1, 1, 1, 1, 130, 1, 260, 1, 700, 1]) {
      const template = buildTemplate(chain, new Mempool(), M, chain.tip.time + wait);
      bitsSeen.add(template.header.bits);
      mine(chain, template);
    }
    expect(bitsSeen.size).toBeGreaterThan(5);
  });

  test('pays nobody when there is nothing to pay', () => {
    const chain = new Chain({ ...REGTEST, halvingBlocks: 1 }, GENESIS, yes);
    for (let height = 1; height <= 7; height++) mine(chain, buildTemplate(chain, new Mempool(), M, NOW));
    const [last] = buildTemplate(chain, new Mempool(), M, NOW).transactions;
    expect(last).toMatchObject({ amount: 0, recipient: NOBODY });
    expect(chain.ledger.get(M).balance).toBe(25 + 12 + 6 + 3 + 1);
  });
});
