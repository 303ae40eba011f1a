/** A better branch that can't be reached, because the store has lost what it replaces, must not stop ours as well. */
import { expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { headerId } from '../../../web/core/header.ts';
import { GENESIS, wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';
import { Answerer, blocksOn } from './header-maker.ts';

const claim = (blocks: readonly Block[]) => ({
  tipId: headerId((blocks.at(-1) as Block).header),
  height: blocks.length,
  work: 2n * BigInt(blocks.length),
});

test('our own branch goes on', () => {
  const own = blocksOn(GENESIS.header, 0, 450, 'ours');
  const theirs = [...own.slice(0, 10), ...blocksOn((own[9] as Block).header, 10, 460, 'theirs')];
  const more = blocksOn((own.at(-1) as Block).header, 450, 1, 'ours');
  const tested = new TestedNode();
  const play = (n: number, blocks: readonly Block[]) => {
    const peer = tested.connect(wallet(n), claim(blocks));
    const answerer = new Answerer(
      peer,
      blocks.map(({ header }) => header),
      blocks,
    );
    for (let at = 0; at < 40; at++) {
      answerer.answerAll(at === 0 ? 0 : undefined);
      tested.pass(250);
    }
    return peer;
  };
  const peer = play(2, own);
  expect(tested.node.chain.tip.height).toBe(450);
  // A block in the database is damaged.
  tested.store.readBlocks = (_from, _to, done) => done([]);
  play(3, theirs);
  expect(tested.node.chain.tip.id).toBe(claim(own).tipId);
  peer.say({ name: 'headers', headers: more.map(({ header }) => header) });
  // By its file, or by a peer that had been asked.
  tested.node.takeFromFile(more, tested.nowMs);
  tested.pass(1_000);
  expect(tested.node.chain.tip.height).toBe(451);
});
