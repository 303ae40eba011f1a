import { expect, test } from 'vitest';
import { transactionId } from '../../../web/core/transaction.ts';
import { signed, wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';

test('a clock that is set back bans no honest peer', () => {
  const tested = new TestedNode();
  const peer = tested.connect(wallet(2));
  tested.pass(1_000);
  tested.nowMs -= 3_600_000;
  tested.node.tick(tested.nowMs);
  tested.pass(1_000);
  // A transaction that spends what its sender has not got: costs nobody anything.
  const tx = signed(wallet(3), { fee: 5, memo: 'poor' });
  peer.say({ name: 'inv', items: [{ kind: 'tx', id: transactionId(tx) }] });
  peer.say({ name: 'tx', tx });
  expect(tested.node.snapshot('wire').refusals).toEqual({ overdraft: 1 });
  expect(peer.closed).toBe(false);
  expect(peer.isBanned).toBe(false);
});
