import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import * as P from 'micro-packed';
import { describe, expect, test } from 'vitest';
import { decodeOrUndefined } from '../../../web/core/codec.ts';
import { NOBODY } from '../../../web/core/hash.ts';
import {
  isCoinbase,
  MAX_TRANSACTION_BYTES,
  memoProblem,
  MIN_TRANSACTION_BYTES,
  transactionBytes,
  transactionCodec,
  transactionId,
  type Transaction,
} from '../../../web/core/transaction.ts';
import { coinbase } from './build.ts';

const TX: Transaction = {
  version: 1,
  sender: '11'.repeat(32),
  nonce: 0x0102,
  recipient: '22'.repeat(32),
  amount: 7,
  fee: 2 ** 53 - 1,
  memo: 'Hello P2P',
  signature: new Uint8Array(64).fill(0x33),
};

// The table of PROTOCOL.md, field by field.
const BYTES = [
  '01',
  '11'.repeat(32),
  '0201000000000000',
  '22'.repeat(32),
  '0700000000000000',
  'ffffffffffff1f00',
  '0948656c6c6f20503250',
  '33'.repeat(64),
].join('');

describe('the wire form of a transaction', () => {
  test('is the one of PROTOCOL.md', () => {
    expect(bytesToHex(transactionBytes(TX))).toBe(BYTES);
    expect(transactionCodec.decode(hexToBytes(BYTES))).toEqual(TX);
  });

  test('has 154 bytes without a memo and 668 with the longest', () => {
    expect(transactionBytes({ ...TX, memo: '' })).toHaveLength(154);
    expect(transactionBytes({ ...TX, memo: 'x'.repeat(512) })).toHaveLength(668);
    expect([MIN_TRANSACTION_BYTES, MAX_TRANSACTION_BYTES]).toEqual([154, 668]);
  });

  test('is kept as it was read, whatever stood around it and becomes of the buffer', () => {
    const [first, second] = [TX, { ...TX, nonce: 9, memo: 'さようなら' }];
    const pair = P.struct({ before: P.U8, first: transactionCodec, second: transactionCodec });
    const buffer = pair.encode({ before: 7, first, second });
    const read = pair.decode(buffer);
    buffer.fill(0);
    for (const [decoded, original] of [
      [read.first, first],
      [read.second, second],
    ] as const) {
      expect(transactionBytes(decoded)).toEqual(transactionBytes({ ...original }));
      expect(transactionId(decoded)).toBe(transactionId({ ...original }));
    }
  });

  test('ends where its signature ends', () => {
    expect(decodeOrUndefined(transactionCodec, hexToBytes(`${BYTES}00`))).toBeUndefined();
    expect(decodeOrUndefined(transactionCodec, hexToBytes(BYTES.slice(0, -2)))).toBeUndefined();
  });

  test.each([
    ['a nonce', 33],
    ['an amount', 73],
    ['a fee', 81],
  ])('can not carry %s above 2^53-1', (_, offset) => {
    const bytes = hexToBytes(BYTES);
    bytes.set(hexToBytes('0000000000002000'), offset);
    expect(decodeOrUndefined(transactionCodec, bytes)).toBeUndefined();
  });

  test('can not carry a memo of 513 bytes', () => {
    const bytes = transactionBytes({ ...TX, memo: 'x'.repeat(512) });
    const longer = new Uint8Array([
      ...bytes.subarray(0, 89),
      0xfd,
      0x01,
      0x02,
      ...bytes.subarray(92, 604),
      0x78,
      ...bytes.subarray(604),
    ]);
    expect(decodeOrUndefined(transactionCodec, longer)).toBeUndefined();
    expect(() => transactionCodec.encode({ ...TX, memo: 'x'.repeat(513) })).toThrow();
  });
});

describe('a transaction', () => {
  test('has an id over all its bytes', () => {
    expect(transactionId(TX)).toBe(transactionId(transactionCodec.decode(hexToBytes(BYTES))));
    const other = { ...TX, signature: new Uint8Array(64).fill(0x34) };
    expect(transactionId(other)).not.toBe(transactionId(TX));
  });

  test('of nobody is a coinbase', () => {
    expect(isCoinbase(TX)).toBe(false);
    expect(isCoinbase({ ...TX, sender: NOBODY })).toBe(true);
    expect(isCoinbase(coinbase(1))).toBe(true);
  });
});

describe('a memo', () => {
  test.each([
    ['', undefined],
    ['x'.repeat(512), undefined],
    ['x'.repeat(513), 'too-long'],
    ['ü'.repeat(256), undefined],
    ['ü'.repeat(257), 'too-long'],
    ['👋', undefined],
    ['\ud83d', 'not-text'],
    ['a\udc00b', 'not-text'],
  ])('%j', (memo, problem) => {
    expect(memoProblem(memo)).toBe(problem);
  });
});
