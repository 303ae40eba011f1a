import { describe, expect, test } from 'vitest';
import { blockCodec } from '../../../web/core/block.ts';
import { headerId } from '../../../web/core/header.ts';
import { HEAD_BYTES, MAX_RECORD_BYTES, type ArchiveHead } from '../../../web/node/archive-format.ts';
import { ArchiveReader, type ArchivePart } from '../../../web/node/archive-reader.ts';
import type { ArchiveProblem } from '../../../web/node/archive-report.ts';
import { ArchiveWriter } from '../../../web/node/archive-writer.ts';
import { blockOn, coinbase, GENESIS } from '../core/build.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
console.log(`SEED=${seed}`);
let state = seed;
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const BLOCKS = 12;
const blocks = Array.from({ length: BLOCKS }).reduce<(typeof GENESIS)[]>((chain, _, i) => {
  const parent = chain.at(-1) ?? GENESIS;
  const memo = 'm'.repeat((i * 37) % 500);
  return [...chain, blockOn(parent.header, [coinbase(i + 1, { memo })])];
}, []);
const HEAD: ArchiveHead = {
  network: 'regtest',
  genesisId: headerId(GENESIS.header),
  firstHeight: 1,
  tipHeight: BLOCKS,
  tipId: headerId((blocks.at(-1) ?? GENESIS).header),
};
const FILE = written(HEAD);

function written(head: ArchiveHead): Uint8Array {
  const writer = new ArchiveWriter();
  return Buffer.concat([writer.head(head), ...blocks.map((block) => writer.block(block)), writer.end()]);
}

/** In pieces of these sizes, over and over. Copies the blocks: they are views. */
function read(file: Uint8Array, sizes: readonly number[] = [file.length]): ArchivePart[] {
  const reader = new ArchiveReader();
  const parts: ArchivePart[] = [];
  let at = 0;
  for (let n = 0; at < file.length || n === 0; n++) {
    const size = sizes[n % sizes.length] as number;
    // The caller's buffer is used again for the next piece.
    const piece = Uint8Array.from(file.subarray(at, at + size));
    at += size;
    for (const part of reader.read(piece, at >= file.length))
      parts.push(part.kind === 'block' ? { ...part, bytes: part.bytes.slice() } : part);
    piece.fill(0xee);
  }
  return parts;
}

function problemOf(parts: readonly ArchivePart[]): ArchiveProblem | undefined {
  const last = parts.at(-1);
  return last?.kind === 'problem' ? last.problem : undefined;
}

function flipped(file: Uint8Array, at: number, bit: number): Uint8Array {
  const bad = Uint8Array.from(file);
  bad[at] = (bad[at] as number) ^ (1 << bit);
  return bad;
}

describe('a chain file', () => {
  const whole = [
    { kind: 'head', head: HEAD },
    ...blocks.map((block, i) => ({ kind: 'block', height: i + 1, bytes: blockCodec.encode(block) })),
    { kind: 'end' },
  ];

  test('gives back what was written', () => expect(read(FILE)).toEqual(whole));

  test('comes in pieces of any size', () => {
    expect(read(FILE, [1])).toEqual(whole);
    for (let round = 0; round < 20; round++) {
      expect(read(FILE, [1 + random(3), 1 + random(700), 1 + random(5_000)])).toEqual(whole);
    }
  });

  test('may have no blocks, and may begin above the first', () => {
    const writer = new ArchiveWriter();
    const empty = { ...HEAD, tipHeight: 0, tipId: HEAD.genesisId };
    expect(read(Buffer.concat([writer.head(empty), writer.end()]))).toEqual([
      { kind: 'head', head: empty },
      { kind: 'end' },
    ]);
    const later = { ...HEAD, firstHeight: 101, tipHeight: 100 + BLOCKS };
    expect(read(written(later)).at(5)).toMatchObject({ kind: 'block', height: 105 });
  });

  test('is known to be cut off wherever that is, and at which block', () => {
    const starts: number[] = [HEAD_BYTES];
    for (const part of whole)
      if ('bytes' in part)
        starts.push((starts.at(-1) as number) + lengthBytes(part.bytes) + part.bytes.length);
    for (let end = 0; end < FILE.length; end++) {
      const problem = problemOf(read(FILE.subarray(0, end)));
      const block = starts.findIndex((start) => start > end);
      if (end < 14) expect(problem).toEqual({ code: 'not-an-archive' });
      else if (end < HEAD_BYTES) expect(problem).toEqual({ code: 'damaged-head' });
      else if (block > 0) expect(problem).toEqual({ code: 'truncated', height: block });
      else expect(problem).toEqual({ code: 'damaged-end' });
    }
  });

  test('with any bit flipped is a problem or has another block, and nothing throws', () => {
    for (let round = 0; round < 2_000; round++) {
      const at = random(FILE.length);
      const bit = random(8);
      const parts = read(flipped(FILE, at, bit));
      expect(problemOf(parts), `byte ${at}, bit ${bit}`).toBeDefined();
    }
  });

  test.each([
    ['its first byte', 0, 'not-an-archive'],
    ['its version', 13, 'other-format'],
    ['its network', 14, 'damaged-head'],
    ['its genesis', 20, 'damaged-head'],
    ['its tip', HEAD_BYTES - 10, 'damaged-head'],
  ] as const)('says what it can of a flipped bit in %s', (_, at, code) => {
    expect(problemOf(read(flipped(FILE, at, 0)))).toEqual({ code });
  });

  test('any bytes at all are read without a throw', () => {
    for (let round = 0; round < 300; round++) {
      const junk = Uint8Array.from({ length: random(3_000) }, () => random(256));
      expect(problemOf(read(junk))).toBeDefined();
      // Behind a good head.
      const behind = Buffer.concat([FILE.subarray(0, HEAD_BYTES), junk]);
      expect(problemOf(read(behind, [1 + random(100)]))).toBeDefined();
    }
  });

  test('a length beyond what a block may have is refused before anything of that length is kept', () => {
    const long = Buffer.alloc(5);
    long[0] = 0xfe;
    long.writeUInt32LE(MAX_RECORD_BYTES + 1, 1);
    const parts = read(
      Buffer.concat([FILE.subarray(0, HEAD_BYTES), long, Buffer.alloc(MAX_RECORD_BYTES + 1)]),
    );
    expect(problemOf(parts)).toEqual({ code: 'damaged', height: 1 });
  });

  test('what comes after its end is no part of it', () => {
    expect(problemOf(read(Buffer.concat([FILE, Buffer.alloc(1)])))).toEqual({ code: 'damaged-end' });
    expect(problemOf(read(Buffer.concat([FILE, FILE]), [700]))).toEqual({ code: 'damaged-end' });
  });

  test('one that holds more or fewer blocks than it says is damaged', () => {
    expect(problemOf(read(written({ ...HEAD, tipHeight: BLOCKS + 1 })))).toEqual({
      code: 'damaged',
      height: BLOCKS + 1,
    });
    expect(problemOf(read(written({ ...HEAD, tipHeight: BLOCKS - 1 })))).toEqual({ code: 'damaged-end' });
  });
});

function lengthBytes(bytes: Uint8Array): number {
  return bytes.length < 0xfd ? 1 : 3;
}
