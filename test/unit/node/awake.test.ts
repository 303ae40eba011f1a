import { describe, expect, test } from 'vitest';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';
import { wallet } from '../core/build.ts';

const HOUR_MS = 3_600_000;

/** A node with two peers, an hour after its last tick. */
function slept(): { tested: TestedNode; peers: HandPlayedPeer[] } {
  const tested = new TestedNode();
  const peers = [tested.connect(wallet(1)), tested.connect(wallet(2))];
  tested.pass(1_000);
  tested.nowMs += HOUR_MS;
  return { tested, peers };
}

describe('after the device slept, nobody is judged by the pause', () => {
  test('if the first thing to happen is a tick', () => {
    const { tested, peers } = slept();
    tested.node.tick(tested.nowMs);
    tested.pass(1_000);
    expect(peers.map(({ closed }) => closed)).toEqual([false, false]);
  });

  test('if the page says first that it is awake', () => {
    const { tested, peers } = slept();
    tested.node.onAwake(tested.nowMs);
    tested.pass(1_000);
    expect(peers.map(({ closed }) => closed)).toEqual([false, false]);
  });

  test('if a peer says something first', () => {
    const { tested, peers } = slept();
    peers[0]?.say({ name: 'ping', token: '00'.repeat(8) });
    tested.pass(1_000);
    expect(peers.map(({ closed }) => closed)).toEqual([false, false]);
  });
  test('what peers lawfully sent during an absence of a minute is no flood', () => {
    const { tested, peers } = slept();
    for (let n = 0; n < 300; n++)
      peers[0]?.say({ name: 'inv', items: [{ kind: 'tx', id: n.toString(16).padStart(64, '0') }] });
    tested.pass(1_000);
    expect(peers.map(({ closed }) => closed)).toEqual([false, false]);
  });
});
