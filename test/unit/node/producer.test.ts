/** When a node works: on demand, always, off. */
import { describe, expect, test, vi } from 'vitest';
import { Chain } from '../../../web/core/chain.ts';
import { hashToNumber, sha256d } from '../../../web/core/hash.ts';
import { headerCodec } from '../../../web/core/header.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { transactionId } from '../../../web/core/transaction.ts';
import type { PowJob } from '../../../web/node/ports.ts';
import { HOPE_MS, MIN_TEMPLATE_MS } from '../../../web/node/producer.ts';
import { grind } from '../../grind.ts';
import { blockOn, coinbase, GENESIS, signed, wallet } from '../core/build.ts';
import { START_MS, TestedNode } from './hand-played-peer.ts';
import { headersOn } from './header-maker.ts';

const message = { memo: 'hello', recipient: undefined, amount: 0, fee: 0 };

function solve(tested: TestedNode, job: PowJob | undefined): void {
  if (!job) throw new Error('no job');
  const header = headerCodec.encode(grind(headerCodec.decode(job.header)));
  expect(hashToNumber(sha256d(header)) <= job.target).toBe(true);
  tested.node.onPowFound(job.id, header, tested.nowMs);
}

function onDemand(tested = new TestedNode()): TestedNode {
  tested.node.setPowMode('on-demand', tested.nowMs);
  return tested;
}

describe('on demand', () => {
  test('starts at once for what its own user wrote, and rests when it is sealed', () => {
    const tested = onDemand();
    tested.pass(1_000);
    expect(tested.jobs).toHaveLength(0);
    tested.node.compose(message, tested.nowMs);
    expect(tested.jobs).toHaveLength(1);
    solve(tested, tested.jobs[0]);
    expect(tested.node.chain.tip.height).toBe(1);
    expect(tested.node.producer.working).toBe(false);
    tested.pass(120_000);
    expect(tested.jobs).toHaveLength(1);
  });

  test('stops when another node seals the message first', () => {
    const tested = onDemand();
    const peer = tested.connect();
    const composed = tested.node.compose(message, tested.nowMs);
    if (!composed.ok) throw new Error(composed.code);
    expect(tested.node.producer.working).toBe(true);
    const block = blockOn(GENESIS.header, [coinbase(1), composed.tx]);
    peer.say({ name: 'headers', headers: [block.header] });
    peer.say({ name: 'block', block });
    expect(tested.node.producer.working).toBe(false);
    expect(tested.stops).toBeGreaterThan(0);
  });

  test('helps with what others wrote after one to two spacings', () => {
    const tested = onDemand();
    const peer = tested.connect();
    const tx = signed(wallet(2), { memo: 'from a phone' });
    peer.say({ name: 'inv', items: [{ kind: 'tx', id: transactionId(tx) }] });
    peer.say({ name: 'tx', tx });
    tested.pass(14_500);
    expect(tested.jobs).toHaveLength(0);
    tested.pass(16_000);
    expect(tested.jobs.length).toBeGreaterThan(0);
  });

  test('settles a tie between two branches of equal work', () => {
    const tested = onDemand();
    const peer = tested.connect();
    const [one, other] = ['one', 'other'].map((memo) => blockOn(GENESIS.header, [coinbase(1, { memo })]));
    if (!one || !other) throw new Error('two blocks');
    peer.say({ name: 'headers', headers: [one.header] });
    peer.say({ name: 'block', block: one });
    tested.pass(40_000);
    expect(tested.jobs).toHaveLength(0);
    tested.connect(wallet(2)).say({ name: 'headers', headers: [other.header] });
    tested.pass(1_000);
    solve(tested, tested.jobs.at(-1));
    expect(tested.node.chain.tip.height).toBe(2);
    expect(tested.node.producer.working).toBe(false);
  });
});

test('what others wrote lately is not looked through at each word of a peer', () => {
  const tested = onDemand(new TestedNode(1, new Chain(REGTEST, GENESIS, () => true)));
  const { chain, mempool } = tested.node;
  for (let sender = 1; sender <= 50; sender++)
    mempool.add(signed(wallet(sender), {}), chain.ledger, tested.nowMs, () => true);
  const peer = tested.connect(wallet(2));
  const run = vi.spyOn(mempool, 'run');
  for (let n = 0; n < 10; n++) peer.say({ name: 'getData', items: [] });
  expect(run).not.toHaveBeenCalled();
});

describe('headers without bodies', () => {
  test('one that nobody gives is settled by the next blocks, though nobody writes', () => {
    const tested = onDemand();
    const peer = tested.connect();
    peer.say({ name: 'headers', headers: headersOn(GENESIS.header, 1) });
    tested.pass(14_500);
    expect(tested.jobs).toHaveLength(0);
    for (const height of [1, 2]) {
      tested.pass(31_000);
      solve(tested, tested.jobs.at(-1));
      expect(tested.node.chain.tip.height).toBe(height);
    }
    tested.jobs.length = 0;
    tested.pass(60_000);
    expect(tested.jobs).toHaveLength(0);
  });

  const withheld = () => {
    const tested = new TestedNode();
    tested.node.setPowMode('always', tested.nowMs);
    const peer = tested.connect(wallet(2));
    peer.say({ name: 'headers', headers: headersOn(GENESIS.header, 4, 9) });
    return { tested, peer };
  };

  test('stop the work while they may come', () => {
    const { tested } = withheld();
    expect(tested.node.producer.working).toBe(false);
    tested.pass(HOPE_MS - 1_000);
    expect(tested.node.producer.working).toBe(false);
  });

  test('do not stop it for good when nobody gives them', () => {
    const { tested, peer } = withheld();
    tested.node.onLinkClosed(peer.id, tested.nowMs);
    tested.pass(HOPE_MS + 1_000);
    expect(tested.node.producer.working).toBe(true);
    tested.pass(10 * HOPE_MS);
    expect(tested.node.producer.working).toBe(true);
  });
});

test('a job is renewed with the time, with the tip and with new transactions', () => {
  const tested = new TestedNode();
  const peer = tested.connect();
  tested.node.setPowMode('always', tested.nowMs);
  expect(tested.jobs).toHaveLength(1);
  tested.pass(5_250);
  expect(tested.jobs).toHaveLength(2);
  const block = blockOn(GENESIS.header, [coinbase(1)]);
  peer.say({ name: 'headers', headers: [block.header] });
  peer.say({ name: 'block', block });
  expect(tested.jobs).toHaveLength(3);
  tested.node.compose(message, tested.nowMs);
  tested.pass(250);
  expect(tested.jobs).toHaveLength(4);
  const job = tested.jobs[3] as PowJob;
  // A find of an old job, whose parent is no longer the tip, makes no block.
  solve(tested, tested.jobs[0]);
  expect(tested.node.chain.tip.height).toBe(1);
  solve(tested, job);
  expect(tested.node.chain.tip.height).toBe(2);
});

describe('a transaction that comes right after a job was made', () => {
  const working = (): TestedNode => {
    const tested = new TestedNode();
    tested.node.setPowMode('always', tested.nowMs);
    return tested;
  };

  test('says when it is to go into the next one', () => {
    const tested = working();
    expect(tested.node.wakeAtMs).toBeUndefined();
    tested.nowMs += 10;
    tested.node.compose(message, tested.nowMs);
    expect(tested.jobs).toHaveLength(1);
    const wakeAtMs = tested.node.wakeAtMs ?? NaN;
    expect(wakeAtMs).toBeGreaterThan(tested.nowMs);
    expect(wakeAtMs).toBeLessThanOrEqual(START_MS + MIN_TEMPLATE_MS);
    tested.node.tick(wakeAtMs - 1);
    expect(tested.jobs).toHaveLength(1);
    tested.node.tick(wakeAtMs);
    expect(tested.jobs).toHaveLength(2);
    expect(tested.node.wakeAtMs).toBeUndefined();
  });

  test('wakes nobody once the work has stopped', () => {
    const tested = working();
    tested.node.compose(message, tested.nowMs);
    expect(tested.node.wakeAtMs).toBeDefined();
    tested.node.setPowMode('off', tested.nowMs);
    expect(tested.node.wakeAtMs).toBeUndefined();
  });
});

test('off means off', () => {
  const tested = new TestedNode();
  tested.node.compose(message, tested.nowMs);
  tested.pass(120_000);
  expect(tested.jobs).toHaveLength(0);
});
