import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { headerId, type Header } from '../../../web/core/header.ts';
import { Ledger } from '../../../web/core/ledger.ts';
import { REGTEST } from '../../../web/core/params.ts';
import type { Transaction } from '../../../web/core/transaction.ts';
import { blockOn, coinbase, GENESIS, someAccount, unchecked } from './build.ts';

const ACCOUNTS = [0, 1, 2, 3].map(someAccount);
const NOW = GENESIS.header.time + 86_400;
const yes = (): boolean => true;

/** One transfer, drawn without regard to balances: some of them overdraw. */
interface Draw {
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  readonly fee: number;
}

const draw: fc.Arbitrary<Draw> = fc.record({
  from: fc.nat({ max: ACCOUNTS.length - 1 }),
  to: fc.nat({ max: ACCOUNTS.length - 1 }),
  amount: fc.nat({ max: 60 }),
  fee: fc.nat({ max: 3 }),
});

function supplyOf(ledger: Ledger): number {
  return ledger.accounts().reduce((sum, { balance }) => sum + balance, 0);
}

/** The draws as transactions with the nonces that follow from `ledger` and the order. */
function transactionsOf(ledger: Ledger, draws: readonly Draw[]): Transaction[] {
  const sent = new Map<string, number>();
  return draws.map(({ from, to, amount, fee }) => {
    const sender = ACCOUNTS[from] as string;
    const nonce = sent.get(sender) ?? ledger.get(sender).nonce;
    sent.set(sender, nonce + 1);
    return unchecked(sender, { nonce, recipient: ACCOUNTS[to] as string, amount, fee });
  });
}

const feesOf = (txs: readonly Transaction[]): number => txs.reduce((sum, { fee }) => sum + fee, 0);

describe('a ledger', () => {
  const balances = fc.array(fc.nat({ max: 100 }), { minLength: 4, maxLength: 4 });
  const nonces = fc.array(fc.nat({ max: 3 }), { minLength: 4, maxLength: 4 });

  test('is the same after connecting and taking back', () => {
    let connected = 0;
    fc.assert(
      fc.property(balances, nonces, fc.array(draw, { maxLength: 6 }), (credits, counts, draws) => {
        const ledger = new Ledger(
          ACCOUNTS.slice(1).map((account, i) => ({
            account,
            balance: credits[i] as number,
            nonce: counts[i] as number,
          })),
        );
        const before = ledger.accounts();
        const txs = transactionsOf(ledger, draws);
        const transactions = [
          coinbase(1, { recipient: ACCOUNTS[0] as string, amount: 50 + feesOf(txs) }),
          ...txs,
        ];
        const changes = ledger.connect({ header: GENESIS.header, transactions }, 1, REGTEST, yes);
        if (typeof changes !== 'string') {
          connected++;
          const after = ledger.accounts();
          ledger.undo(changes);
          expect(ledger.accounts()).toEqual(before);
          ledger.redo(changes);
          expect(ledger.accounts()).toEqual(after);
          expect(supplyOf(ledger)).toBe(before.reduce((sum, { balance }) => sum + balance, 0) + 50);
          ledger.undo(changes);
        }
        expect(ledger.accounts()).toEqual(before);
      }),
      { numRuns: 1000 },
    );
    // Or the property would say nothing.
    expect(connected).toBeGreaterThan(100);
  });
});

interface Node {
  readonly block: Block;
  readonly height: number;
  /** The ledger after it; undefined if it or an ancestor breaks a rule. */
  readonly ledger: Ledger | undefined;
}

/** A tree of blocks, each on one of the blocks before it, some of them unlawful. */
const tree: fc.Arbitrary<readonly Node[]> = fc
  .array(fc.tuple(fc.nat({ max: 3 }), fc.array(draw, { maxLength: 3 })), { minLength: 1, maxLength: 24 })
  .map((plans) => {
    const nodes: Node[] = [{ block: GENESIS, height: 0, ledger: new Ledger() }];
    plans.forEach(([back, draws], i) => {
      // Mostly on one of the latest, so that branches grow long enough to compete.
      const parent = nodes[Math.max(nodes.length - 1 - back, 0)] as Node;
      const height = parent.height + 1;
      const txs = transactionsOf(parent.ledger ?? new Ledger(), draws);
      const block = blockOn(
        parent.block.header,
        [coinbase(height, { recipient: ACCOUNTS[i % 4] as string, amount: 50 + feesOf(txs) }), ...txs],
        { time: parent.block.header.time + 1 + i },
      );
      nodes.push({ block, height, ledger: after(parent.ledger, block, height) });
    });
    return nodes;
  });

function after(ledger: Ledger | undefined, block: Block, height: number): Ledger | undefined {
  if (!ledger) return undefined;
  const next = new Ledger(ledger.accounts());
  return typeof next.connect(block, height, REGTEST, yes) === 'string' ? undefined : next;
}

/** The lawful blocks of the greatest height. */
function bestOf(nodes: readonly Node[]): readonly Node[] {
  const lawful = nodes.filter(({ ledger }) => ledger);
  const height = Math.max(...lawful.map((node) => node.height));
  return lawful.filter((node) => node.height === height);
}

/** Sends each block when it comes; orphans again until their parents have come. */
function arrive(blocks: readonly Block[], activateEvery: number): Chain {
  const chain = new Chain(REGTEST, GENESIS, yes);
  let orphans: Block[] = [];
  blocks.forEach((block, i) => {
    let waiting = [...orphans, block];
    for (let before = -1; before !== waiting.length;) {
      before = waiting.length;
      waiting = waiting.filter((each) => {
        const result = chain.addBlock(each, NOW);
        return result.kind === 'refused' && result.code === 'unknown-parent';
      });
    }
    orphans = waiting;
    if (i % activateEvery === 0) chain.activate();
  });
  // What is left has an ancestor whose header was refused for building on an unlawful block.
  chain.activate();
  return chain;
}

function arriveAfterHeaders(headers: readonly Header[], blocks: readonly Block[]): Chain {
  const chain = new Chain(REGTEST, GENESIS, yes);
  for (const header of headers) chain.addHeader(header, NOW);
  for (const block of blocks) {
    chain.addBlock(block, NOW);
    chain.activate();
  }
  return chain;
}

describe('the same blocks in any order', () => {
  const arrivals = tree.chain((nodes) =>
    fc.tuple(
      fc.constant(nodes),
      fc.shuffledSubarray(nodes.slice(1), { minLength: nodes.length - 1 }),
      fc.integer({ min: 1, max: 8 }),
    ),
  );

  test('end on a lawful tip of most work, with its ledger and a supply of all subsidies', () => {
    let unique = 0;
    let reorganized = 0;
    fc.assert(
      fc.property(arrivals, ([nodes, shuffled, activateEvery]) => {
        const best = bestOf(nodes);
        if (best.length === 1) unique++;
        if (nodes.indexOf(best[0] as Node) < nodes.length - 1) reorganized++;
        const inOrder = nodes.slice(1).map(({ block }) => block);
        const blocks = shuffled.map(({ block }) => block);
        const chains = [
          arrive(inOrder, 1),
          arrive(blocks, activateEvery),
          arriveAfterHeaders(
            inOrder.map(({ header }) => header),
            blocks,
          ),
        ];
        for (const chain of chains) {
          // Of equals any may win, so the tip is one of them.
          const won = best.find(({ block }) => headerId(block.header) === chain.tip.id);
          expect(won, 'the tip is a best one').toBeDefined();
          expect(chain.ledger.hash()).toBe(won?.ledger?.hash());
          expect(supplyOf(chain.ledger)).toBe(50 * chain.tip.height);
        }
      }),
      { numRuns: 200 },
    );
    expect(unique).toBeGreaterThan(20);
    expect(reorganized).toBeGreaterThan(20);
  });
});
