/** Who is told what: first acceptance only, never back to the sender; and who is asked when one fails. */
import { describe, expect, test } from 'vitest';
import { headerId } from '../../../web/core/header.ts';
import { transactionId } from '../../../web/core/transaction.ts';
import { blockOn, coinbase, GENESIS, signed, wallet } from '../core/build.ts';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';

const block = blockOn(GENESIS.header, [coinbase(1)]);
const blockId = headerId(block.header);
const tx = signed(wallet(9), { memo: 'hello' });
const txItem = { kind: 'tx', id: transactionId(tx) } as const;

function asksFor(peer: HandPlayedPeer, id: string): boolean {
  return peer.heard.some((m) => m.name === 'getData' && m.items.some((item) => item.id === id));
}

describe('catching up', () => {
  const second = blockOn(block.header, [coinbase(2)]);
  const third = blockOn(second.header, [coinbase(3)]);

  test('an announcement that crosses our question is no offence, and no answer', () => {
    const tested = new TestedNode();
    const peer = tested.connect(wallet(1), { tipId: headerId(second.header), height: 2, work: 100n });
    expect(peer.count('getHeaders')).toBe(1);
    // Said before our question arrived there.
    peer.say({ name: 'headers', headers: [third.header] });
    expect(peer.closed).toBe(false);
    peer.say({ name: 'headers', headers: [block.header, second.header, third.header] });
    for (const body of [block, second, third]) peer.say({ name: 'block', block: body });
    expect(tested.node.chain.tip.height).toBe(3);
  });

  test('a block that came during the handshake is announced when it is through', () => {
    const tested = new TestedNode();
    const giver = tested.connect(wallet(2));
    const newcomer = tested.link(wallet(1));
    giver.say({ name: 'headers', headers: [block.header] });
    giver.say({ name: 'block', block });
    expect(newcomer.count('headers')).toBe(0);
    newcomer.shakeHands();
    expect(newcomer.last('headers').headers).toEqual([block.header]);
  });

  test('bodies that come in any order end on the same tip', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    peer.say({ name: 'headers', headers: [block.header, second.header, third.header] });
    for (const body of [third, block, second]) peer.say({ name: 'block', block: body });
    expect(tested.node.chain.tip.id).toBe(headerId(third.header));
    // Each was asked for once.
    const asked = peer.heard.flatMap((message) => (message.name === 'getData' ? message.items : []));
    expect(asked).toHaveLength(3);
  });
});

describe('gossip', () => {
  test('a block goes to all but its sender, once', () => {
    const tested = new TestedNode();
    const [a, b, c] = [tested.connect(wallet(1)), tested.connect(wallet(2)), tested.connect(wallet(3))];
    a.say({ name: 'headers', headers: [block.header] });
    expect(asksFor(a, blockId)).toBe(true);
    expect(b.count('headers')).toBe(0);
    a.say({ name: 'block', block });
    expect([a, b, c].map((peer) => peer.count('headers'))).toEqual([0, 1, 1]);
    // B has it as well and says so: nothing happens any more.
    b.say({ name: 'headers', headers: [block.header] });
    expect(asksFor(b, blockId)).toBe(false);
    expect([a, b, c].map((peer) => peer.count('headers'))).toEqual([0, 1, 1]);
  });

  test('a transaction is announced to all but its sender, once, and given to who asks', () => {
    const tested = new TestedNode();
    const [a, b] = [tested.connect(wallet(1)), tested.connect(wallet(2))];
    a.say({ name: 'inv', items: [txItem] });
    expect(asksFor(a, txItem.id)).toBe(true);
    a.say({ name: 'tx', tx });
    expect([a, b].map((peer) => peer.count('inv'))).toEqual([0, 1]);
    b.say({ name: 'inv', items: [txItem] });
    expect(asksFor(b, txItem.id)).toBe(false);
    b.say({ name: 'getData', items: [txItem] });
    expect(transactionId(b.last('tx').tx)).toBe(txItem.id);
  });

  test('a newcomer is told what is pending', () => {
    const tested = new TestedNode();
    tested.node.compose({ memo: 'before you came', recipient: undefined, amount: 0, fee: 0 }, tested.nowMs);
    expect(tested.connect().last('inv').items).toHaveLength(1);
  });

  test('a transaction that does not come is asked of the next who announced it', () => {
    const tested = new TestedNode();
    const [a, b] = [tested.connect(wallet(1)), tested.connect(wallet(2))];
    a.say({ name: 'inv', items: [txItem] });
    b.say({ name: 'inv', items: [txItem] });
    expect(asksFor(b, txItem.id)).toBe(false);
    tested.pass(5_500);
    expect(asksFor(b, txItem.id)).toBe(true);
    b.say({ name: 'tx', tx });
    expect(tested.node.mempool.size).toBe(1);
  });

  test('a block that does not come is asked of another peer that has it', () => {
    const tested = new TestedNode();
    const [a, b] = [tested.connect(wallet(1)), tested.connect(wallet(2))];
    a.say({ name: 'headers', headers: [block.header] });
    b.say({ name: 'headers', headers: [block.header] });
    expect(asksFor(b, blockId)).toBe(false);
    tested.pass(2_500);
    expect(asksFor(b, blockId)).toBe(true);
    b.say({ name: 'block', block });
    expect(tested.node.chain.tip.id).toBe(blockId);
    // Late is no offence.
    a.say({ name: 'block', block });
    expect(a.closed).toBe(false);
  });

  test('what is not there is said not to be', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    const items = [{ kind: 'block', id: 'cd'.repeat(32) } as const];
    peer.say({ name: 'getData', items });
    expect(peer.last('notFound').items).toEqual(items);
  });

  test('bodies wait as ids while the link is full', () => {
    const tested = new TestedNode();
    const giver = tested.connect(wallet(2));
    giver.say({ name: 'headers', headers: [block.header] });
    giver.say({ name: 'block', block });
    const slow = tested.connect(wallet(1));
    slow.bufferedBytes = 64 * 1024;
    slow.say({ name: 'getData', items: [{ kind: 'block', id: blockId }] });
    expect(slow.count('block')).toBe(0);
    slow.bufferedBytes = 0;
    tested.node.onDrained(slow.id, tested.nowMs);
    expect(slow.count('block')).toBe(1);
  });
});

describe('links', () => {
  test('a second link of the same run is one too many; of a new run it replaces the ghost', () => {
    const tested = new TestedNode();
    const old = tested.connect(wallet(1));
    const twin = tested.connect(wallet(1));
    expect([old.closed, twin.closed].filter(Boolean)).toHaveLength(1);
    const reborn = tested.connect(wallet(1), { session: '11'.repeat(8) });
    expect([old.closed, twin.closed, reborn.closed]).toEqual([true, true, false]);
  });
});
