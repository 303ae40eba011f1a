/** Who is asked for peers, what is answered, and what is not read. */
import { describe, expect, test } from 'vitest';
import { addressId, type ToldAddress } from '../../../web/node/address.ts';
import { MAX_ADDRESSES } from '../../../web/node/messages.ts';
import { ASK_INTERVAL_MS } from '../../../web/node/peer-exchange.ts';
import { wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';

const SESSION = '00'.repeat(8);
const told = (n: number, distance: 1 | 2 = 1): ToldAddress => ({
  key: wallet(n).id,
  session: SESSION,
  distance,
});

describe('asking', () => {
  test('a peer is asked when its handshake is through, and again a minute later once it has answered', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    expect(peer.count('getPeers')).toBe(1);
    tested.pass(80_000);
    // Links lose nothing: what has not come is not asked for twice.
    expect(peer.count('getPeers')).toBe(1);
    peer.say({ name: 'peers', addresses: [] });
    tested.pass(250);
    expect(peer.count('getPeers')).toBe(2);
    peer.say({ name: 'peers', addresses: [] });
    tested.pass(ASK_INTERVAL_MS);
    expect(peer.count('getPeers')).toBe(2);
    tested.pass(ASK_INTERVAL_MS / 4);
    expect(peer.count('getPeers')).toBe(3);
  });

  test('an answer is kept until its teller goes', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    peer.say({ name: 'peers', addresses: [told(7)] });
    expect(tested.node.snapshot('peers').peers[0]?.links).toEqual([wallet(7).id]);
    expect(tested.node.book.via(addressId(told(7))).map(({ key }) => key)).toEqual([wallet(1).id]);
    tested.node.onLinkClosed(peer.id, tested.nowMs);
    expect(tested.node.book.size).toBe(0);
  });

  test('what was not asked for is not read, and twenty times of it are a ban', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    peer.say({ name: 'peers', addresses: [told(7)] });
    peer.say({ name: 'peers', addresses: [told(8)] });
    expect(tested.node.book.via(addressId(told(8)))).toEqual([]);
    expect(tested.node.snapshot('wire').refusals).toEqual({ unrequested: 1 });
    for (let i = 0; i < 20; i++) if (!peer.closed) peer.say({ name: 'peers', addresses: [] });
    expect(peer.isBanned).toBe(true);
  });

  test('more than 16 addresses, or a distance that there is not: a ban', () => {
    for (const [at, value] of [
      [1, MAX_ADDRESSES + 1],
      [1 + 41, 3],
    ] as const) {
      const tested = new TestedNode();
      const peer = tested.connect();
      const addresses = Array.from({ length: MAX_ADDRESSES }, (_, i) => told(i + 10));
      peer.sayChanged({ name: 'peers', addresses }, (bytes) => (bytes[at] = value));
      expect(peer.isBanned).toBe(true);
    }
  });
});

describe('answering', () => {
  test('all links but the asker’s, then theirs, no address twice', () => {
    const tested = new TestedNode();
    const [asker, second, third] = [1, 2, 3].map((n) => tested.connect(wallet(n)));
    if (!asker || !second || !third) throw new Error('three peers');
    second.say({ name: 'peers', addresses: [told(1), told(3), told(4), told(5, 2)] });
    third.say({ name: 'peers', addresses: [told(4), told(2)] });
    asker.say({ name: 'getPeers' });
    const { addresses } = asker.last('peers');
    expect(addresses.slice(0, 2)).toEqual([told(2), told(3)]);
    // What is two links from our peers is out of the asker's reach.
    expect(addresses.slice(2)).toEqual([told(4, 2)]);
  });

  test('at most 16, whatever is known', () => {
    const tested = new TestedNode();
    const peers = [1, 2, 3].map((n) => tested.connect(wallet(n)));
    for (const [i, peer] of peers.entries()) {
      const addresses = Array.from({ length: MAX_ADDRESSES }, (_, j) => told(100 + 20 * i + j));
      peer.say({ name: 'peers', addresses });
    }
    peers[0]?.say({ name: 'getPeers' });
    expect(peers[0]?.last('peers').addresses).toHaveLength(MAX_ADDRESSES);
  });

  test('a peer that asks all the time is not answered, and pays', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    for (let i = 0; i < 5; i++) peer.say({ name: 'getPeers' });
    expect(peer.count('peers')).toBe(3);
    expect(tested.node.snapshot('wire').refusals).toEqual({ flood: 2 });
  });
});
