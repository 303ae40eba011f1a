/** Whatever was done to a chain file, its import ends in an outcome: seeded damage to a whole file. */
import { expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { verifyZip215 } from '../../../web/core/transaction.ts';
import { ChainExport } from '../../../web/engine/chain-export.ts';
import { ChainImport } from '../../../web/engine/chain-import.ts';
import type { ImportOutcome } from '../../../web/node/archive-report.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { blockOn, coinbase, GENESIS } from '../core/build.ts';
import { START_MS, TestedNode } from '../node/hand-played-peer.ts';

/** Of the run that failed: `SEED=... npm run test:unit -- chain-file-fuzz`. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const FILES = process.env.TABCHAIN_LONG ? 50_000 : 1_500;
const HEIGHT = 12;
/** Against hangs only. */
const TIMEOUT_MS = 3_600_000;
/** A file's head and first headers, where most of its numbers stand. */
const FRONT_BYTES = 120;
/** Pieces are given at most so often: the file twice, and a byte at a time. */
const MAX_PIECES = 20_000;
/** Lengths and counts that lie near a limit of their encoding. */
const EDGES = [0, 0xff, 0xfd, 0xfe];

/** 0 to `bound` - 1. */
const below = (random: SeededRandom, bound: number) => Math.floor(random.next() * bound);

async function chainFile(): Promise<Uint8Array> {
  const { node, store } = new TestedNode(1, new Chain(REGTEST, GENESIS, verifyZip215));
  const blocks: Block[] = [];
  for (let height = 1; height <= HEIGHT; height++)
    blocks.push(blockOn((blocks.at(-1) ?? GENESIS).header, [coinbase(height)]));
  node.takeFromFile(blocks, START_MS);
  const reply = await new ChainExport(node.chain, store, 1).next();
  if (reply.kind !== 'piece' || !reply.isLast) throw new Error(`not one piece, but ${reply.kind}`);
  return reply.bytes;
}

function damaged(file: Uint8Array, random: SeededRandom): Uint8Array {
  const at = below(random, file.length);
  switch (below(random, 5)) {
    case 0:
      return file.slice(0, at);
    case 1:
      return Uint8Array.of(...file, ...random.bytes(1 + below(random, 50)));
    case 2:
      return Uint8Array.of(...file.slice(0, at), ...file.slice(at + 1 + below(random, 60)));
    case 3:
      return overwritten(file, FRONT_BYTES, random);
    default:
      return overwritten(file, file.length, random);
  }
}

/** In one to six places before `end`. */
function overwritten(file: Uint8Array, end: number, random: SeededRandom): Uint8Array {
  const bytes = Uint8Array.from(file);
  for (let places = 1 + below(random, 6); places > 0; places--)
    bytes[below(random, end)] = EDGES[below(random, EDGES.length + 1)] ?? below(random, 256);
  return bytes;
}

async function imported(file: Uint8Array, pieceBytes: number): Promise<ImportOutcome> {
  const { node } = new TestedNode();
  const running = new ChainImport({
    chain: node.chain,
    takeFromFile: (blocks) => node.takeFromFile(blocks, START_MS),
    isReadingBack: () => node.isReadingBack,
    verifier: { lookAhead: (_transactions, done) => done([]) },
    settled: () => Promise.resolve(),
    nowMs: () => START_MS,
  });
  let at = 0;
  for (let pieces = 0; pieces < MAX_PIECES; pieces++) {
    const reply = await running.take(file.slice(at, at + pieceBytes), at + pieceBytes >= file.length);
    if (reply.kind === 'done') return reply.outcome;
    if (reply.kind === 'stopped') throw new Error('nobody stopped it');
    at = reply.kind === 'rewind' ? 0 : at + pieceBytes;
  }
  throw new Error(`no outcome after ${MAX_PIECES} pieces`);
}

test(`${FILES} damaged files end in an outcome each (SEED=${SEED})`, { timeout: TIMEOUT_MS }, async () => {
  const random = new SeededRandom(SEED);
  const file = await chainFile();
  expect((await imported(file, file.length)).problem).toBeUndefined();
  let refused = 0;
  for (let n = 0; n < FILES; n++) {
    const { problem } = await imported(damaged(file, random), 1 + below(random, 2_000));
    if (problem !== undefined) refused++;
  }
  expect(refused).toBeGreaterThan(FILES / 2);
});
