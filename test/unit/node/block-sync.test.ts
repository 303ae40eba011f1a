/** Which bodies a node asks for, and when. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Chain } from '../../../web/core/chain.ts';
import { headerId } from '../../../web/core/header.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { verifyZip215 } from '../../../web/core/transaction.ts';
import { STALL_MIN_MS } from '../../../web/node/block-sync.ts';
import { blockOn, coinbase, GENESIS, signed, wallet } from '../core/build.ts';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';
import { Answerer, blocksOn } from './header-maker.ts';

describe('a store that falls behind', () => {
  const chain = blocksOn(GENESIS.header, 0, 120);
  const headers = chain.map(({ header }) => header);
  const claim = (height: number) => ({
    tipId: headerId((headers[height - 1] ?? GENESIS.header) as (typeof headers)[0]),
    height,
    work: 2n * BigInt(height),
  });

  test('is given no block above what it takes, and all as soon as it takes them', () => {
    const tested = new TestedNode();
    tested.store.takesUpTo = 40;
    const answerer = new Answerer(tested.connect(wallet(1), claim(headers.length)), headers, chain);
    answerer.answerAll(0);
    tested.pass(500);
    answerer.answerAll();
    expect(tested.node.chain.tip.height).toBe(40);
    tested.store.takesUpTo = Infinity;
    // By itself, without a word of the peer's.
    tested.pass(250);
    answerer.answerAll();
    expect(tested.node.chain.tip.height).toBe(headers.length);
  });

  test('does not keep the node from a better branch, which has to be here as a whole', () => {
    const tested = new TestedNode();
    const own = blocksOn(GENESIS.header, 0, 50, 'another branch');
    new Answerer(
      tested.connect(wallet(1), { ...claim(50), tipId: headerId((own.at(-1) as (typeof own)[0]).header) }),
      own.map(({ header }) => header),
      own,
    ).answerAll(0);
    expect(tested.node.chain.tip.height).toBe(50);
    tested.store.takesUpTo = 50;
    const answerer = new Answerer(tested.connect(wallet(2), claim(headers.length)), headers, chain);
    answerer.answerAll(0);
    expect(tested.node.chain.tip.height).toBeGreaterThan(50);
  });
});

describe('a block that comes again', () => {
  const verifications: (() => void)[] = [];
  const block = blockOn(GENESIS.header, [coinbase(1), signed(wallet(5), { memo: 'Hello P2P' })]);
  const id = headerId(block.header);
  const claim = { tipId: id, height: 1, work: 2n };
  const asks = (peer: HandPlayedPeer) =>
    peer.heard.filter((each) => each.name === 'getData' && each.items[0]?.id === id).length;
  let tested: TestedNode;
  beforeEach(() => {
    verifications.length = 0;
    tested = new TestedNode(1, new Chain(REGTEST, GENESIS, verifyZip215), {
      lookAhead: (transactions, done) => void verifications.push(() => done(transactions)),
    });
  });

  test('without being asked for again costs its giver the link, and no verification', () => {
    const peer = tested.connect(wallet(1), claim);
    peer.say({ name: 'headers', headers: [block.header] });
    peer.say({ name: 'block', block });
    for (let n = 1; n <= 19; n++) peer.say({ name: 'block', block });
    expect(peer.isBanned).toBe(false);
    expect(tested.node.snapshot('wire').refusals).toEqual({ unrequested: 19 });
    peer.say({ name: 'block', block });
    expect(peer.isBanned).toBe(true);
    expect(verifications).toHaveLength(1);
  });

  test('because it was asked for twice costs nobody anything, and is verified once', () => {
    const peers = [wallet(1), wallet(2)].map((each) => tested.connect(each, claim));
    for (const peer of peers) peer.say({ name: 'headers', headers: [block.header] });
    // Nobody answers in time: each is asked in turn.
    tested.pass(4 * STALL_MIN_MS);
    expect(peers.map(asks).every((times) => times > 0)).toBe(true);
    const before = tested.node.snapshot('wire').refusals;
    for (const peer of peers)
      for (let times = asks(peer); times > 0; times--) peer.say({ name: 'block', block });
    expect(verifications).toHaveLength(1);
    verifications.pop()?.();
    expect(tested.node.chain.tip.id).toBe(id);
    expect(tested.node.snapshot('wire').refusals).toEqual(before);
  });

  test('when it is in the chain is not verified', () => {
    const [first, second] = [wallet(1), wallet(2)].map((each) => tested.connect(each, claim)) as [
      HandPlayedPeer,
      HandPlayedPeer,
    ];
    for (const peer of [first, second]) peer.say({ name: 'headers', headers: [block.header] });
    tested.pass(2 * STALL_MIN_MS);
    first.say({ name: 'block', block });
    verifications.pop()?.();
    expect(tested.node.chain.tip.id).toBe(id);
    second.say({ name: 'block', block });
    expect(verifications).toEqual([]);
    expect(second.closed).toBe(false);
  });
});

test('a peer that was late before, and then gives, is waited for no longer than others', () => {
  const tested = new TestedNode();
  const blocks = blocksOn(GENESIS.header, 0, 40);
  const headers = blocks.map(({ header }) => header);
  const tip = headers.at(-1) as (typeof headers)[0];
  const peer = tested.connect(wallet(1), { tipId: headerId(tip), height: 40, work: 80n });
  peer.say({ name: 'headers', headers });
  // Late again and again: 2, 4, 8 and 16 s.
  tested.pass(31_000);
  for (const block of blocks.slice(0, 5)) peer.say({ name: 'block', block });
  const refused = () => tested.node.snapshot('wire').refusals.stalled ?? 0;
  const before = refused();
  tested.pass(2 * STALL_MIN_MS);
  expect(refused()).toBe(before + 1);
});
