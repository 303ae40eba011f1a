/** What a peer may not do, and what it costs: issue by issue of the table in penalties.ts. */
import { describe, expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { NOBODY } from '../../../web/core/hash.ts';
import { headerId, type Header } from '../../../web/core/header.ts';
import { transactionId, type Transaction } from '../../../web/core/transaction.ts';
import { toFrames } from '../../../web/node/framing.ts';
import { encodeMessage } from '../../../web/node/messages.ts';
import { grindInVain } from '../../grind.ts';
import { blockOn, coinbase, GENESIS, signed, wallet } from '../core/build.ts';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';
import { blocksOn } from './header-maker.ts';

/** As an honest peer would give a block: announced by its header, then sent when asked for. */
function give(peer: HandPlayedPeer, block: Block): void {
  peer.say({ name: 'headers', headers: [block.header] });
  if (!peer.closed) peer.say({ name: 'block', block });
}

function giveTransaction(peer: HandPlayedPeer, tx: Transaction): void {
  peer.say({ name: 'inv', items: [{ kind: 'tx', id: transactionId(tx) }] });
  if (!peer.closed) peer.say({ name: 'tx', tx });
}

const first = (change: Partial<Transaction> = {}, others: Transaction[] = []) =>
  blockOn(GENESIS.header, [coinbase(1, change), ...others]);

function refused(tested: TestedNode): string[] {
  return Object.keys(tested.node.snapshot('wire').refusals);
}

describe('a block that breaks a rule is refused, and its peer banned', () => {
  const overdraft = signed(wallet(2), { amount: 1, recipient: wallet(3).id });
  const message = signed(wallet(2), { memo: 'hi' });
  const otherRoom = signed(wallet(2), { memo: 'hi' }, new Uint8Array(32).fill(9));
  const good = first();
  const cases: [string, Block | Header][] = [
    ['bad-version', blockOn(GENESIS.header, [coinbase(1)], { version: 1 })],
    ['bad-bits', { ...good.header, bits: 0x207ffffe }],
    ['insufficient-work', grindInVain(good.header)],
    ['time-too-old', blockOn(GENESIS.header, [coinbase(1)], { time: GENESIS.header.time })],
    ['bad-merkle-root', { header: good.header, transactions: [coinbase(1, { memo: 'other' })] }],
    ['no-coinbase', blockOn(GENESIS.header, [message])],
    ['extra-coinbase', first({}, [coinbase(1, { memo: 'again' })])],
    ['bad-coinbase-height', first({ nonce: 2 })],
    ['bad-coinbase-form', first({ fee: 1 })],
    ['bad-coinbase-amount', first({ amount: 51 })],
    ['amount-to-nobody', first({ recipient: NOBODY })],
    ['repeated-nonce', first({}, [message, signed(wallet(2), { memo: 'again' })])],
    ['overdraft', first({}, [overdraft])],
    ['nonce-gap', first({}, [signed(wallet(2), { nonce: 1 })])],
    ['bad-signature', first({}, [otherRoom])],
  ];
  test.each(cases)('%s', (code, bad) => {
    const tested = new TestedNode();
    const peer = tested.connect();
    if ('transactions' in bad) give(peer, bad);
    else peer.say({ name: 'headers', headers: [bad] });
    expect(refused(tested)).toContain(code);
    expect(peer.isBanned).toBe(true);
    expect(tested.node.chain.tip.height).toBe(0);
    // The room goes on.
    const honest = tested.connect(wallet(5));
    give(honest, first({ memo: 'honest' }));
    expect(tested.node.chain.tip.height).toBe(1);
    expect(honest.closed).toBe(false);
  });

  test('deep in a heavier chain: all is rolled back, and only who gave the bad block is banned', () => {
    const tested = new TestedNode();
    const own = blocksOn(GENESIS.header, 0, 3, 'ours');
    const giver = tested.connect(wallet(9));
    for (const block of own) give(giver, block);
    const before = tested.node.chain.ledger.hash();

    const good = blocksOn(GENESIS.header, 0, 2, 'theirs');
    const [last] = good.slice(-1) as [Block];
    // One credit too many; well-formed, so it is seen only when its branch is connected.
    const bad = blockOn(last.header, [coinbase(3, { amount: 51 })], { time: last.header.time + 1 });
    const branch = [...good, bad, ...blocksOn(bad.header, 3, 2, 'theirs')];
    const [honest, liar] = [tested.connect(wallet(5)), tested.connect(wallet(6))];
    for (const peer of [honest, liar])
      peer.say({ name: 'headers', headers: branch.map(({ header }) => header) });
    // All that was asked of the first, but for the bad one, which the other brings when the first is late.
    for (const block of branch) if (block !== bad) honest.say({ name: 'block', block });
    tested.pass(2_500);
    liar.say({ name: 'block', block: bad });
    expect(refused(tested)).toContain('bad-coinbase-amount');
    expect([honest.closed, liar.isBanned]).toEqual([false, true]);
    expect(tested.node.chain.tip.id).toBe(headerId((own[2] as Block).header));
    expect(tested.node.chain.ledger.hash()).toBe(before);
  });

  test('whoever gave it and went away is banned all the same', () => {
    const tested = new TestedNode();
    const giver = tested.connect(wallet(9));
    for (const block of blocksOn(GENESIS.header, 0, 2, 'ours')) give(giver, block);
    const bad = first({ amount: 51 });
    const child = blockOn(bad.header, [coinbase(2)], { time: bad.header.time + 1 });
    const heavier = blocksOn(child.header, 2, 1, 'theirs');
    const [liar, honest] = [tested.connect(wallet(6)), tested.connect(wallet(5))];
    for (const peer of [liar, honest])
      peer.say({ name: 'headers', headers: [bad, child, ...heavier].map(({ header }) => header) });
    liar.say({ name: 'block', block: bad });
    tested.node.onLinkClosed(liar.id, tested.nowMs);
    for (const block of [child, ...heavier]) honest.say({ name: 'block', block });
    expect(refused(tested)).toContain('bad-coinbase-amount');
    expect(honest.closed).toBe(false);
    expect(tested.node.admit(wallet(6).id, '00'.repeat(8))).toBe('full');
    expect(tested.node.banned).toBe(1);
  });

  test('a mutated copy does not keep the honest block out', () => {
    const tested = new TestedNode();
    const transactions = [coinbase(1), signed(wallet(2), { memo: 'a' }), signed(wallet(3), { memo: 'b' })];
    const honest = blockOn(GENESIS.header, transactions);
    const mutated = {
      header: honest.header,
      transactions: [...transactions, transactions[2] as Transaction],
    };
    const liar = tested.connect();
    give(liar, mutated);
    expect(refused(tested)).toContain('mutated');
    expect(liar.isBanned).toBe(true);
    give(tested.connect(wallet(5)), honest);
    expect(tested.node.chain.tip.id).toBe(headerId(honest.header));
  });

  test('a block of the future is neither taken nor punished, and taken when its time has come', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    const time = Math.floor(tested.nowMs / 1000) + 95;
    const block = blockOn(GENESIS.header, [coinbase(1)], { time });
    peer.say({ name: 'headers', headers: [block.header] });
    expect(peer.closed).toBe(false);
    expect(tested.node.chain.index.bestHeader.height).toBe(0);
    tested.pass(6_000);
    // It asks again on its own.
    expect(peer.count('getHeaders')).toBe(1);
    give(peer, block);
    expect(tested.node.chain.tip.height).toBe(1);
  });
});

describe('a transaction that breaks a rule', () => {
  test('a forged signature bans', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    giveTransaction(peer, { ...signed(wallet(2), { memo: 'x' }), signature: new Uint8Array(64).fill(1) });
    expect(refused(tested)).toContain('bad-signature');
    expect(peer.isBanned).toBe(true);
    expect(tested.node.mempool.size).toBe(0);
  });

  test('a coinbase outside a block bans', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    giveTransaction(peer, coinbase(1));
    expect(refused(tested)).toContain('stray-coinbase');
    expect(peer.isBanned).toBe(true);
  });

  test('one that may only have crossed a block is refused and costs nothing', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    giveTransaction(peer, signed(wallet(2), { amount: 5, recipient: wallet(3).id }));
    expect(refused(tested)).toEqual(['overdraft']);
    expect(peer.closed).toBe(false);
  });

  test('one that nobody asked for is not taken', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    peer.say({ name: 'tx', tx: signed(wallet(2), { memo: 'x' }) });
    expect(refused(tested)).toEqual(['unrequested']);
    expect(tested.node.mempool.size).toBe(0);
    expect(peer.closed).toBe(false);
  });
});

describe('the wire', () => {
  const frameOf = (bytes: number[]) => toFrames(Uint8Array.from(bytes))[0] as Uint8Array;
  const oversize = new Uint8Array(5);
  new DataView(oversize.buffer).setUint32(0, 1_000_000, true);
  oversize[4] = 10;
  const cases: [string, Uint8Array][] = [
    ['unknown-message', frameOf([200, 1, 2, 3])],
    ['bad-frame', new Uint8Array([1, 0])],
    ['bad-frame', new Uint8Array(16 * 1024 + 1)],
    ['oversize', oversize],
    ['malformed', frameOf([6, 3, 1, 2])],
    [
      'out-of-order',
      toFrames(encodeMessage({ name: 'ready', signature: new Uint8Array(64) }))[0] as Uint8Array,
    ],
  ];
  test.each(cases)('%s bans', (code, frame) => {
    const tested = new TestedNode();
    const peer = tested.connect();
    peer.sayFrame(frame);
    expect(refused(tested)).toEqual([code]);
    expect(peer.isBanned).toBe(true);
  });

  test('another room is turned away at hello', () => {
    const tested = new TestedNode();
    const peer = tested.link();
    peer.say({ name: 'hello', ...peer.hello({ genesisId: 'ab'.repeat(32) }) });
    expect(refused(tested)).toEqual(['wrong-room']);
    expect(peer.closed).toBe(true);
  });

  test('a key that is not proved is not banned: it may be somebody else’s', () => {
    const tested = new TestedNode();
    const liar = tested.link(wallet(1));
    liar.say({ name: 'hello', ...liar.hello({ key: wallet(2).id }) });
    liar.say({ name: 'ready', signature: new Uint8Array(64).fill(3) });
    expect(refused(tested)).toEqual(['bad-proof']);
    expect(liar.closed).toBe(true);
    expect(tested.node.admit(wallet(2).id, 'ff'.repeat(8))).toBe('accept');
  });

  test('nothing is said for 4 s: the link is closed', () => {
    const tested = new TestedNode();
    const peer = tested.link();
    tested.pass(3_900);
    expect(peer.closed).toBe(false);
    tested.pass(500);
    expect(refused(tested)).toEqual(['handshake-timeout']);
    expect(peer.closed).toBe(true);
  });

  test('pings go out every 30 s; no sign of life for 90 s closes', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    expect(peer.count('ping')).toBe(1);
    tested.pass(60_500);
    expect(peer.count('ping')).toBe(3);
    expect(peer.closed).toBe(false);
    tested.pass(30_000);
    expect(refused(tested)).toEqual(['ping-timeout']);
    expect(peer.closed).toBe(true);
  });

  test('after our own clock stood still nobody is judged by it', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    tested.nowMs += 3_600_000;
    tested.node.tick(tested.nowMs);
    expect(peer.closed).toBe(false);
    expect(peer.count('ping')).toBe(2);
  });

  test('a flood is dropped and at last banned', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    for (let i = 0; i < 10; i++) peer.say({ name: 'ping', token: '00'.repeat(8) });
    expect(refused(tested)).toEqual([]);
    for (let i = 0; i < 4; i++) peer.say({ name: 'ping', token: '00'.repeat(8) });
    expect(refused(tested)).toEqual(['flood']);
    expect(peer.isBanned).toBe(true);
  });

  test('a ban holds for the key, whatever link and run it comes with', () => {
    const tested = new TestedNode();
    tested.connect(wallet(1)).sayFrame(frameOf([200, 1]));
    for (const session of ['00', '11']) {
      const again = tested.connect(wallet(1), { session: session.repeat(8) });
      expect(again.closed).toBe(true);
    }
    expect(tested.connect(wallet(2)).closed).toBe(false);
    expect([...tested.node.peers]).toHaveLength(1);
  });

  test('little offences ban if they come at once, and never if they come now and then', () => {
    const tx = (n: number) => ({ name: 'tx', tx: signed(wallet(2), { nonce: n, memo: 'unasked' }) }) as const;
    const tested = new TestedNode();
    const [hasty, slow] = [tested.connect(wallet(1)), tested.connect(wallet(3))];
    for (let n = 0; n < 19; n++) hasty.say(tx(n));
    expect(hasty.closed).toBe(false);
    hasty.say(tx(19));
    expect(hasty.isBanned).toBe(true);
    for (let n = 0; n < 40; n++) {
      slow.say(tx(n));
      tested.pass(5_000);
    }
    expect(slow.closed).toBe(false);
  });

  test('a ban ends after ten minutes', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    peer.sayFrame(frameOf([200, 1]));
    expect(peer.isBanned).toBe(true);
    tested.pass(10 * 60_000 + 250);
    expect(peer.isBanned).toBe(false);
  });

  test('who reads nothing, and says nothing either, is let go when 1 MiB waits for it', () => {
    const tested = new TestedNode();
    const giver = tested.connect(wallet(2));
    const blocks = blocksOn(GENESIS.header, 0, 320);
    for (const block of blocks.slice(0, 200)) give(giver, block);
    const silent = tested.connect(wallet(1));
    silent.bufferedBytes = 64 * 1024;
    // Answers of 16 KB, just below the bound.
    const question = { name: 'getHeaders', locator: [headerId(GENESIS.header)] } as const;
    for (let i = 0; i < 65; i++) silent.say(question);
    expect(silent.closed).toBe(false);
    // And 120 new blocks are announced.
    for (const block of blocks.slice(200)) give(giver, block);
    tested.pass(250);
    expect(refused(tested)).toEqual(['slow-reader']);
    expect(silent.closed).toBe(true);
  });

  test('the room forgets a peer that has left, whatever was asked of it', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    peer.say({ name: 'headers', headers: [first().header] });
    tested.node.disconnect(peer.id);
    const again = tested.connect(wallet(5));
    give(again, first());
    expect(tested.node.chain.tip.height).toBe(1);
  });

  test('headers that do not follow one another ban', () => {
    const tested = new TestedNode();
    const peer = tested.connect();
    const other = blockOn(GENESIS.header, [coinbase(1, { memo: 'other' })]);
    peer.say({ name: 'headers', headers: [first().header, other.header] });
    expect(refused(tested)).toEqual(['headers-discontinuous']);
    expect(peer.isBanned).toBe(true);
  });
});

test('a peer’s clock is shown as it said it, and nothing is held against it', () => {
  const tested = new TestedNode();
  const peer = tested.connect(wallet(1), { time: Math.floor(tested.nowMs / 1000) + 600 });
  expect(tested.node.snapshot('peers').peers[0]?.clockAheadSeconds).toBe(600);
  expect(peer.closed).toBe(false);
});

describe('how far the peers’ clocks are ahead of ours', () => {
  function clocks(aheadSeconds: number) {
    const tested = new TestedNode();
    const time = Math.floor(tested.nowMs / 1000) + aheadSeconds;
    for (const n of [1, 2, 3]) tested.connect(wallet(n), { time });
    const ahead = () => tested.node.snapshot('peers').peers.map((peer) => peer.clockAheadSeconds);
    return { tested, ahead };
  }

  test('is less when ours was set back by as much', () => {
    const { tested, ahead } = clocks(-300);
    tested.pass(1_000);
    expect(ahead()).toEqual([-300, -300, -300]);
    tested.nowMs -= 300_000;
    tested.pass(5_000);
    expect(ahead()).toEqual([0, 0, 0]);
  });

  test('is unknown when ours was set on, or stood still', () => {
    const { tested, ahead } = clocks(300);
    tested.pass(1_000);
    tested.nowMs += 300_000;
    tested.pass(5_000);
    expect(ahead()).toEqual([undefined, undefined, undefined]);
  });
});
