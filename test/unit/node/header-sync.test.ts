/** Which headers a node keeps, and that no peer can make it keep more. */
import { describe, expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { headerId, type Header } from '../../../web/core/header.ts';
import { packHeaders } from '../../../web/core/packed-headers.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { LOW_WORK_RETRY_MS, MAX_DEBTS, NEAR_BLOCKS } from '../../../web/node/header-sync.ts';
import { MAX_HEADERS } from '../../../web/node/messages.ts';
import { GENESIS, wallet } from '../core/build.ts';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';
import { Answerer, blocksOn, headersOn } from './header-maker.ts';

/** Headers of liars in the flood. What they do to memory is seen in the simulator (cheap-headers). */
const FLOOD = process.env.TABCHAIN_LONG ? 1_000_000 : 12_000;

/** A node that has this chain, as after a restart. */
function nodeWith(headers: readonly Header[]): TestedNode {
  const chain = new Chain(REGTEST, GENESIS, () => true);
  if (!chain.restore({ headers: [packHeaders(headers)], accounts: [] })) throw new Error('no chain');
  return new TestedNode(1, chain);
}

const refusals = (tested: TestedNode) => tested.node.snapshot('wire').refusals;
const indexSize = (tested: TestedNode) => tested.node.chain.index.size;
const claim = (headers: readonly Header[]) => ({
  tipId: headerId(headers.at(-1) as Header),
  height: headers.length,
  work: 2n * BigInt(headers.length),
});
const announce = (peer: HandPlayedPeer, ...headers: Header[]) => peer.say({ name: 'headers', headers });

describe('a chain with less work than ours had 144 blocks ago', () => {
  const own = headersOn(GENESIS.header, 3_000, 1);

  test(`${FLOOD} cheap headers from liars: the index grows by nothing`, () => {
    const length = Math.min(FLOOD / 4, 50_000);
    const room = headersOn(GENESIS.header, length + NEAR_BLOCKS + 200, 1);
    const lies = headersOn(GENESIS.header, length, 2);
    const tested = nodeWith(room);
    const sizeBefore = indexSize(tested);
    for (let sent = 0, liars = 1; sent < FLOOD; sent += length, liars++) {
      // It claims more than it has, or it would not be asked.
      const liar = tested.connect(wallet(liars), claim(room));
      announce(liar, lies.at(-1) as Header);
      new Answerer(liar, lies).answerAll(0);
      expect(refusals(tested)).toEqual({ 'low-work': liars });
      expect(indexSize(tested)).toBe(sizeBefore);
      tested.pass(250);
    }
    expect(indexSize(tested)).toBe(sizeBefore);
  }, 3_600_000);

  test('a short one is ignored, however it comes', () => {
    const tested = nodeWith(own);
    const peer = tested.connect();
    const branch = headersOn(GENESIS.header, 20, 2);
    announce(peer, ...branch.slice(0, 8));
    // Of unknown parents it asks what came before.
    announce(peer, ...branch.slice(12));
    new Answerer(peer, branch).answerAll(0);
    expect(indexSize(tested)).toBe(3_001);
    expect(peer.closed).toBe(false);
  });

  test('its peer is left alone for a while, then asked again', () => {
    const tested = nodeWith(own);
    const peer = tested.connect();
    const branch = headersOn(GENESIS.header, 1_500, 2);
    announce(peer, branch.at(-1) as Header);
    new Answerer(peer, branch).answerAll(0);
    expect(peer.count('getHeaders')).toBe(2);
    announce(peer, branch.at(-1) as Header);
    expect(peer.count('getHeaders')).toBe(2);
    tested.pass(LOW_WORK_RETRY_MS + 500);
    expect(peer.count('getHeaders')).toBe(3);
  });

  test('a branch that leaves ours near its end is kept as it comes', () => {
    const tested = nodeWith(own);
    announce(tested.connect(), ...headersOn(own.at(-NEAR_BLOCKS) as Header, 2, 2));
    expect(indexSize(tested)).toBe(3_003);
  });
});

describe('a longer branch from far back', () => {
  const own = blocksOn(GENESIS.header, 0, 1_300, 'ours');
  const fork = own[19] as Block;
  const theirs = [...own.slice(0, 20), ...blocksOn(fork.header, 20, 1_400, 'theirs')];
  const theirHeaders = theirs.map(({ header }) => header);

  function synced(): TestedNode {
    const tested = new TestedNode();
    const giver = tested.connect(wallet(2), claim(own.map(({ header }) => header)));
    new Answerer(
      giver,
      own.map(({ header }) => header),
      own,
    ).answerAll(0);
    expect(tested.node.chain.tip.height).toBe(1_300);
    tested.node.disconnect(giver.id);
    return tested;
  }

  test('shows its work first, is fetched again, and wins', () => {
    const tested = synced();
    const peer = tested.connect(wallet(3), claim(theirHeaders));
    new Answerer(peer, theirHeaders, theirs).answerAll(0);
    expect(tested.node.chain.tip.id).toBe(headerId(theirHeaders.at(-1) as Header));
    expect(refusals(tested)).toEqual({});
    // Where we part, from there two batches to measure and the same two again.
    expect(peer.count('getHeaders')).toBe(5);
  });

  test('what comes the second time must be what was measured', () => {
    const tested = synced();
    const sizeBefore = indexSize(tested);
    const liar = tested.connect(wallet(3), claim(theirHeaders));
    const honest = new Answerer(liar, theirHeaders);
    const asksFromFork = () =>
      liar.heard.filter((m) => m.name === 'getHeaders' && m.locator[0] === headerId(fork.header)).length;
    for (let i = 0; i < 9 && asksFromFork() < 2; i++)
      liar.say(honest.headersAfter(liar.last('getHeaders').locator));
    expect(indexSize(tested)).toBe(sizeBefore);
    liar.say({ name: 'headers', headers: headersOn(fork.header, MAX_HEADERS, 9) });
    expect(refusals(tested)).toEqual({ 'low-work': 1 });
    expect(indexSize(tested)).toBe(sizeBefore);
  });
});

describe('a newcomer', () => {
  test(`keeps at most ${MAX_DEBTS} headers of a peer that gives no bodies`, () => {
    const tested = new TestedNode();
    const lies = headersOn(GENESIS.header, 6_000, 3);
    const liar = tested.connect(wallet(1), claim(lies));
    new Answerer(liar, lies).answerAll(0);
    expect(indexSize(tested)).toBe(1 + MAX_DEBTS);
    // Nor can they be pushed on it.
    announce(liar, ...lies.slice(MAX_DEBTS, MAX_DEBTS + 8));
    announce(liar, ...headersOn(GENESIS.header, 8, 4));
    expect(indexSize(tested)).toBe(1 + MAX_DEBTS);
    // Another peer's chain is learned none the less.
    const blocks = blocksOn(GENESIS.header, 0, 2_300, 'honest');
    const headers = blocks.map(({ header }) => header);
    new Answerer(tested.connect(wallet(2), claim(headers)), headers, blocks).answerAll(0);
    expect(tested.node.chain.tip.height).toBe(2_300);
  });

  test('two peers with one chain give its headers once each, not twice', () => {
    const tested = new TestedNode();
    const blocks = blocksOn(GENESIS.header, 0, 1_500);
    const headers = blocks.map(({ header }) => header);
    const [a, b] = [wallet(1), wallet(2)].map((each) => tested.connect(each, claim(headers))) as [
      HandPlayedPeer,
      HandPlayedPeer,
    ];
    new Answerer(a, headers).answerAll(0);
    new Answerer(b, headers, blocks).answerAll(0);
    // B's first answer was asked for before A's; then it is asked for what A has not.
    expect(b.count('getHeaders')).toBe(2);
    // And it is asked for bodies, although its last answer was empty.
    const asked = b.heard.flatMap((message) => (message.name === 'getData' ? message.items : []));
    expect(asked.length).toBeGreaterThan(0);
  });
});

describe('answers', () => {
  const headers = headersOn(GENESIS.header, 9, 5);

  test('that nobody asked for are not read', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    announce(peer, ...headers);
    expect(refusals(tested)).toEqual({ unrequested: 1 });
    expect(indexSize(tested)).toBe(1);
    for (let i = 0; i < 19; i++) announce(peer, ...headers);
    expect(peer.isBanned).toBe(true);
  });

  test('that are late are taken', () => {
    const tested = new TestedNode();
    const peer = tested.connect(wallet(1), claim(headers));
    tested.pass(20_500);
    expect(refusals(tested)).toEqual({ stalled: 1 });
    announce(peer, ...headers);
    expect(indexSize(tested)).toBe(10);
  });
});
