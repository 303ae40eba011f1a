/** Who gets a new block at once and in compact form, and what is given to those who lack some of it. */
import { describe, expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { headerCodec, headerId } from '../../../web/core/header.ts';
import { transactionId } from '../../../web/core/transaction.ts';
import { MAX_DEPTH } from '../../../web/node/compact-sender.ts';
import { MAX_ANNOUNCED_HEADERS } from '../../../web/node/header-sync.ts';
import type { InventoryItem } from '../../../web/node/messages.ts';
import { grind } from '../../grind.ts';
import { blockOn, coinbase, GENESIS, signed, wallet } from '../core/build.ts';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';

const a = signed(wallet(8), { memo: 'a' });
const b = signed(wallet(9), { memo: 'b' });
const block = blockOn(GENESIS.header, [coinbase(1), a, b]);
const blockId = headerId(block.header);

function give(peer: HandPlayedPeer, ...blocks: Block[]): void {
  const [some, rest] = [blocks.slice(0, MAX_ANNOUNCED_HEADERS), blocks.slice(MAX_ANNOUNCED_HEADERS)];
  peer.say({ name: 'headers', headers: some.map(({ header }) => header) });
  for (const each of some) peer.say({ name: 'block', block: each });
  if (rest.length > 0) give(peer, ...rest);
}

function chainOf(length: number): Block[] {
  const blocks: Block[] = [];
  for (let height = 1; height <= length; height++) {
    blocks.push(blockOn((blocks.at(-1) ?? GENESIS).header, [coinbase(height)]));
  }
  return blocks;
}

function askingForAll(peer: HandPlayedPeer): HandPlayedPeer {
  peer.say({ name: 'sendCompact', highBandwidth: true });
  return peer;
}

const heardOfBlocks = (peer: HandPlayedPeer) =>
  peer.heard.map(({ name }) => name).filter((name) => name === 'compactBlock' || name === 'headers');

describe('a new block', () => {
  test('goes at once to those who asked for that, as headers to the others, and not to who has it', () => {
    const tested = new TestedNode();
    const giver = askingForAll(tested.connect(wallet(1)));
    const [fast, slow] = [askingForAll(tested.connect(wallet(2))), tested.connect(wallet(3))];
    const knowing = askingForAll(tested.connect(wallet(4)));
    giver.say({ name: 'headers', headers: [block.header] });
    knowing.say({ name: 'headers', headers: [block.header] });
    giver.say({ name: 'block', block });
    expect([giver, fast, slow, knowing].map(heardOfBlocks)).toEqual([[], ['compactBlock'], ['headers'], []]);
    const compact = fast.last('compactBlock');
    expect(headerId(compact.header)).toBe(blockId);
    expect(compact.shortIds).toHaveLength(2);
    expect(compact.prefilled.map(({ index, tx }) => [index, transactionId(tx)])).toEqual([
      [0, transactionId(block.transactions[0] ?? a)],
    ]);
  });

  test('is known to be had by whom it was sent or given to', () => {
    const tested = new TestedNode();
    const giver = tested.connect(wallet(1));
    const [fast, asking, silent] = [2, 3, 4].map((n) => tested.connect(wallet(n))) as [
      HandPlayedPeer,
      HandPlayedPeer,
      HandPlayedPeer,
    ];
    askingForAll(fast);
    give(giver, block);
    asking.say({ name: 'getData', items: [{ kind: 'compact', id: blockId }] });
    const { peers } = tested.node.snapshot('peers');
    const heightOf = (peer: HandPlayedPeer) => peers.find(({ linkId }) => linkId === peer.id)?.height;
    expect([fast, asking, silent].map(heightOf)).toEqual([1, 1, 0]);
  });

  test('that this node made goes the same way', () => {
    const tested = new TestedNode();
    const peer = askingForAll(tested.connect());
    tested.node.setPowMode('always', tested.nowMs);
    const job = tested.jobs.at(-1);
    if (!job) throw new Error('no job');
    const solved = grind(headerCodec.decode(job.header));
    tested.node.onPowFound(job.id, headerCodec.encode(solved), tested.nowMs);
    expect(peer.last('compactBlock').header).toEqual(solved);
  });

  test('goes as headers again to who no longer wants it at once', () => {
    const tested = new TestedNode();
    const peer = askingForAll(tested.connect());
    peer.say({ name: 'sendCompact', highBandwidth: false });
    give(tested.connect(wallet(2)), block);
    expect(heardOfBlocks(peer)).toEqual(['headers']);
  });

  test('that breaks a rule goes to nobody', () => {
    const tested = new TestedNode();
    const peer = askingForAll(tested.connect());
    give(tested.connect(wallet(2)), blockOn(GENESIS.header, [coinbase(1, { amount: 51 })]));
    expect(heardOfBlocks(peer)).toEqual([]);
  });

  test('with others before it, as after a reorg, is announced by their headers', () => {
    const tested = new TestedNode();
    const [giver, peer] = [tested.connect(wallet(1)), askingForAll(tested.connect(wallet(2)))];
    give(giver, block);
    const [first, second] = chainOf(2) as [Block, Block];
    give(giver, first, second);
    expect(tested.node.chain.tip.id).toBe(headerId(second.header));
    expect(heardOfBlocks(peer)).toEqual(['compactBlock', 'headers']);
    expect(peer.last('headers').headers).toEqual([first.header, second.header]);
  });
});

describe('asked for', () => {
  const compactItem: InventoryItem = { kind: 'compact', id: blockId };

  test('a recent block is given in compact form, whoever asks', () => {
    const tested = new TestedNode();
    give(tested.connect(wallet(2)), block);
    const peer = tested.connect();
    peer.say({ name: 'getData', items: [compactItem] });
    expect(headerId(peer.last('compactBlock').header)).toBe(blockId);
    expect(peer.count('block')).toBe(0);
  });

  test('one that is not there is said not to be', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    peer.say({ name: 'getData', items: [compactItem] });
    expect(peer.last('notFound').items).toEqual([compactItem]);
    peer.say({ name: 'getBlockTxn', blockId, indexes: [0] });
    expect(peer.last('notFound').items).toEqual([{ kind: 'block', id: blockId }]);
  });

  test('its transactions are given in the order of the question', () => {
    const tested = new TestedNode();
    give(tested.connect(wallet(2)), block);
    const peer = tested.connect();
    peer.say({ name: 'getBlockTxn', blockId, indexes: [0, 2] });
    const { transactions } = peer.last('blockTxn');
    expect(transactions.map(transactionId)).toEqual([block.transactions[0] ?? a, b].map(transactionId));
  });

  test('a transaction beyond its end bans', () => {
    const tested = new TestedNode();
    give(tested.connect(wallet(2)), block);
    const peer = tested.connect();
    peer.say({ name: 'getBlockTxn', blockId, indexes: [1, 3] });
    expect(Object.keys(tested.node.snapshot('wire').refusals)).toEqual(['bad-block-txn']);
    expect(peer.isBanned).toBe(true);
  });

  test(`an older block than the last ${MAX_DEPTH} is given whole`, () => {
    const tested = new TestedNode();
    const blocks = chainOf(MAX_DEPTH + 1);
    give(tested.connect(wallet(2)), ...blocks);
    const peer = tested.connect();
    const [old, recent] = blocks.map(({ header }) => headerId(header)) as [string, string];
    peer.say({ name: 'getData', items: [{ kind: 'compact', id: recent }] });
    peer.say({ name: 'getBlockTxn', blockId: recent, indexes: [0] });
    expect(peer.count('compactBlock') + peer.count('blockTxn')).toBe(2);
    expect(peer.count('block')).toBe(0);
    peer.say({ name: 'getData', items: [{ kind: 'compact', id: old }] });
    peer.say({ name: 'getBlockTxn', blockId: old, indexes: [0] });
    expect(peer.count('block')).toBe(2);
  });
});
