/** What is asked for again, although its peer could not give it, or all of it, at first. */
import { expect, test } from 'vitest';
import { Chain } from '../../../web/core/chain.ts';
import { headerHash, headerId, type Header } from '../../../web/core/header.ts';
import { packHeaders } from '../../../web/core/packed-headers.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { grind } from '../../grind.ts';
import { GENESIS, wallet } from '../core/build.ts';
import { START_MS, TestedNode } from './hand-played-peer.ts';
import { Answerer, blocksOn, headersOn } from './header-maker.ts';

test('a block that its only peer once did not find is asked of it again', () => {
  const tested = new TestedNode();
  const blocks = blocksOn(GENESIS.header, 0, 3);
  const headers = blocks.map(({ header }) => header);
  const best = headers.at(-1) as Header;
  const peer = tested.connect(wallet(2), { tipId: headerId(best), height: 3, work: 6n });
  const ask = peer.last('getHeaders');
  expect(ask.locator).toHaveLength(1);
  peer.say({ name: 'headers', headers });
  // Its database did not answer just now.
  peer.say({ name: 'notFound', items: peer.last('getData').items });
  const asked = peer.count('getData');
  tested.pass(60_000);
  expect(peer.count('getData')).toBeGreaterThan(asked);
  for (const block of blocks) peer.say({ name: 'block', block });
  expect(tested.node.chain.tip.height).toBe(3);
});

test('a better branch from far back is taken although its tip is from the future', () => {
  const own = headersOn(GENESIS.header, 3_000, 1);
  const shared = own.slice(0, 1_800);
  const good = [...shared, ...headersOn(shared.at(-1) as Header, 1_250, 2)];
  const last = good.at(-1) as Header;
  const tooNew = grind({ ...last, prevHash: headerHash(last), time: START_MS / 1000 + 3_600, nonce: 0 });
  const theirs = [...good, tooNew];
  const chain = new Chain(REGTEST, GENESIS, () => true);
  expect(chain.restore({ headers: [packHeaders(own)], accounts: [] })).toBe(true);
  const tested = new TestedNode(1, chain);
  const peer = tested.connect(wallet(2), {
    tipId: headerId(tooNew),
    height: theirs.length,
    work: 2n * BigInt(theirs.length),
  });
  const answerer = new Answerer(peer, theirs);
  for (let at = 0; at < 240 && !peer.closed; at++) {
    answerer.answerAll();
    tested.pass(250);
  }
  expect(tested.node.snapshot('wire').refusals['low-work']).toBeUndefined();
  expect(chain.index.bestHeader.id).toBe(headerId(last));
});
