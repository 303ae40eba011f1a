/** What a node's user wrote, when the mempool has no place for all of it, or no block has it for hours. */
import { expect, test } from 'vitest';
import { transactionId } from '../../../web/core/transaction.ts';
import { blockOn, coinbase, GENESIS, signed, wallet } from '../core/build.ts';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';

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

const HOUR_MS = 3_600_000;
/** Longer than from one look at what has waited too long to the next. */
const NEXT_LOOK_MS = 65_000;
const memo = (text: string) => ({ memo: text, recipient: undefined, amount: 0, fee: 0 });

const memos = (tested: TestedNode) =>
  tested.node
    .snapshot('mempool')
    .pending.map((tx) => tx.memo)
    .sort();

/** Somebody else's message comes. */
function hear(peer: HandPlayedPeer, author: number): void {
  const tx = signed(wallet(author), { memo: 'theirs' });
  peer.say({ name: 'inv', items: [{ kind: 'tx', id: transactionId(tx) }] });
  peer.say({ name: 'tx', tx });
}

test("the user's messages are kept for as long as no block has them; others' leave after an hour", () => {
  const tested = new TestedNode();
  const texts = ['first', 'second', 'third'];
  for (const text of texts) tested.node.compose(memo(text), tested.nowMs);
  hear(tested.connect(), 2);
  expect(memos(tested)).toEqual(['first', 'second', 'theirs', 'third']);
  tested.nowMs += HOUR_MS;
  tested.pass(NEXT_LOOK_MS);
  expect(memos(tested)).toEqual(texts);
  expect(tested.node.nextNonce).toBe(3);
});

test('peers, which have dropped them, are told of them again', () => {
  const tested = new TestedNode();
  const peer = tested.connect();
  tested.node.compose(memo('mine'), tested.nowMs);
  tested.pass(1_000);
  expect(peer.count('inv')).toBe(1);
  tested.nowMs += HOUR_MS;
  tested.pass(NEXT_LOOK_MS);
  expect(peer.count('inv')).toBe(2);
});

test('after two hours with its lid closed a laptop tells its peers of what was written before', () => {
  const tested = new TestedNode();
  tested.node.compose(memo('mine'), tested.nowMs);
  tested.nowMs += 2 * HOUR_MS;
  tested.pass(NEXT_LOOK_MS);
  const peer = tested.connect();
  tested.pass(1_000);
  expect(memos(tested)).toEqual(['mine']);
  expect(peer.count('inv')).toBe(1);
});

test('the page is shown them however many others write', () => {
  const tested = new TestedNode();
  tested.node.compose(memo('mine'), tested.nowMs);
  const peer = tested.connect();
  for (let author = 2; author < 62; author++) {
    hear(peer, author);
    tested.pass(500);
  }
  expect(tested.node.snapshot('mempool').count).toBe(61);
  expect(memos(tested)).toContain('mine');
});
