/** Who begins anew at each question must not have us measure for ever, and for nothing. */
import { expect, test } from 'vitest';
import { Chain } from '../../../web/core/chain.ts';
import { headerId, type Header } from '../../../web/core/header.ts';
import { packHeaders } from '../../../web/core/packed-headers.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { GENESIS, wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';
import { headersOn } from './header-maker.ts';

test('a chain that comes differently while it is measured is low-work, and its peer is left alone for a while', () => {
  const own = headersOn(GENESIS.header, 3_000, 1);
  const lies = headersOn(GENESIS.header, 1_000, 2);
  const chain = new Chain(REGTEST, GENESIS, () => true);
  expect(chain.restore({ headers: [packHeaders(own)], accounts: [] })).toBe(true);
  const tested = new TestedNode(1, chain);
  const liar = tested.connect(wallet(2), {
    tipId: headerId(lies.at(-1) as Header),
    height: 9_000,
    work: 18_000n,
  });
  for (let answered = 0; liar.count('getHeaders') > answered && answered < 50; answered++)
    liar.say({ name: 'headers', headers: lies });
  expect(liar.count('getHeaders')).toBeLessThan(5);
  expect(tested.node.snapshot('wire').refusals).toEqual({ 'low-work': 1 });
  tested.pass(11_000);
  expect(liar.count('getHeaders')).toBe(3);
});

test('a thousand headers that we have, again and again, are not asked for again and again', () => {
  const own = headersOn(GENESIS.header, 3_000, 1);
  const chain = new Chain(REGTEST, GENESIS, () => true);
  expect(chain.restore({ headers: [packHeaders(own)], accounts: [] })).toBe(true);
  const tested = new TestedNode(1, chain);
  const liar = tested.connect(wallet(2), { tipId: 'ff'.repeat(32), height: 9_000, work: 18_000n });
  for (let answered = 0; liar.count('getHeaders') > answered && answered < 50; answered++)
    liar.say({ name: 'headers', headers: own.slice(0, 1_000) });
  expect(liar.count('getHeaders')).toBe(2);
  expect(tested.node.snapshot('wire').refusals).toEqual({ unrequested: 1 });
});
