/** A peer that was away for less than a minute answers all that it was asked for: that is no offence. */
import { expect, test } from 'vitest';
import { transactionId, type Transaction } from '../../../web/core/transaction.ts';
import { signed, wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';

test('a peer that froze for a minute with a thousand questions open answers them, and is not banned', () => {
  const tested = new TestedNode();
  const peer = tested.connect(wallet(2));
  const pending = new Map<string, Transaction>();
  for (let sender = 0; sender < 40; sender++)
    for (let nonce = 0; nonce < 25; nonce++) {
      const tx = signed(wallet(100 + sender), { nonce, memo: `${nonce}` });
      pending.set(transactionId(tx), tx);
    }
  const ids = [...pending.keys()];
  for (let at = 0; at < ids.length; at += 250)
    peer.say({ name: 'inv', items: ids.slice(at, at + 250).map((id) => ({ kind: 'tx', id })) });
  tested.pass(60_000);
  expect(peer.closed).toBe(false);
  // It is back, and answers in order.
  for (const message of [...peer.heard]) {
    if (message.name !== 'getData') continue;
    for (const { id } of message.items) {
      const tx = pending.get(id);
      if (tx) peer.say({ name: 'tx', tx });
    }
  }
  expect(tested.node.snapshot('wire').refusals).toEqual({});
  expect(peer.isBanned).toBe(false);
  expect(tested.node.mempool.size).toBe(1_000);
});
