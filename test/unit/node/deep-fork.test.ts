/** A better branch that leaves ours where the locator is sparse is found all the same. */
import { expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { headerId, type Header } from '../../../web/core/header.ts';
import { packHeaders } from '../../../web/core/packed-headers.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { GENESIS, wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';
import { Answerer, blocksOn, headersOn } from './header-maker.ts';

const HEIGHT = 3_500;
const own = headersOn(GENESIS.header, HEIGHT, 1);

// Between some of them and the next entry of a locator lie more headers than an answer has.
test.each([1_500, 2_500, 3_000, 3_400])(
  'a better branch that leaves ours %i blocks below the tip is learned',
  (depth) => {
    const shared = own.slice(0, HEIGHT - depth);
    const theirs = [...shared, ...headersOn(shared.at(-1) as Header, depth + 10, 2)];
    const best = theirs.at(-1) as Header;
    const chain = new Chain(REGTEST, GENESIS, () => true);
    expect(chain.restore({ headers: [packHeaders(own)], accounts: [] })).toBe(true);
    const tested = new TestedNode(1, chain);
    const peer = tested.connect(wallet(2), {
      tipId: headerId(best),
      height: theirs.length,
      work: 2n * BigInt(theirs.length),
    });
    const answerer = new Answerer(peer, theirs);
    for (let at = 0; at < peer.heard.length && peer.count('getHeaders') < 50; at++) {
      const message = peer.heard[at];
      if (message?.name === 'getHeaders') peer.say(answerer.headersAfter(message.locator));
    }
    expect(peer.count('getHeaders')).toBeLessThan(50);
    expect(chain.index.bestHeader.id).toBe(headerId(best));
  },
);

test('a reorg of 2,500 blocks, with a third branch beside it, goes all the way', () => {
  const own = blocksOn(GENESIS.header, 0, 3_500, 'ours');
  const fork = own[999] as Block;
  const theirs = [...own.slice(0, 1_000), ...blocksOn(fork.header, 1_000, 2_510, 'theirs')];
  const third = [...own.slice(0, 1_000), ...blocksOn(fork.header, 1_000, 2_505, 'third')];
  const tested = new TestedNode();
  const claim = (blocks: readonly Block[]) => ({
    tipId: headerId((blocks.at(-1) as Block).header),
    height: blocks.length,
    work: 2n * BigInt(blocks.length),
  });
  const headers = (blocks: readonly Block[]): Header[] => blocks.map(({ header }) => header);
  const giver = tested.connect(wallet(2), claim(own));
  const first = new Answerer(giver, headers(own), own);
  for (let at = 0; at < 100 && tested.node.chain.tip.height < 3_500; at++) {
    first.answerAll(at === 0 ? 0 : undefined);
    tested.pass(250);
  }
  expect(tested.node.chain.tip.height).toBe(3_500);
  const a = tested.connect(wallet(3), claim(third));
  const b = tested.connect(wallet(4), claim(theirs));
  const answerers = [new Answerer(a, headers(third), third), new Answerer(b, headers(theirs), theirs)];
  let rounds = 0;
  for (; rounds < 400 && tested.node.chain.tip.id !== claim(theirs).tipId; rounds++) {
    for (const answerer of answerers) answerer.answerAll(rounds === 0 ? 0 : undefined);
    tested.pass(250);
  }
  expect(tested.node.chain.tip.id).toBe(claim(theirs).tipId);
}, 120_000);
