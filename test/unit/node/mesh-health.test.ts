/** When links are poor, and which goes. */
import { describe, expect, test } from 'vitest';
import { Chain } from '../../../web/core/chain.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { verifyZip215 } from '../../../web/core/transaction.ts';
import type { ToldAddress } from '../../../web/node/address.ts';
import { AddressBook } from '../../../web/node/address-book.ts';
import { MeshHealth } from '../../../web/node/mesh-health.ts';
import type { Peer } from '../../../web/node/peer.ts';
import { blockOn, coinbase, GENESIS, wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';

const NOW_MS = (GENESIS.header.time + 86_400) * 1000;
const OWN = 'ff'.repeat(32);
const SESSION = '00'.repeat(8);

const address = (n: number): ToldAddress => ({ key: wallet(n).id, session: SESSION, distance: 1 });

type Looks = Partial<Pick<Peer, 'rttMs' | 'height' | 'usefulBlockAtMs'>>;

function peer(n: number, looks: Looks = {}): Peer {
  return { hello: address(n), rttMs: 20, height: 0, usefulBlockAtMs: undefined, ...looks } as unknown as Peer;
}

function health(height = 0) {
  const chain = new Chain(REGTEST, GENESIS, verifyZip215);
  let { header } = GENESIS;
  for (let at = 1; at <= height; at++) {
    const block = blockOn(header, [coinbase(at)]);
    chain.addHeader(block.header, NOW_MS / 1000);
    chain.addBlock(block, NOW_MS / 1000);
    header = block.header;
  }
  chain.activate();
  expect(chain.tip.height).toBe(height);
  const book = new AddressBook(OWN, () => false);
  const tested = new MeshHealth(chain, book);
  tested.tick(NOW_MS);
  return { tested, chain, book, tip: header };
}

describe('an ailment', () => {
  test('none: a quiet room, a node alone, and peers of whom little is known', () => {
    const { tested } = health();
    tested.tick(NOW_MS + 86_400_000);
    expect(tested.ailment([peer(1), peer(2)], 3, NOW_MS + 86_400_000)).toBeUndefined();
    expect(tested.ailment([], 3, NOW_MS)).toBeUndefined();
    const unknown = peer(1, { rttMs: undefined, height: undefined });
    expect(tested.ailment([unknown], 9, NOW_MS)).toBeUndefined();
  });

  test('lagging: a better branch is known and does not come for 30 s', () => {
    const { tested, chain, tip } = health(1);
    const next = blockOn(tip, [coinbase(2)]);
    chain.addHeader(next.header, NOW_MS / 1000);
    tested.tick(NOW_MS + 1_000);
    expect(tested.ailment([peer(1)], 2, NOW_MS + 30_000)).toBeUndefined();
    expect(tested.ailment([peer(1)], 2, NOW_MS + 31_001)).toBe('lagging');
    // It comes.
    chain.addBlock(next, NOW_MS / 1000);
    chain.activate();
    tested.tick(NOW_MS + 32_000);
    expect(tested.ailment([peer(1)], 2, NOW_MS + 32_000)).toBeUndefined();
  });

  test('behind: nobody follows our branch', () => {
    const { tested } = health(6);
    expect(tested.ailment([peer(1), peer(2)], 3, NOW_MS)).toBe('behind');
    expect(tested.ailment([peer(1), peer(2, { height: 1 })], 3, NOW_MS)).toBeUndefined();
  });

  test('slow: more than half of the peers', () => {
    const { tested } = health();
    const slow = [1, 2].map((n) => peer(n, { rttMs: 2_001 }));
    expect(tested.ailment([...slow, peer(3)], 4, NOW_MS)).toBe('slow');
    expect(tested.ailment([...slow, peer(3), peer(4)], 5, NOW_MS)).toBeUndefined();
  });

  test('clique: the peers know only each other, and there are others', () => {
    const { tested, book } = health();
    const peers = [peer(1), peer(2), peer(3)];
    // Who has told nothing may know anybody.
    expect(tested.ailment(peers, 9, NOW_MS)).toBeUndefined();
    for (const [i, one] of peers.entries()) {
      const others = [1, 2, 3].filter((n) => n !== i + 1).map(address);
      book.add(one, others, NOW_MS);
    }
    expect(tested.ailment(peers, 9, NOW_MS)).toBe('clique');
    expect(tested.ailment(peers, 4, NOW_MS)).toBeUndefined();
    book.add(peers[2] as Peer, [address(1), address(7)], NOW_MS);
    expect(tested.ailment(peers, 9, NOW_MS)).toBeUndefined();
  });
});

test('who goes gave no block for longest; of equals, and of slow ones, the farthest', () => {
  const { tested } = health();
  const [useful, useless, far] = [
    peer(1, { usefulBlockAtMs: 100, rttMs: 900 }),
    peer(2, { usefulBlockAtMs: undefined, rttMs: 20 }),
    peer(3, { usefulBlockAtMs: undefined, rttMs: 40 }),
  ];
  expect(tested.worst('behind', [useful, useless, far])).toBe(far);
  expect(tested.worst('behind', [useful, useless])).toBe(useless);
  expect(tested.worst('slow', [useful, useless, far])).toBe(useful);
  expect(tested.worst('clique', [])).toBeUndefined();
});

test('a node whose links are poor tries others every 15 s, and the worst goes for each', () => {
  const tested = new TestedNode();
  tested.node.onRoster(['a', 'b', 'c', 'd'], 50, tested.nowMs);
  const peers = tested.dialled.splice(0).map((id, i) => tested.connect(wallet(1 + i), {}, true, id));
  // Answers to pings that take four seconds.
  const pongs = () => peers.map((one) => [one, one.last('ping').token] as const);
  const sent = pongs();
  tested.pass(4_000);
  for (const [one, token] of sent) one.say({ name: 'pong', token });
  const asked = tested.rosterAsked;
  tested.pass(46_000);
  expect(tested.rosterAsked).toBeGreaterThanOrEqual(asked + 2);
  tested.node.onRoster(['e'], 50, tested.nowMs);
  expect(tested.dialled).toEqual(['e']);
  const fresh = tested.connect(wallet(9), {}, true, 'e');
  expect(fresh.closed).toBe(false);
  expect(peers.filter(({ closed }) => closed)).toHaveLength(1);
});
