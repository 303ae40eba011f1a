/** Whom a node dials, lets in, and lets go: one real node, the peers played by hand. */
import { describe, expect, test } from 'vitest';
import { addressId, type ToldAddress } from '../../../web/node/address.ts';
import { LET_GO_MS, RETRY_MAX_MS } from '../../../web/node/dial-history.ts';
import {
  CHALLENGE_INTERVAL_MS,
  DIALLED_LINKS,
  LASTED_MS,
  MAX_HANDSHAKES,
  MAX_LINKS,
  ROSTER_WAIT_MS,
  TRIAL_INTERVAL_MS,
} from '../../../web/node/mesh.ts';
import { HANDSHAKE_MS } from '../../../web/node/peer.ts';
import { wallet } from '../core/build.ts';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';

const SESSION = '00'.repeat(8);
const INBOUND_PLACES = 10;

const roster = (count: number) => Array.from({ length: count }, (_, i) => `peer ${i}`);
const told = (n: number): ToldAddress => ({ key: wallet(n).id, session: SESSION, distance: 1 });
const admission = (tested: TestedNode, n: number) => tested.node.admit(wallet(n).id, SESSION);

/** `count` peers that dialled the node, each a second after the one before. */
function inbound(tested: TestedNode, count: number, first = 1): HandPlayedPeer[] {
  return Array.from({ length: count }, (_, i) => {
    expect(admission(tested, first + i)).toBe('accept');
    const peer = tested.connect(wallet(first + i));
    tested.pass(1_000);
    return peer;
  });
}

/** Time in which the peers on the links give signs of life. */
function live(tested: TestedNode, peers: readonly HandPlayedPeer[], ms: number): void {
  for (let left = ms; left > 0; left -= 30_000) {
    tested.pass(Math.min(left, 30_000));
    for (const peer of peers) if (!peer.closed) peer.say({ name: 'ping', token: '00'.repeat(8) });
  }
}

/** Answers what is dialled with a link, as often as asked. */
function answerDials(tested: TestedNode, first: number): HandPlayedPeer[] {
  return tested.dialled.splice(0).map((peerId, i) => tested.connect(wallet(first + i), {}, true, peerId));
}

describe('dialling', () => {
  test('the roster is dialled up to four, and those that fail not again at once', () => {
    const tested = new TestedNode();
    tested.node.onRoster(roster(6), 7, tested.nowMs);
    expect(tested.dialled).toEqual(roster(4));
    for (const id of tested.dialled.splice(0)) tested.node.onDialFailed(id, 'timeout', tested.nowMs);
    tested.node.onRoster(roster(6), 7, tested.nowMs);
    expect(tested.dialled.splice(0)).toEqual(['peer 4', 'peer 5']);
    tested.pass(3_000);
    tested.node.onRoster(roster(6), 7, tested.nowMs);
    expect(tested.dialled).toEqual(['peer 0', 'peer 1']);
  });

  test('when all have failed, another roster is asked for soon', () => {
    const tested = new TestedNode();
    tested.node.onRoster(roster(4), 7, tested.nowMs);
    // As long as they are under way there seem to be enough.
    tested.pass(500);
    for (const id of tested.dialled) tested.node.onDialFailed(id, 'timeout', tested.nowMs);
    tested.pass(2_000);
    expect(tested.rosterAsked).toBeGreaterThan(0);
  });

  test('who says that it is linked is not dialled again before a link has ended', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    tested.node.onRoster(['other name'], 2, tested.nowMs);
    expect(tested.dialled.splice(0)).toEqual(['other name']);
    tested.node.onDialFailed('other name', 'linked', tested.nowMs);
    live(tested, [peer], 2 * RETRY_MAX_MS);
    tested.node.onRoster(['other name'], 2, tested.nowMs);
    expect(tested.dialled).toEqual([]);
    tested.node.onLinkClosed(peer.id, tested.nowMs);
    tested.node.onRoster(['other name'], 2, tested.nowMs);
    expect(tested.dialled).toEqual(['other name']);
  });

  test('two links are dialled even when ten that came fill every other place', () => {
    const tested = new TestedNode();
    inbound(tested, INBOUND_PLACES);
    tested.dialled.splice(0);
    tested.node.onRoster(roster(16), 200, tested.nowMs);
    expect(tested.dialled).toHaveLength(2);
    for (const dialled of answerDials(tested, 100)) expect(dialled.closed).toBe(false);
    expect([...tested.node.peers]).toHaveLength(12);
  });

  test('a silent server: what the peers told is dialled by their route', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    peer.say({ name: 'peers', addresses: [told(7), told(8), told(9)] });
    tested.pass(3_000);
    const asked = tested.rosterAsked;
    expect(asked).toBeGreaterThan(0);
    tested.pass(ROSTER_WAIT_MS);
    expect([...tested.dialled].sort()).toEqual([7, 8, 9].map((n) => addressId(told(n))).sort());
    expect(new Set(tested.routes)).toEqual(new Set(['peers']));
    tested.pass(60_000);
    // It may come back.
    expect(tested.rosterAsked).toBeGreaterThan(asked);
  });

  test('with the server there the peers’ word is taken only when the roster is used up', () => {
    const tested = new TestedNode();
    tested.connect().say({ name: 'peers', addresses: [told(7), told(8), told(9)] });
    tested.node.onRoster(roster(3), 9, tested.nowMs);
    expect(tested.routes).toEqual(['server', 'server', 'server', 'peers']);
  });

  test('a peer that ends a fresh link is not dialled at once; one whose link lasted is', () => {
    for (const lastedMs of [1_000, 61_000]) {
      const tested = new TestedNode();
      tested.node.onRoster(['a'], 2, tested.nowMs);
      const [peer] = answerDials(tested, 1);
      if (!peer) throw new Error('nobody was dialled');
      live(tested, [peer], lastedMs);
      tested.node.onLinkClosed(peer.id, tested.nowMs);
      tested.node.onRoster(['a'], 2, tested.nowMs);
      expect(tested.dialled).toEqual(lastedMs > 60_000 ? ['a'] : []);
    }
  });
});

describe('a trial', () => {
  /** Eight links, four of them dialled. */
  function meshed() {
    const tested = new TestedNode();
    tested.node.onRoster(roster(4), 50, tested.nowMs);
    const dialled = answerDials(tested, 1);
    tested.pass(1_000);
    return { tested, dialled, peers: [...dialled, ...inbound(tested, 4, 20)] };
  }

  function tryOne(tested: TestedNode, peerId: string, n: number): HandPlayedPeer {
    tested.node.onRoster([peerId], 50, tested.nowMs);
    expect(tested.dialled).toEqual([peerId]);
    const [tried] = answerDials(tested, n);
    if (!tried) throw new Error('nobody was tried');
    return tried;
  }

  test('a node that has enough still asks once a minute', () => {
    const { tested, peers } = meshed();
    const asked = tested.rosterAsked;
    live(tested, peers, 10 * TRIAL_INTERVAL_MS);
    expect(tested.rosterAsked - asked).toBeGreaterThan(6);
    expect(tested.rosterAsked - asked).toBeLessThan(15);
  });

  test('one is dialled at a time, and the last one dialled goes for it', () => {
    const { tested, dialled } = meshed();
    tested.node.onRoster(['new', 'newer'], 50, tested.nowMs);
    tested.node.onRoster(['newer'], 50, tested.nowMs);
    expect(tested.dialled).toEqual(['new']);
    const [first] = answerDials(tested, 10);
    expect(dialled.filter(({ closed }) => closed)).toHaveLength(1);
    tested.pass(1_000);
    const second = tryOne(tested, 'newer', 11);
    expect([first?.closed, second.closed]).toEqual([true, false]);
    expect(dialled.filter(({ closed }) => closed)).toHaveLength(1);
    expect(tested.node.peers.ready.filter(({ link }) => link.dialled)).toHaveLength(DIALLED_LINKS);
  });

  test('whom few dial keeps what it tries until it has six links, and gives the rest up for those who come', () => {
    const tested = new TestedNode();
    tested.node.onRoster(roster(4), 50, tested.nowMs);
    const dialled = answerDials(tested, 1);
    for (const n of [5, 6, 7]) {
      tested.pass(1_000);
      dialled.push(tryOne(tested, `new ${n}`, n));
    }
    expect(dialled.map(({ closed }) => closed)).toEqual([false, false, false, false, false, true, false]);
    const came = inbound(tested, 8, 20);
    expect([...dialled, ...came].filter(({ closed }) => !closed)).toHaveLength(MAX_LINKS);
    expect(came.some(({ closed }) => closed)).toBe(false);
  });

  test('none is made of a welcome: a server that is back changes no good links, but fills those that lack', () => {
    const { tested } = meshed();
    tested.node.onWelcome(['new'], 50, tested.nowMs);
    expect(tested.dialled).toEqual([]);
    const alone = new TestedNode();
    alone.node.onWelcome(roster(6), 7, alone.nowMs);
    expect(alone.dialled).toEqual(roster(4));
  });

  test('one that fails costs nobody', () => {
    const { tested, peers } = meshed();
    tested.node.onRoster(['new'], 50, tested.nowMs);
    expect(tested.dialled.splice(0)).toEqual(['new']);
    tested.node.onDialFailed('new', 'full', tested.nowMs);
    expect(peers.some(({ closed }) => closed)).toBe(false);
    tryOne(tested, 'newer', 10);
  });

  test('whom we let go is not dialled again for ten minutes', () => {
    const { tested, dialled, peers } = meshed();
    // Long enough for the links to count as good ones.
    live(tested, peers, LASTED_MS);
    const tried = tryOne(tested, 'new', 10);
    const gone = `peer ${dialled.findIndex(({ closed }) => closed)}`;
    tested.node.onRoster([gone], 50, tested.nowMs);
    expect(tested.dialled).toEqual([]);
    live(tested, [...peers, tried], LET_GO_MS);
    tested.node.onRoster([gone], 50, tested.nowMs);
    expect(tested.dialled).toEqual([gone]);
  });
});

describe('letting in', () => {
  test('eight that have proved nothing are as many as there may be', () => {
    const tested = new TestedNode();
    for (let i = 1; i <= MAX_HANDSHAKES; i++) {
      expect(admission(tested, i)).toBe('accept');
      tested.link(wallet(i));
    }
    expect(admission(tested, 50)).toBe('busy');
    // It was told to come before that.
    expect(tested.link(wallet(50)).closed).toBe(true);
    tested.pass(HANDSHAKE_MS + 250);
    expect(admission(tested, 50)).toBe('accept');
  });

  test('a full node lets a newcomer in for the last that came, and only one in 30 s', () => {
    const tested = new TestedNode();
    const before = inbound(tested, INBOUND_PLACES);
    expect(admission(tested, 50)).toBe('accept');
    expect(before.some(({ closed }) => closed)).toBe(false);
    // An offer alone keeps nobody out.
    expect(admission(tested, 51)).toBe('accept');
    const newcomer = tested.connect(wallet(50));
    expect(newcomer.closed).toBe(false);
    expect(admission(tested, 51)).toBe('full');
    // It was told to come before that.
    expect(tested.connect(wallet(51)).closed).toBe(true);
    expect(before.map(({ closed }) => closed)).toEqual([...Array<boolean>(9).fill(false), true]);
    tested.pass(CHALLENGE_INTERVAL_MS);
    // Who was let go is not taken for another.
    expect(admission(tested, 10)).toBe('full');
    expect(admission(tested, 51)).toBe('accept');
  });

  test('a silent newcomer displaces nobody', () => {
    const tested = new TestedNode();
    const before = inbound(tested, INBOUND_PLACES);
    expect(admission(tested, 50)).toBe('accept');
    tested.link(wallet(50));
    // One more than there are places, and no second one.
    expect(tested.link(wallet(51)).closed).toBe(true);
    tested.pass(HANDSHAKE_MS + 250);
    expect(admission(tested, 51)).toBe('accept');
    expect(before.some(({ closed }) => closed)).toBe(false);
    expect([...tested.node.peers]).toHaveLength(INBOUND_PLACES);
  });

  test('a flood of links that were never asked for ends where the places do', () => {
    const tested = new TestedNode();
    for (let i = 1; i <= 200; i++) {
      const flooder = tested.link(wallet(i));
      if (!flooder.closed) flooder.shakeHands();
    }
    expect(tested.node.peers.ready).toHaveLength(INBOUND_PLACES);
    expect([...tested.node.peers]).toHaveLength(INBOUND_PLACES);
  });
});
