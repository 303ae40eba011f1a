/** Compact blocks taken by a real node from peers played by hand: honest, late, mistaken and lying ones. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { headerId, type Header } from '../../../web/core/header.ts';
import type { Transaction } from '../../../web/core/transaction.ts';
import { compactOf, shortIdsUnder } from '../../../web/node/compact-block.ts';
import type { CompactBlock } from '../../../web/node/compact-messages.ts';
import { PUSH_PATIENCE_MS } from '../../../web/node/compact-relay.ts';
import { grindInVain } from '../../grind.ts';
import { blockOn, coinbase, fresh, GENESIS, signed, wallet } from '../core/build.ts';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';

const NONCE = new Uint8Array(8);
/** Known to the node in each test. */
const known = [11, 12, 13].map((n) => signed(wallet(n), { memo: `known ${n}` }));
const unknown = [21, 22].map((n) => signed(wallet(n), { memo: `unknown ${n}` }));
const [a, b, c] = known as [Transaction, Transaction, Transaction];
const [x, y] = unknown as [Transaction, Transaction];

const easy = blockOn(GENESIS.header, [coinbase(1), a, b, c]);
const easyId = headerId(easy.header);
const hard = blockOn(GENESIS.header, [coinbase(1), a, x, b, y, c]);
const hardId = headerId(hard.header);

let tested: TestedNode;
/** The node's three high-bandwidth peers, and one that is not. */
let fast: HandPlayedPeer, second: HandPlayedPeer, third: HandPlayedPeer, slow: HandPlayedPeer;

beforeEach(() => {
  tested = new TestedNode();
  for (const tx of known) tested.node.submitOwn(tx, tested.nowMs);
  fast = tested.connect(wallet(1));
  second = tested.connect(wallet(2));
  third = tested.connect(wallet(3));
  slow = tested.connect(wallet(4));
});

function push(peer: HandPlayedPeer, block: Block, change: Partial<CompactBlock> = {}): void {
  peer.say({ name: 'compactBlock', ...compactOf(block, NONCE), ...change });
}

function giveMissing(peer: HandPlayedPeer, id: string, transactions: readonly Transaction[]): void {
  peer.say({ name: 'blockTxn', blockId: id, transactions: transactions.map(fresh) });
}

/** And waits until it is clear that nobody sends the block unasked. */
function announce(peer: HandPlayedPeer, ...headers: Header[]): void {
  peer.say({ name: 'headers', headers });
  tested.pass(PUSH_PATIENCE_MS);
}

/** What a peer was asked for, as kinds and ids. */
function askedOf(peer: HandPlayedPeer): string[] {
  return peer.heard.flatMap((message) => {
    if (message.name === 'getData') return message.items.map(({ kind, id }) => `${kind} ${id}`);
    if (message.name === 'getBlockTxn') return [`txn ${message.blockId} ${message.indexes.join()}`];
    return [];
  });
}

const tipId = () => tested.node.chain.tip.id;
const refusals = () => tested.node.snapshot('wire').refusals;

describe('a new block that one has announced who does not send them unasked', () => {
  const announceOnly = (peer: HandPlayedPeer) => peer.say({ name: 'headers', headers: [easy.header] });

  test('is not asked for while those who do may bring it', () => {
    announceOnly(slow);
    tested.pass(PUSH_PATIENCE_MS - 1);
    expect(askedOf(slow)).toEqual([]);
    push(fast, easy);
    tested.pass(5_000);
    expect(tipId()).toBe(easyId);
    expect(askedOf(slow)).toEqual([]);
    expect(tested.node.snapshot('wire').duplicates).toEqual({});
  });

  test('is asked for when they have not brought it', () => {
    announceOnly(slow);
    tested.pass(PUSH_PATIENCE_MS);
    expect(askedOf(slow)).toEqual([`compact ${easyId}`]);
  });

  test('is asked for at once if they all have told that they have it, too', () => {
    for (const peer of [fast, second, third]) peer.say({ name: 'headers', headers: [easy.header] });
    // The first of them is asked: what it tells of by its header it will not send.
    expect(askedOf(fast)).toEqual([`compact ${easyId}`]);
    announceOnly(slow);
    expect(askedOf(slow)).toEqual([]);
  });
});

describe('a block of known transactions', () => {
  test('is on the chain with its one message: nothing is asked, and the others hear of it', () => {
    push(fast, easy);
    expect(tipId()).toBe(easyId);
    for (const peer of [fast, second, third, slow]) expect(askedOf(peer)).toEqual([]);
    expect(slow.last('headers').headers).toEqual([easy.header]);
    expect(fast.count('headers')).toBe(0);
    expect(tested.node.mempool.size).toBe(0);
  });

  test('is put together from what the last block took, too: a rival of it', () => {
    push(fast, easy);
    const rival = blockOn(GENESIS.header, [coinbase(1, { memo: 'rival' }), c, a]);
    const child = blockOn(rival.header, [coinbase(2)]);
    // With something pending, a compact form is of use.
    tested.node.submitOwn(x, tested.nowMs);
    announce(slow, rival.header, child.header);
    expect(askedOf(slow)).toEqual([`compact ${headerId(rival.header)}`, `compact ${headerId(child.header)}`]);
    push(slow, rival);
    push(slow, child);
    expect(tipId()).toBe(headerId(child.header));
    expect(refusals()).toEqual({});
  });
});

describe('transactions that are missing', () => {
  test('are asked of who gave the block, of nobody else, and complete it', () => {
    push(fast, hard);
    expect(askedOf(fast)).toEqual([`txn ${hardId} 2,4`]);
    // Meanwhile others announce it.
    announce(slow, hard.header);
    announce(second, hard.header);
    expect([...askedOf(slow), ...askedOf(second)]).toEqual([]);
    giveMissing(fast, hardId, [x, y]);
    expect(tipId()).toBe(hardId);
    tested.pass(10_000);
    expect([fast, second, slow].flatMap(askedOf)).toHaveLength(1);
    expect(refusals()).toEqual({});
  });

  test('do not come: the whole block is asked of another peer, and late is no crime', () => {
    announce(slow, hard.header);
    tested.pass(250);
    // Its request, too, is forgotten once the block is here from elsewhere.
    expect(askedOf(slow)).toEqual([`compact ${hardId}`]);
    push(slow, hard);
    expect(askedOf(slow)).toEqual([`compact ${hardId}`, `txn ${hardId} 2,4`]);
    announce(second, hard.header);
    tested.pass(2_500);
    expect(askedOf(second)).toEqual([`block ${hardId}`]);
    expect(refusals()).toEqual({ stalled: 1 });
    second.say({ name: 'block', block: hard });
    expect(tipId()).toBe(hardId);
    giveMissing(slow, hardId, [x, y]);
    tested.pass(10_000);
    expect(refusals()).toEqual({ stalled: 1 });
  });

  test('do not come from the only one who has the block: it is asked for the whole', () => {
    push(fast, hard);
    tested.pass(2_500);
    expect(askedOf(fast)).toEqual([`txn ${hardId} 2,4`, `block ${hardId}`]);
    fast.say({ name: 'block', block: hard });
    expect(tipId()).toBe(hardId);
  });

  test('are of no use any more when the block before has proved unlawful: no offence of who gives them', () => {
    const bad = blockOn(GENESIS.header, [coinbase(1, { amount: 51 })]);
    const child = blockOn(bad.header, [coinbase(2), x]);
    announce(slow, bad.header);
    push(fast, child);
    expect(askedOf(fast)).toEqual([`txn ${headerId(child.header)} 1`]);
    slow.say({ name: 'block', block: bad });
    expect(refusals()).toEqual({ 'bad-coinbase-amount': 1 });
    giveMissing(fast, headerId(child.header), [x]);
    expect(refusals()).toEqual({ 'bad-coinbase-amount': 1 });
    expect(fast.closed).toBe(false);
  });

  test('late ones still complete the block', () => {
    push(fast, hard);
    tested.pass(2_500);
    giveMissing(fast, hardId, [x, y]);
    expect(tipId()).toBe(hardId);
  });

  test('and the link is lost: the whole block is asked of another peer', () => {
    push(fast, hard);
    announce(slow, hard.header);
    tested.node.onLinkClosed(fast.id, tested.nowMs);
    expect(askedOf(slow)).toEqual([`block ${hardId}`]);
  });

  test('another number of them than was asked for bans', () => {
    announce(slow, hard.header);
    push(fast, hard);
    announce(second, hard.header);
    giveMissing(slow, hardId, []);
    expect(refusals()).toEqual({ unrequested: 1 });
    giveMissing(fast, hardId, [x]);
    expect(refusals()).toEqual({ unrequested: 1, 'bad-block-txn': 1 });
    expect(fast.isBanned).toBe(true);
    expect(slow.closed).toBe(false);
  });

  test('an answer without a question, or a second one, is not read', () => {
    giveMissing(fast, hardId, [x, y]);
    expect(refusals()).toEqual({ unrequested: 1 });
    push(fast, hard);
    giveMissing(fast, hardId, [x, y]);
    giveMissing(fast, hardId, [x, y]);
    expect(refusals()).toEqual({ unrequested: 2 });
    expect(tipId()).toBe(hardId);
  });
});

describe('a block that can’t be put together is asked for whole, and nobody is blamed', () => {
  const under = shortIdsUnder(easy.header, NONCE);

  test('a short id fits a wrong transaction of ours', () => {
    // What a collision looks like to who has it: a's place is named by c's short id.
    const collided = blockOn(GENESIS.header, [coinbase(1), a, b]);
    const shortIdOf = shortIdsUnder(collided.header, NONCE);
    push(fast, collided, { shortIds: [shortIdOf(c), shortIdOf(b)] });
    expect(askedOf(fast)).toEqual([`block ${headerId(collided.header)}`]);
    fast.say({ name: 'block', block: collided });
    expect(tipId()).toBe(headerId(collided.header));
    expect(refusals()).toEqual({});
  });

  test('two of its own short ids are equal', () => {
    push(fast, easy, { shortIds: [under(a), under(b), under(b)] });
    expect(askedOf(fast)).toEqual([`block ${easyId}`]);
    fast.say({ name: 'block', block: easy });
    expect(tipId()).toBe(easyId);
    expect(refusals()).toEqual({});
  });

  test('the transactions that came are others', () => {
    push(fast, hard);
    giveMissing(fast, hardId, [y, x]);
    expect(askedOf(fast)).toEqual([`txn ${hardId} 2,4`, `block ${hardId}`]);
    expect(refusals()).toEqual({});
    // Who lies in the whole block, too, can be blamed.
    announce(slow, hard.header);
    fast.say({ name: 'block', block: { ...hard, transactions: [...hard.transactions].reverse() } });
    expect(refusals()).toEqual({ 'bad-merkle-root': 1 });
    expect(fast.isBanned).toBe(true);
    expect(askedOf(slow)).toEqual([`block ${hardId}`]);
  });

  test('but not while another peer gives it', () => {
    push(fast, hard);
    push(second, hard, { shortIds: [1, 1, 1, 1, 1] });
    expect(askedOf(second)).toEqual([]);
    giveMissing(fast, hardId, [x, y]);
    expect(tipId()).toBe(hardId);
  });

  test('a repeated pair at its end (CVE-2012-2459)', () => {
    const odd = blockOn(GENESIS.header, [coinbase(1), a, b]);
    const prefilled = [...odd.transactions, b].map((tx, index) => ({ index, tx }));
    push(fast, odd, { shortIds: [], prefilled });
    expect(askedOf(fast)).toEqual([`block ${headerId(odd.header)}`]);
    expect(refusals()).toEqual({});
  });
});

describe('a mutated one before the honest one', () => {
  const lie = () => push(fast, hard, { shortIds: [1, 2, 3, 4, 5] });

  test('does not hinder it, whether it waits for transactions', () => {
    lie();
    expect(askedOf(fast)).toEqual([`txn ${hardId} 1,2,3,4,5`]);
    for (const tx of unknown) tested.node.submitOwn(tx, tested.nowMs);
    push(second, hard);
    expect(tipId()).toBe(hardId);
  });

  test('or for the whole block', () => {
    lie();
    giveMissing(fast, hardId, [a, a, a, a, a]);
    expect(askedOf(fast).at(-1)).toBe(`block ${hardId}`);
    push(second, hard);
    expect(askedOf(second)).toEqual([`txn ${hardId} 2,4`]);
    giveMissing(second, hardId, [x, y]);
    expect(tipId()).toBe(hardId);
    // The first was not late: the block came from elsewhere before.
    tested.pass(10_000);
    expect(refusals()).toEqual({});
    // And what was asked of it may still come.
    fast.say({ name: 'block', block: hard });
    push(third, hard);
    expect(refusals()).toEqual({});
    expect(tested.node.snapshot('wire').duplicates).toEqual({ block: 1, compactBlock: 1 });
  });
});

describe('what is asked for in compact form', () => {
  test('is a block next to the tip, while something is pending', () => {
    announce(slow, easy.header);
    expect(askedOf(slow)).toEqual([`compact ${easyId}`]);
    push(slow, easy);
    expect(tipId()).toBe(easyId);
    // All is in that block now.
    const next = blockOn(easy.header, [coinbase(2)]);
    announce(slow, next.header);
    expect(askedOf(slow).at(-1)).toBe(`block ${headerId(next.header)}`);
  });

  test('is no block further on', () => {
    const blocks = [easy];
    for (let height = 2; height <= 4; height++) {
      blocks.push(blockOn((blocks.at(-1) ?? easy).header, [coinbase(height)]));
    }
    announce(slow, ...blocks.map(({ header }) => header));
    const kinds = askedOf(slow).map((asked) => asked.split(' ')[0]);
    expect(kinds).toEqual(['compact', 'compact', 'block', 'block']);
  });

  test('may be answered with the whole block', () => {
    announce(slow, easy.header);
    slow.say({ name: 'block', block: easy });
    expect(tipId()).toBe(easyId);
    expect(refusals()).toEqual({});
  });

  test('and does not come is asked for whole of another', () => {
    announce(slow, easy.header);
    announce(second, easy.header);
    tested.pass(2_500);
    expect(askedOf(second)).toEqual([`block ${easyId}`]);
  });

  test('and comes with a part missing: for that its peer has 2 s more', () => {
    announce(slow, hard.header);
    tested.pass(1_500);
    push(slow, hard);
    tested.pass(1_500);
    expect(refusals()).toEqual({});
    giveMissing(slow, hardId, [x, y]);
    expect(tipId()).toBe(hardId);
  });

  test('and is not there is asked for whole of another', () => {
    announce(slow, easy.header);
    announce(second, easy.header);
    slow.say({ name: 'notFound', items: [{ kind: 'compact', id: easyId }] });
    expect(askedOf(second)).toEqual([`block ${easyId}`]);
  });

  test('arrives late, when another peer has pushed it', () => {
    announce(slow, hard.header);
    push(fast, hard);
    expect(askedOf(slow)).toEqual([`compact ${hardId}`]);
    giveMissing(fast, hardId, [x, y]);
    expect(tipId()).toBe(hardId);
    push(slow, hard);
    tested.pass(10_000);
    expect(refusals()).toEqual({});
  });
});

describe('what is not put together', () => {
  test('one that nobody asked for, from a peer that is not among the three', () => {
    push(slow, easy);
    expect(refusals()).toEqual({ unrequested: 1 });
    expect(tested.node.chain.tip.height).toBe(0);
    expect(slow.closed).toBe(false);
  });

  test('one without proof of work: its peer is banned, nothing is asked', () => {
    push(fast, { ...hard, header: grindInVain(hard.header) });
    expect(refusals()).toEqual({ 'insufficient-work': 1 });
    expect(fast.isBanned).toBe(true);
    expect(askedOf(fast)).toEqual([]);
  });

  test('one that breaks a rule under an honest merkle root: its peer is banned', () => {
    push(fast, blockOn(GENESIS.header, [coinbase(1, { amount: 51 }), a]));
    expect(refusals()).toEqual({ 'bad-coinbase-amount': 1 });
    expect(fast.isBanned).toBe(true);
    expect(tested.node.chain.tip.height).toBe(0);
  });

  test('one of the future: neither punished nor asked for, nor is its peer late', () => {
    const time = Math.floor(tested.nowMs / 1000) + 95;
    push(fast, blockOn(GENESIS.header, [coinbase(1), x], { time }));
    tested.pass(4_000);
    expect(refusals()).toEqual({});
    expect(askedOf(fast)).toEqual([]);
  });

  test('one with an unknown parent: its header is an announcement', () => {
    const child = blockOn(hard.header, [coinbase(2)]);
    push(fast, child);
    expect(fast.count('getHeaders')).toBe(1);
    expect(askedOf(fast)).toEqual([]);
    announce(fast, hard.header, child.header);
    // Both are next to the tip, and what was pushed once is not asked for compact again: it was not looked at.
    expect(askedOf(fast)).toEqual([`compact ${hardId}`, `compact ${headerId(child.header)}`]);
  });

  test('one far ahead: its header is an announcement', () => {
    const blocks = [easy];
    for (let height = 2; height <= 4; height++) {
      blocks.push(blockOn((blocks.at(-1) ?? easy).header, [coinbase(height)]));
    }
    announce(slow, ...blocks.slice(0, 3).map(({ header }) => header));
    push(fast, blocks[3] as Block);
    expect(askedOf(fast)).toEqual([`block ${headerId((blocks[3] as Block).header)}`]);
    expect(refusals()).toEqual({});
  });

  test('one with no more work than the tip: as every rival, it waits for a child', () => {
    push(fast, easy);
    push(second, hard);
    expect(askedOf(second)).toEqual([]);
    tested.pass(4_000);
    expect(refusals()).toEqual({});
  });

  test('one that is here already, or that the same peer gave before', () => {
    push(fast, hard);
    push(fast, hard);
    expect(fast.count('getBlockTxn')).toBe(1);
    giveMissing(fast, hardId, [x, y]);
    push(second, hard);
    expect(askedOf(second)).toEqual([]);
    expect(refusals()).toEqual({});
  });

  test('a third one of the same peer: two wait for transactions, the third is asked for whole', () => {
    const siblings = ['one', 'two', 'three'].map((memo) =>
      blockOn(GENESIS.header, [coinbase(1, { memo }), x]),
    );
    for (const block of siblings) push(fast, block);
    const [one, two, three] = siblings.map(({ header }) => headerId(header));
    expect(askedOf(fast)).toEqual([`txn ${one} 1`, `txn ${two} 1`, `block ${three}`]);
    push(fast, siblings[2] as Block);
    expect(askedOf(fast)).toHaveLength(3);
    // One of which all is known has nothing to wait for.
    push(fast, easy);
    expect(tipId()).toBe(easyId);
    expect(refusals()).toEqual({});
  });

  test('one that is here, again and again, does not hide that its peer gives nothing of what it was asked for', () => {
    push(second, easy);
    const next = blockOn(easy.header, [coinbase(2)]);
    announce(fast, next.header);
    announce(slow, next.header);
    for (let i = 0; i < 5; i++) {
      tested.pass(500);
      push(fast, easy);
    }
    expect(refusals()).toEqual({ stalled: 1 });
    expect(askedOf(slow)).toEqual([`block ${headerId(next.header)}`]);
  });

  test('one far ahead does not take the place of the whole block that its peer was asked for', () => {
    const blocks = [easy];
    for (let height = 2; height <= 4; height++) {
      blocks.push(blockOn((blocks.at(-1) ?? easy).header, [coinbase(height)]));
    }
    const last = blocks[3] as Block;
    announce(slow, ...blocks.slice(0, 3).map(({ header }) => header));
    announce(fast, last.header);
    expect(askedOf(fast)).toEqual([`block ${headerId(last.header)}`]);
    for (let i = 0; i < 5; i++) {
      tested.pass(500);
      push(fast, last);
    }
    // Both are late.
    expect(refusals()).toEqual({ stalled: 2 });
  });

  test('the same one again and again: it gains no time by that', () => {
    push(fast, hard);
    announce(slow, hard.header);
    for (let i = 0; i < 5; i++) {
      tested.pass(500);
      push(fast, hard);
    }
    expect(askedOf(fast)).toEqual([`txn ${hardId} 2,4`]);
    expect(askedOf(slow)).toEqual([`block ${hardId}`]);
  });
});
