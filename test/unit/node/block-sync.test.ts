/** Which bodies a node asks for, and when. */
import { describe, expect, test } from 'vitest';
import { headerId } from '../../../web/core/header.ts';
import { GENESIS, wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';
import { Answerer, blocksOn } from './header-maker.ts';

describe('a store that falls behind', () => {
  const chain = blocksOn(GENESIS.header, 0, 120);
  const headers = chain.map(({ header }) => header);
  const claim = (height: number) => ({
    tipId: headerId((headers[height - 1] ?? GENESIS.header) as (typeof headers)[0]),
    height,
    work: 2n * BigInt(height),
  });

  test('is given no block above what it takes, and all as soon as it takes them', () => {
    const tested = new TestedNode();
    tested.store.takesUpTo = 40;
    const answerer = new Answerer(tested.connect(wallet(1), claim(headers.length)), headers, chain);
    answerer.answerAll(0);
    tested.pass(500);
    answerer.answerAll();
    expect(tested.node.chain.tip.height).toBe(40);
    tested.store.takesUpTo = Infinity;
    // By itself, without a word of the peer's.
    tested.pass(250);
    answerer.answerAll();
    expect(tested.node.chain.tip.height).toBe(headers.length);
  });

  test('does not keep the node from a better branch, which has to be here as a whole', () => {
    const tested = new TestedNode();
    const own = blocksOn(GENESIS.header, 0, 50, 'another branch');
    new Answerer(
      tested.connect(wallet(1), { ...claim(50), tipId: headerId((own.at(-1) as (typeof own)[0]).header) }),
      own.map(({ header }) => header),
      own,
    ).answerAll(0);
    expect(tested.node.chain.tip.height).toBe(50);
    tested.store.takesUpTo = 50;
    const answerer = new Answerer(tested.connect(wallet(2), claim(headers.length)), headers, chain);
    answerer.answerAll(0);
    expect(tested.node.chain.tip.height).toBeGreaterThan(50);
  });
});
