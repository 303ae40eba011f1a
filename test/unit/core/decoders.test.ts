import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import type * as P from 'micro-packed';
import { describe, expect, test } from 'vitest';
import { blockCodec, type Block } from '../../../web/core/block.ts';
import { decodeOrUndefined } from '../../../web/core/codec.ts';
import { headerCodec, type Header } from '../../../web/core/header.ts';
import { transactionCodec, type Transaction } from '../../../web/core/transaction.ts';

/** `npm run test:long` sets the variable; fast-check prints the seed of a failure. */
const INPUTS = process.env['TABCHAIN_LONG'] ? 1_000_000 : 20_000;
/** Hundreds of inputs a second are the least that any machine does. */
const TIMEOUT_MS = INPUTS * 3;

const u32 = fc.nat({ max: 0xffffffff });
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const account = bytes(32).map((key) => bytesToHex(key));

const header: fc.Arbitrary<Header> = fc.record({
  version: fc.integer(),
  prevHash: bytes(32),
  merkleRoot: bytes(32),
  time: u32,
  bits: u32,
  nonce: u32,
});

const transaction: fc.Arbitrary<Transaction> = fc.record({
  version: fc.nat({ max: 255 }),
  sender: account,
  nonce: fc.maxSafeNat(),
  recipient: account,
  amount: fc.maxSafeNat(),
  fee: fc.maxSafeNat(),
  // Four bytes a character at most.
  memo: fc.string({ unit: 'binary', maxLength: 128 }),
  signature: bytes(64),
});

const block: fc.Arbitrary<Block> = fc.record({
  header,
  transactions: fc.array(transaction, { maxLength: 5 }),
});

describe('what was encoded decodes to the same', () => {
  const comesBack = <T>(codec: P.CoderType<T>, values: fc.Arbitrary<T>): void => {
    fc.assert(
      fc.property(values, (value) => {
        expect(codec.decode(codec.encode(value))).toEqual(value);
      }),
      { numRuns: 100 },
    );
  };

  test('a header', () => comesBack(headerCodec, header));
  test('a transaction', () => comesBack(transactionCodec, transaction));
  test('a block', () => comesBack(blockCodec, block));
});

/** A sequence of numbers below 2^32 that one seed fixes (Marsaglia's xorshift32). */
function numbersFrom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Values at which lengths, flags and UTF-8 change their meaning. */
const EDGES = [0, 1, 0x20, 0x7f, 0x80, 0xc0, 0xed, 0xfc, 0xfd, 0xfe, 0xff];

/**
 * Bytes as a hostile peer makes them: something lawful with a few places
 * overwritten, cut off or continued; one in four without rhyme or reason.
 * Drawn from one number, as arrays drawn byte by byte would take minutes.
 */
function hostile(lawful: readonly Uint8Array[], seed: number): Uint8Array {
  const next = numbersFrom(seed);
  if (next() % 4 === 0) return Uint8Array.from({ length: next() % 400 }, next);
  const bytes = (lawful[next() % lawful.length] as Uint8Array).slice();
  for (let places = next() % 7; places > 0; places--) {
    bytes[next() % bytes.length] = next() % 2 ? (EDGES[next() % EDGES.length] as number) : next();
  }
  const way = next() % 10;
  if (way === 0) return bytes.subarray(0, next() % bytes.length);
  if (way === 1) return new Uint8Array([...bytes, ...bytes.subarray(next() % bytes.length)]);
  return bytes;
}

describe(`no bytes make a decoder throw (${INPUTS} inputs)`, () => {
  /** What decodes is the one encoding of its value, so it is never larger than what came in. */
  const holds = <T>(codec: P.CoderType<T>, values: fc.Arbitrary<T>): void => {
    const lawful = fc.sample(values, { numRuns: 60, seed: 1 }).map((value) => codec.encode(value));
    let decoded = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const input = hostile(lawful, seed);
        const value = decodeOrUndefined(codec, input);
        if (value === undefined) return;
        decoded++;
        const again = codec.encode(value);
        if (Buffer.compare(again, input) !== 0) throw new Error(`not canonical: ${bytesToHex(input)}`);
      }),
      { numRuns: Math.ceil(INPUTS / 3) },
    );
    // Some of the inputs have to get past the first bytes.
    expect(decoded).toBeGreaterThan(INPUTS / 300);
  };

  test('of a header', () => holds(headerCodec, header), TIMEOUT_MS);
  test('of a transaction', () => holds(transactionCodec, transaction), TIMEOUT_MS);
  test('of a block', () => holds(blockCodec, block), TIMEOUT_MS);
});

describe('a size that is not there is not allocated', () => {
  const head = headerCodec.encode({
    version: 1,
    prevHash: new Uint8Array(32),
    merkleRoot: new Uint8Array(32),
    time: 0,
    bits: 0,
    nonce: 0,
  });

  test.each([
    ['4 GiB of transactions', [...head, 0xfe, 0xff, 0xff, 0xff, 0xff]],
    ['the most transactions of all, and none of them', [...head, 0xfd, 0xa9, 0x01]],
    ['a memo of 4 GiB', [...head, 1, ...new Uint8Array(89), 0xfe, 0xff, 0xff, 0xff, 0xff]],
  ])('%s', (_, input) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(decodeOrUndefined(blockCodec, Uint8Array.from(input))).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  });
});
