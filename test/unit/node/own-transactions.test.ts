/** What a node's user wrote, when the mempool has no place for all of it. */
import { expect, test } from 'vitest';
import { transactionId } from '../../../web/core/transaction.ts';
import { blockOn, coinbase, GENESIS, signed, wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';

const own = Array.from({ length: 30 }, (_, nonce) => signed(wallet(1_000), { nonce, memo: `${nonce}` }));
const isPending = (tested: TestedNode) => own.map((tx) => tested.node.mempool.has(transactionId(tx)));
const first = (count: number) => own.map((_, n) => n < count);

test('what comes back with a lost block is pending again as soon as there is place', () => {
  const tested = new TestedNode();
  const peer = tested.connect(wallet(2));
  const lost = blockOn(GENESIS.header, [coinbase(1), ...own]);
  peer.say({ name: 'headers', headers: [lost.header] });
  peer.say({ name: 'block', block: lost });
  expect(tested.node.nextNonce).toBe(30);
  const one = blockOn(GENESIS.header, [coinbase(1, { memo: 'other' })]);
  const two = blockOn(one.header, [coinbase(2)]);
  peer.say({ name: 'headers', headers: [one.header, two.header] });
  for (const block of [one, two]) peer.say({ name: 'block', block });
  expect(tested.node.chain.tip.height).toBe(2);
  expect(isPending(tested)).toEqual(first(25));
  // The next block takes what is pending.
  const three = blockOn(two.header, [coinbase(3), ...own.slice(0, 25)]);
  peer.say({ name: 'headers', headers: [three.header] });
  peer.say({ name: 'block', block: three });
  expect(isPending(tested)).toEqual(own.map((_, n) => n >= 25));
  expect(tested.node.nextNonce).toBe(30);
});

test('what was pending before a restart is as well', () => {
  const tested = new TestedNode();
  for (const tx of own) tested.node.restoreOwn(tx, tested.nowMs);
  expect(isPending(tested)).toEqual(first(25));
  expect(tested.ownPending).toEqual(own);
  const peer = tested.connect(wallet(2));
  const block = blockOn(GENESIS.header, [coinbase(1), ...own.slice(0, 25)]);
  peer.say({ name: 'headers', headers: [block.header] });
  peer.say({ name: 'block', block });
  expect(isPending(tested)).toEqual(own.map((_, n) => n >= 25));
  expect(tested.ownPending).toEqual(own.slice(25));
});
