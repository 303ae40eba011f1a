/** Export and import of a chain, between real nodes, without a browser. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { genesisBlock } from '../../../web/core/genesis.ts';
import { headerId } from '../../../web/core/header.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { transactionBytes, verifyZip215 } from '../../../web/core/transaction.ts';
import { ChainExport } from '../../../web/engine/chain-export.ts';
import { ChainImport } from '../../../web/engine/chain-import.ts';
import { HEAD_BYTES } from '../../../web/node/archive-format.ts';
import type { ImportOutcome } from '../../../web/node/archive-report.ts';
import { blockOn, coinbase, fresh, GENESIS, signed, wallet } from '../core/build.ts';
import { START_MS, TestedNode } from '../node/hand-played-peer.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Deeper than what a node keeps in memory. */
const LONG = 420;
const ALICE = wallet(7);

/** Blocks on `parent`; every third has a message of Alice, from nonce `firstNonce` on. */
function extend(parent: Block, fromHeight: number, count: number, mark = '', firstNonce = 0): Block[] {
  const blocks: Block[] = [];
  let nonce = firstNonce;
  for (let height = fromHeight; height < fromHeight + count; height++) {
    const messages =
      height % 3 === 0 ? [signed(ALICE, { nonce: nonce++, memo: `note ${height}${mark}` })] : [];
    const transactions = [coinbase(height, { memo: mark }), ...messages];
    blocks.push(blockOn((blocks.at(-1) ?? parent).header, transactions));
  }
  return blocks;
}

const MAIN = extend(GENESIS, 1, LONG);
const at = (height: number): Block => MAIN[height - 1] as Block;
const tipId = (blocks: readonly Block[]) => headerId((blocks.at(-1) as Block).header);

const pumps: ReturnType<typeof setInterval>[] = [];
afterEach(() => pumps.splice(0).forEach(clearInterval));

/** A node whose store answers by itself, with these blocks. */
function nodeWith(blocks: readonly Block[], genesis = GENESIS): TestedNode {
  const tested = new TestedNode(1, new Chain(REGTEST, genesis, verifyZip215));
  pumps.push(setInterval(() => tested.flushStore(), 1));
  for (let at = 0; at < blocks.length; at += 50) {
    for (const result of tested.node.takeFromFile(blocks.slice(at, at + 50), START_MS))
      expect(result.kind).toBe('accepted');
    tested.flushStore();
  }
  return tested;
}

async function exported({ node, store }: TestedNode, storedFrom = 1): Promise<Uint8Array> {
  return finished(new ChainExport(node.chain, store, storedFrom));
}

async function finished(running: ChainExport): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (;;) {
    const reply = await running.next();
    if (reply.kind !== 'piece') throw new Error(JSON.stringify(reply));
    pieces.push(reply.bytes);
    if (reply.isLast) return Uint8Array.from(Buffer.concat(pieces));
  }
}

function importInto({ node }: TestedNode, settled = () => Promise.resolve()): ChainImport {
  return new ChainImport({
    chain: node.chain,
    takeFromFile: (blocks) => node.takeFromFile(blocks, START_MS),
    isReadingBack: () => node.isReadingBack,
    verifier: { lookAhead: (_transactions, done) => done([]) },
    settled,
    nowMs: () => START_MS,
  });
}

async function imported(tested: TestedNode, file: Uint8Array, pieceBytes = 7_000): Promise<ImportOutcome> {
  const running = importInto(tested);
  let at = 0;
  for (;;) {
    const reply = await running.take(file.slice(at, at + pieceBytes), at + pieceBytes >= file.length);
    if (reply.kind === 'done') return reply.outcome;
    if (reply.kind === 'stopped') throw new Error('stopped');
    expect(reply.progress.done).toBeLessThanOrEqual(reply.progress.total);
    at = reply.kind === 'rewind' ? 0 : at + pieceBytes;
    if (at >= file.length) throw new Error('asked for more than there is');
  }
}

/** Where each block's bytes begin in a file, height 1 first, the end last. */
function offsets(blocks: readonly Block[]): number[] {
  const all = [HEAD_BYTES];
  for (const { transactions } of blocks) {
    const size = 80 + 1 + transactions.reduce((sum, tx) => sum + transactionBytes(tx).length, 0);
    all.push((all.at(-1) as number) + (size < 0xfd ? 1 : 3) + size);
  }
  return all;
}

function flippedAt(file: Uint8Array, at: number): Uint8Array {
  const bad = Uint8Array.from(file);
  bad[at] = (bad[at] as number) ^ 1;
  return bad;
}

describe('a chain file that one node writes and another one reads', () => {
  test('gives a fresh node the same chain, which it stores and serves', async () => {
    const file = await exported(nodeWith(MAIN));
    const reader = nodeWith([]);
    expect(await imported(reader, file)).toEqual({
      verdict: 'joined',
      added: LONG,
      upTo: LONG,
      problem: undefined,
    });
    expect(reader.node.chain.tip.id).toBe(tipId(MAIN));
    reader.flushStore();
    expect(reader.store.blocks.map(({ id }) => id)).toEqual(MAIN.map(({ header }) => headerId(header)));
    expect(await exported(reader)).toEqual(file);
    // A peer hears of it, and gets what it asks for.
    const peer = reader.connect(wallet(3));
    peer.say({ name: 'getData', items: [{ kind: 'block', id: headerId(at(1).header) }] });
    reader.flushStore();
    expect(peer.last('block').block.header).toEqual(at(1).header);
  });

  test('read in pieces of any size is the same', async () => {
    const some = MAIN.slice(0, 10);
    const file = await exported(nodeWith(some));
    for (const size of [1, 333, file.length, file.length * 2]) {
      const reader = nodeWith([]);
      expect(await imported(reader, file, size)).toMatchObject({ verdict: 'joined', added: 10 });
      expect(reader.node.chain.tip.id).toBe(tipId(some));
    }
  });

  test('brings only what is missing, and nothing a second time', async () => {
    const file = await exported(nodeWith(MAIN));
    const reader = nodeWith(MAIN.slice(0, 400));
    expect(await imported(reader, file)).toMatchObject({ verdict: 'joined', added: LONG - 400 });
    expect(await imported(reader, file)).toEqual({
      verdict: 'known',
      added: 0,
      upTo: LONG,
      problem: undefined,
    });
    // An older file than what the node has.
    const old = await exported(nodeWith(MAIN.slice(0, 100)));
    expect(await imported(reader, old)).toEqual({
      verdict: 'known',
      added: 0,
      upTo: 100,
      problem: undefined,
    });
  });

  test('of a room without a block is known already', async () => {
    const file = await exported(nodeWith([]));
    expect(await imported(nodeWith(MAIN.slice(0, 3)), file)).toMatchObject({
      verdict: 'known',
      problem: undefined,
    });
  });

  test('with a weaker branch changes nothing and costs no memory', async () => {
    const fork = MAIN[9] as Block;
    const file = await exported(nodeWith([...MAIN.slice(0, 10), ...extend(fork, 11, 20, ' weak', 3)]));
    const reader = nodeWith(MAIN.slice(0, 50));
    const before = reader.node.chain.index.size;
    expect(await imported(reader, file)).toEqual({
      verdict: 'weaker',
      added: 0,
      upTo: 30,
      problem: undefined,
    });
    expect(reader.node.chain.tip.height).toBe(50);
    expect(reader.node.chain.index.size).toBe(before);
  });

  test('with a stronger branch is a reorg, however deep', async () => {
    const fork = MAIN[9] as Block;
    const branch = [...MAIN.slice(0, 10), ...extend(fork, 11, LONG, ' strong', 3)];
    const file = await exported(nodeWith(branch));
    const reader = nodeWith(MAIN);
    expect(await imported(reader, file)).toMatchObject({
      verdict: 'joined',
      added: LONG,
      problem: undefined,
    });
    expect(reader.node.chain.tip.id).toBe(tipId(branch));
    expect(reader.node.reorgs[0]).toMatchObject({ depth: LONG - 10, forkHeight: 10 });
  });

  test('may come while peers bring the same blocks', async () => {
    const file = await exported(nodeWith(MAIN));
    const reader = nodeWith([]);
    const peer = reader.connect(wallet(3), { tipId: tipId(MAIN), height: LONG, work: BigInt(LONG * 2) });
    peer.say({ name: 'headers', headers: MAIN.map(({ header }) => header) });
    const running = imported(reader, file);
    for (const block of MAIN.slice(0, 16)) peer.say({ name: 'block', block: { ...block } });
    expect(await running).toMatchObject({ verdict: 'joined', problem: undefined });
    expect(reader.node.chain.tip.id).toBe(tipId(MAIN));
    expect(peer.closed).toBe(false);
  });
});

describe('an import refuses', () => {
  const good = () => exported(nodeWith(MAIN.slice(0, 200)));

  test('another room’s file, before any block', async () => {
    const other = genesisBlock(REGTEST, new Uint8Array(32).fill(9));
    const file = await exported(nodeWith(extend(other, 1, 2).slice(0, 1), other));
    const reader = nodeWith([]);
    expect(await imported(reader, file)).toEqual({
      verdict: undefined,
      added: 0,
      upTo: 0,
      problem: { code: 'other-room' },
    });
  });

  test('what is no such file', async () => {
    const reader = nodeWith([]);
    for (const bytes of [Buffer.from('hello, this is a text file'), new Uint8Array(), new Uint8Array(5)])
      expect((await imported(reader, Uint8Array.from(bytes))).problem).toEqual({ code: 'not-an-archive' });
  });

  test('the rest of one that was cut off, and keeps what came before', async () => {
    const file = await good();
    const at = offsets(MAIN)[120] as number;
    const reader = nodeWith([]);
    expect(await imported(reader, file.subarray(0, at + 30))).toEqual({
      verdict: 'joined',
      added: 120,
      upTo: 120,
      problem: { code: 'truncated', height: 121 },
    });
    expect(reader.node.chain.tip.id).toBe(tipId(MAIN.slice(0, 120)));
  });

  test('a block with a flipped bit, wherever it is, and what is above it', async () => {
    const file = await good();
    const starts = offsets(MAIN);
    const blockStart = (starts[98] as number) + ((file[starts[98] as number] as number) < 0xfd ? 1 : 3);
    const end = starts[99] as number;
    // In the header's previous hash, root, bits and nonce; in the count, the coinbase and the message's signature.
    for (const at of [4, 36, 73, 77, 80, 90, end - blockStart - 10]) {
      const reader = nodeWith([]);
      const outcome = await imported(reader, flippedAt(file, blockStart + at));
      expect(outcome, `byte ${at}`).toMatchObject({ verdict: 'joined', added: 98, problem: { height: 99 } });
      expect(['broken-rule', 'damaged']).toContain(outcome.problem?.code);
      // The damage is the file's, and not held against the block itself.
      expect(await imported(reader, file), `byte ${at}`).toMatchObject({ added: 102, problem: undefined });
    }
  });

  test('nothing but the account of a file whose end alone is damaged', async () => {
    const file = await good();
    const reader = nodeWith([]);
    expect(await imported(reader, flippedAt(file, file.length - 3))).toEqual({
      verdict: 'joined',
      added: 200,
      upTo: 200,
      problem: { code: 'damaged-end' },
    });
  });

  test('a forged block with proof of work, and blames no peer', async () => {
    const reader = nodeWith(MAIN.slice(0, 10));
    const peer = reader.connect(wallet(3));
    // Alice's signature under another's words.
    const stolen = { ...fresh(signed(ALICE, { nonce: 3, memo: 'mine' })), memo: 'forged' };
    const forged = blockOn(at(10).header, [coinbase(11), stolen]);
    const liar = nodeWith([]);
    liar.node.chain.signatures.check = () => true;
    const branch = [...MAIN.slice(0, 10), forged, ...extend(forged, 12, 5)];
    for (const block of branch) liar.node.takeFromFile([block], START_MS);
    expect(liar.node.chain.tip.height).toBeGreaterThan(10);
    liar.flushStore();
    const outcome = await imported(reader, await exported(liar));
    expect(outcome.problem).toEqual({ code: 'broken-rule', height: 11, rule: 'bad-signature' });
    expect(outcome).toMatchObject({ verdict: 'known', added: 0, upTo: 10 });
    expect(reader.node.chain.tip.id).toBe(tipId(MAIN.slice(0, 10)));
    expect(peer.closed).toBe(false);
    expect(reader.node.snapshot('wire').refusals).toEqual({});
  });

  test('a block from the future', async () => {
    const late = blockOn(GENESIS.header, [coinbase(1)], { time: START_MS / 1000 + 1_000 });
    const liar = nodeWith([]);
    liar.node.takeFromFile([late], START_MS + 2_000_000);
    expect(liar.node.chain.tip.height).toBe(1);
    liar.flushStore();
    expect((await imported(nodeWith([]), await exported(liar))).problem).toEqual({
      code: 'broken-rule',
      height: 1,
      rule: 'time-too-new',
    });
  });

  test('a part of a chain that begins above what the node has', async () => {
    const writer = nodeWith(MAIN);
    const running = new ChainExport(writer.node.chain, writer.store, 10_000);
    const { firstHeight } = running.plan;
    // What is in memory can be had without the store.
    expect(firstHeight).toBeGreaterThan(1);
    expect(firstHeight).toBeLessThan(LONG - 280);
    const file = await finished(running);
    expect(await imported(nodeWith([]), file)).toMatchObject({
      added: 0,
      problem: { code: 'gap', height: firstHeight },
    });
    const reader = nodeWith(MAIN.slice(0, firstHeight - 1));
    expect(await imported(reader, file)).toMatchObject({ verdict: 'joined', problem: undefined });
    expect(reader.node.chain.tip.id).toBe(tipId(MAIN));
  });
});

describe('an import', () => {
  test('that is stopped keeps what was taken, and says so to who goes on', async () => {
    const file = await exported(nodeWith(MAIN));
    const reader = nodeWith([]);
    const running = importInto(reader);
    await running.take(file, true);
    const half = file.slice(0, offsets(MAIN)[200]);
    expect(await running.take(half, false)).toMatchObject({
      kind: 'next',
      step: 'blocks',
      progress: { done: 200, total: LONG },
    });
    running.stop();
    expect(await running.take(file.slice(half.length), true)).toEqual({ kind: 'stopped' });
    expect(reader.node.chain.tip.height).toBe(200);
  });

  test('waits for the store once in so many blocks', async () => {
    const blocks = [...MAIN, ...extend(MAIN.at(-1) as Block, LONG + 1, 200, '', LONG / 3)];
    const file = await exported(nodeWith(blocks));
    let release = (): void => undefined;
    let isAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    const reader = nodeWith([]);
    const running = importInto(reader, () => {
      isAsked();
      return new Promise((resolve) => (release = resolve));
    });
    await running.take(file, true);
    const over = running.take(file, true);
    await asked;
    const { height } = reader.node.chain.tip;
    expect(height).toBe(512);
    for (let n = 0; n < 20; n++) await new Promise((resolve) => setTimeout(resolve));
    expect(reader.node.chain.tip.height).toBe(height);
    release();
    expect(await over).toMatchObject({ kind: 'done', outcome: { added: 620 } });
  });
});

describe('an export', () => {
  test('holds the chain of its beginning, whatever comes meanwhile', async () => {
    const tested = nodeWith(MAIN);
    const before = await exported(tested);
    const running = new ChainExport(tested.node.chain, tested.store, 1);
    // New blocks, and a reorg of what is at its end.
    tested.node.takeFromFile(extend(MAIN[LONG - 3] as Block, LONG - 1, 5, ' rival', 139), START_MS);
    expect(tested.node.reorgs[0]).toMatchObject({ depth: 2 });
    expect(await finished(running)).toEqual(before);
  });

  test('says so when a reorg has replaced blocks that are nowhere any more', async () => {
    const tested = nodeWith(MAIN);
    const running = new ChainExport(tested.node.chain, tested.store, 1);
    const fork = 20;
    const branch = extend(MAIN[fork - 1] as Block, fork + 1, LONG + 400, ' rival', 6);
    for (const block of branch) {
      tested.node.takeFromFile([block], START_MS);
      tested.flushStore();
    }
    expect(tested.node.chain.tip.height).toBe(LONG + 400 + fork);
    expect(await collect(running)).toMatchObject({ kind: 'reorganized' });
    expect((await exported(tested)).length).toBeGreaterThan(0);
  });

  test('says which block the store can not give', async () => {
    const { node, store } = nodeWith(MAIN);
    const holed = {
      ...store,
      commit: () => undefined,
      readBlocks: (from: number, to: number, done: Parameters<typeof store.readBlocks>[2]) =>
        store.readBlocks(from, Math.min(to, 30), done),
    };
    expect(await collect(new ChainExport(node.chain, holed, 1))).toEqual({ kind: 'unreadable', height: 31 });
  });

  test('makes pieces of a bounded size, one when it is asked for one', async () => {
    const { node, store } = nodeWith(MAIN);
    const pieceBytes = 20_000;
    const running = new ChainExport(node.chain, store, 1, pieceBytes);
    const read = vi.spyOn(node.chain, 'body');
    const first = await running.next();
    if (first.kind !== 'piece') throw new Error(first.kind);
    expect(first.isLast).toBe(false);
    expect(first.bytes.length).toBeGreaterThanOrEqual(pieceBytes);
    expect(first.bytes.length).toBeLessThan(pieceBytes + 2_000);
    expect(first.progress.done).toBeLessThan(LONG);
    const looked = read.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(read.mock.calls.length).toBe(looked);
  });
});

/** The last reply. */
async function collect(running: ChainExport) {
  for (;;) {
    const reply = await running.next();
    if (reply.kind !== 'piece' || reply.isLast) return reply;
  }
}
