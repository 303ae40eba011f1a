/** What a node tells of the blocks beside its chain. */
import { describe, expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { RESIDENT_DEPTH } from '../../../web/core/chain.ts';
import { headerId } from '../../../web/core/header.ts';
import { STALL_MIN_MS } from '../../../web/node/block-sync.ts';
import { PUSH_PATIENCE_MS } from '../../../web/node/compact-relay.ts';
import { MAX_BRANCH_BLOCKS } from '../../../web/node/stale-blocks.ts';
import { blockOn, coinbase, GENESIS, wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';
import { Answerer, blocksOn, headersOn } from './header-maker.ts';

const [ALICE, BOB] = [wallet(1), wallet(2)];

const id = (block: Block): string => headerId(block.header);
const branches = ({ node }: TestedNode) => node.snapshot('forks').branches;

/** `peer` announces a chain, and gives the bodies that it is asked for. */
function offer(tested: TestedNode, by: typeof ALICE, chain: readonly Block[], waitMs = 0): void {
  const peer = tested.connect(by);
  const headers = chain.map(({ header }) => header);
  const answerer = new Answerer(peer, headers, chain);
  for (let from = 0; from < headers.length; from += 8) {
    peer.say({ name: 'headers', headers: headers.slice(from, from + 8) });
  }
  tested.pass(waitMs);
  answerer.answerAll(0);
}

describe('blocks beside the chain', () => {
  test('there are none while all blocks follow each other', () => {
    const tested = new TestedNode();
    offer(tested, ALICE, blocksOn(GENESIS.header, 0, 3));
    expect(tested.node.chain.tip.height).toBe(3);
    expect(branches(tested)).toEqual([]);
  });

  test('headers ahead of the chain are no fork', () => {
    const tested = new TestedNode();
    tested.connect(ALICE).say({ name: 'headers', headers: headersOn(GENESIS.header, 5) });
    expect(tested.node.chain.index.size).toBe(6);
    expect(branches(tested)).toEqual([]);
  });

  test('a reorg leaves those that it replaced, each with who told it, and when', () => {
    const tested = new TestedNode();
    const lost = blocksOn(GENESIS.header, 0, 2, 'short');
    offer(tested, ALICE, lost);
    const aliceAtMs = tested.nowMs;
    tested.pass(1_000);
    offer(tested, BOB, blocksOn(GENESIS.header, 0, 3, 'long'));
    expect(tested.node.chain.tip.height).toBe(3);
    expect(branches(tested)).toMatchObject(
      lost.map((block, i) => ({
        id: id(block),
        prevId: i === 0 ? id(GENESIS) : id(lost[0] as Block),
        height: i + 1,
        heardAtMs: aliceAtMs,
        heardFrom: ALICE.id,
        hasBody: true,
        producer: coinbase(1).recipient,
        wasActive: true,
        invalid: undefined,
      })),
    );
  });

  test('a rival that comes second is there by its header alone, and was never active', () => {
    const tested = new TestedNode();
    offer(tested, ALICE, blocksOn(GENESIS.header, 0, 1, 'first'));
    const [rival] = blocksOn(GENESIS.header, 0, 1, 'second') as [Block];
    offer(tested, BOB, [rival]);
    expect(branches(tested)).toMatchObject([
      { id: id(rival), heardFrom: BOB.id, hasBody: false, producer: undefined, wasActive: false },
    ]);
  });

  test('who told of it first counts, though another gives the block', () => {
    const tested = new TestedNode();
    const [block] = blocksOn(GENESIS.header, 0, 1, 'told twice') as [Block];
    tested.connect(ALICE).say({ name: 'headers', headers: [block.header] });
    const aliceAtMs = tested.nowMs;
    tested.pass(1_000);
    // She has been asked, and does not give it: then he is.
    const bob = tested.connect(BOB);
    bob.say({ name: 'headers', headers: [block.header] });
    tested.pass(STALL_MIN_MS);
    new Answerer(bob, [block.header], [block]).answerAll(0);
    expect(tested.node.heard(id(block))?.from).toBe(BOB.id);
    offer(tested, wallet(3), blocksOn(GENESIS.header, 0, 2, 'longer'));
    expect(branches(tested)).toMatchObject([{ heardAtMs: aliceAtMs, heardFrom: ALICE.id }]);
  });

  test('a refused block stands with its rule, one on top of it with its ancestor’s', () => {
    const tested = new TestedNode();
    const first = blockOn(GENESIS.header, [coinbase(1, { amount: 51 })]);
    const second = blockOn(first.header, [coinbase(2)]);
    offer(tested, ALICE, [first, second]);
    expect(branches(tested)).toMatchObject([
      { id: id(first), invalid: 'bad-coinbase-amount', hasBody: false },
      { id: id(second), invalid: 'invalid-chain' },
    ]);
  });

  test('a block that comes back into the chain is shown no more', () => {
    const tested = new TestedNode();
    const ours = blocksOn(GENESIS.header, 0, 4, 'ours');
    offer(tested, ALICE, ours.slice(0, 1));
    offer(tested, BOB, blocksOn(GENESIS.header, 0, 2, 'theirs'));
    expect(branches(tested).map(({ id }) => id)).toEqual([id(ours[0] as Block)]);
    offer(tested, wallet(3), ours);
    expect(branches(tested).map(({ height, wasActive }) => [height, wasActive])).toEqual([
      [1, true],
      [2, true],
    ]);
  });

  test('what is too far below the tip is shown no more, with all that hangs on it', () => {
    const tested = new TestedNode();
    const chain = blocksOn(GENESIS.header, 0, RESIDENT_DEPTH + 1, 'ours');
    offer(tested, ALICE, chain.slice(0, 2));
    offer(tested, BOB, blocksOn(GENESIS.header, 0, 2, 'theirs'));
    offer(tested, wallet(3), chain.slice(0, -1));
    expect(tested.node.chain.tip.height).toBe(RESIDENT_DEPTH);
    expect(branches(tested)).toHaveLength(2);
    // A single new block is waited for from the first three, who send such unasked.
    offer(tested, wallet(4), chain, PUSH_PATIENCE_MS);
    expect(tested.node.chain.tip.height).toBe(RESIDENT_DEPTH + 1);
    expect(branches(tested)).toHaveLength(0);
  });

  test('of a flood of branches a bounded part is told, and none of it hangs in the air', () => {
    const tested = new TestedNode();
    offer(tested, ALICE, blocksOn(GENESIS.header, 0, 9, 'ours'));
    const flooder = tested.connect(BOB);
    for (let salt = 1; salt <= 40; salt++) {
      flooder.say({ name: 'headers', headers: headersOn(GENESIS.header, 8, salt) });
      tested.pass(1_000);
    }
    const told = branches(tested);
    expect(told).toHaveLength(MAX_BRANCH_BLOCKS);
    const known = new Set([id(GENESIS), ...told.map(({ id }) => id)]);
    expect(told.filter(({ prevId }) => !known.has(prevId))).toEqual([]);
  });
});
