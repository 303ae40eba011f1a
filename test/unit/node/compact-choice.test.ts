/** Who is asked to send new blocks at once: the last three who gave a tip, one of them dialled by us. */
import { expect, test } from 'vitest';
import type { Header } from '../../../web/core/header.ts';
import { CROSSING_MS, MIN_CHANGE_MS } from '../../../web/node/compact-choice.ts';
import { compactOf } from '../../../web/node/compact-block.ts';
import { PUSH_PATIENCE_MS } from '../../../web/node/compact-relay.ts';
import { blockOn, coinbase, GENESIS, wallet } from '../core/build.ts';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';

class Room extends TestedNode {
  tip: Header = GENESIS.header;
  height = 0;

  join(n: number, dialled = false): HandPlayedPeer {
    return this.connect(wallet(n), {}, dialled);
  }

  /** `peer` is the first to give a new block. */
  giveTip(peer: HandPlayedPeer, waitMs = MIN_CHANGE_MS): void {
    this.pass(waitMs);
    const block = blockOn(this.tip, [coinbase(++this.height)]);
    this.tip = block.header;
    peer.say({ name: 'headers', headers: [block.header] });
    // Until then it might come from those who are chosen.
    this.pass(PUSH_PATIENCE_MS);
    peer.say({ name: 'block', block });
    expect(this.node.chain.tip.height).toBe(this.height);
  }
}

function isChosen(peer: HandPlayedPeer): boolean {
  const told = peer.heard.filter((message) => message.name === 'sendCompact');
  return told.at(-1)?.highBandwidth ?? false;
}

test('the first three, until others prove better', () => {
  const room = new Room();
  const peers = [1, 2, 3, 4, 5].map((n) => room.join(n));
  expect(peers.map(isChosen)).toEqual([true, true, true, false, false]);
  for (const giver of [1, 3, 4]) room.giveTip(peers[giver] as HandPlayedPeer);
  expect(peers.map(isChosen)).toEqual([false, true, false, true, true]);
  // Who gives one again is not asked again.
  room.giveTip(peers[1] as HandPlayedPeer);
  expect(peers[1]?.count('sendCompact')).toBe(1);
  // Now the fourth is who gave one longest ago.
  room.giveTip(peers[0] as HandPlayedPeer);
  expect(peers.map(isChosen)).toEqual([true, true, false, false, true]);
});

test('one that we dialled is among them, and stays if it is the only one', () => {
  const room = new Room();
  const inbound = [1, 2, 3, 4, 5].map((n) => room.join(n));
  const dialled = room.join(6, true);
  expect(isChosen(dialled)).toBe(true);
  expect(inbound.filter(isChosen)).toHaveLength(2);
  for (const peer of inbound) room.giveTip(peer);
  expect(isChosen(dialled)).toBe(true);
  expect(inbound.map(isChosen)).toEqual([false, false, false, true, true]);
  // Another one that we dialled may take its place.
  room.giveTip(room.join(7, true));
  expect(isChosen(dialled)).toBe(false);
});

test('who leaves is replaced, by one that we dialled if there is one', () => {
  const room = new Room();
  const peers = [1, 2, 3, 4].map((n) => room.join(n));
  const [first] = peers as [HandPlayedPeer];
  const [dialled, another] = [room.join(5, true), room.join(6, true)];
  expect(isChosen(another)).toBe(false);
  room.node.disconnect(dialled.id);
  expect(isChosen(another)).toBe(true);
  expect([...peers, another].filter(isChosen)).toHaveLength(3);
  room.node.disconnect((peers.find(isChosen) ?? first).id);
  expect([...peers, another].filter((peer) => !peer.closed && isChosen(peer))).toHaveLength(3);
});

test('a flood of blocks does not change it more than once a second', () => {
  const room = new Room();
  const peers = [1, 2, 3, 4, 5].map((n) => room.join(n));
  room.pass(MIN_CHANGE_MS);
  const startMs = room.nowMs;
  for (let i = 0; i < 20; i++) room.giveTip(peers[i % 5] as HandPlayedPeer, 10);
  const changes = Math.ceil((room.nowMs - startMs) / MIN_CHANGE_MS);
  expect(changes).toBeLessThan(10);
  const told = peers.reduce((sum, peer) => sum + peer.count('sendCompact'), 0);
  expect(told).toBeGreaterThan(3);
  // One is chosen, another no longer.
  expect(told).toBeLessThanOrEqual(3 + 2 * changes);
});

test('who is no longer chosen may still send what crossed our word', () => {
  const room = new Room();
  const peers = [1, 2, 3, 4].map((n) => room.join(n));
  const giver = peers[3] as HandPlayedPeer;
  room.giveTip(giver);
  const released = peers.find((peer) => peer !== giver && !isChosen(peer)) as HandPlayedPeer;
  const push = () => {
    const block = blockOn(room.tip, [coinbase(++room.height)]);
    room.tip = block.header;
    released.say({ name: 'compactBlock', ...compactOf(block, new Uint8Array(8)) });
  };
  push();
  expect(room.node.chain.tip.height).toBe(2);
  expect(room.node.snapshot('wire').refusals).toEqual({});
  // It gave a tip and is chosen again, within a second it was not; so let the other three have their turn.
  for (const peer of peers.filter((each) => each !== released)) room.giveTip(peer);
  expect(isChosen(released)).toBe(false);
  room.pass(CROSSING_MS + 250);
  push();
  expect(room.node.snapshot('wire').refusals).toEqual({ unrequested: 1 });
  expect(room.node.chain.tip.height).toBe(5);
});
