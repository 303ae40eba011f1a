import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { blockCodec, blockSize, MAX_BLOCK_TRANSACTIONS } from '../../../web/core/block.ts';
import { compactSize, decodeOrUndefined } from '../../../web/core/codec.ts';
import { HEADER_BYTES, headerCodec } from '../../../web/core/header.ts';
import { transactionBytes } from '../../../web/core/transaction.ts';
import { blockOn, coinbase, GENESIS, someAccount, unchecked } from './build.ts';

const full = [
  coinbase(1),
  ...Array.from({ length: 424 }, (_, nonce) => unchecked(someAccount(1), { nonce })),
];

describe('the wire form of a block', () => {
  test('is header, count, transactions', () => {
    const block = blockOn(GENESIS.header, [coinbase(1), unchecked(someAccount(1), { memo: 'hi' })]);
    const bytes = blockCodec.encode(block);
    expect(bytesToHex(bytes)).toBe(
      bytesToHex(headerCodec.encode(block.header)) +
        '02' +
        block.transactions.map((tx) => bytesToHex(transactionBytes(tx))).join(''),
    );
    expect(blockCodec.decode(bytes)).toEqual(block);
    expect(blockSize(block)).toBe(bytes.length);
  });

  test('holds up to 425 transactions, which is as many as fit', () => {
    expect(MAX_BLOCK_TRANSACTIONS).toBe(425);
    const block = blockOn(GENESIS.header, full);
    const bytes = blockCodec.encode(block);
    expect(bytes).toHaveLength(80 + 3 + 425 * 154);
    expect(bytes.length).toBeLessThanOrEqual(65_536);
    expect(blockSize(block)).toBe(bytes.length);
    expect(decodeOrUndefined(blockCodec, bytes)?.transactions).toHaveLength(425);
    expect(() => blockCodec.encode({ ...block, transactions: [...full, coinbase(2)] })).toThrow();
  });

  test('with one more is not even read', () => {
    const bytes = new Uint8Array([
      ...headerCodec.encode(GENESIS.header),
      ...compactSize.encode(426),
      ...full.flatMap((tx) => [...transactionBytes(tx)]),
      ...transactionBytes(coinbase(2)),
    ]);
    expect(decodeOrUndefined(blockCodec, bytes)).toBeUndefined();
  });

  test.each([
    ['nothing', []],
    ['a header alone', [...headerCodec.encode(GENESIS.header)]],
    ['a count beyond the input', [...headerCodec.encode(GENESIS.header), 1]],
    ['a byte over', [...blockCodec.encode(GENESIS), 0]],
    ['one byte less', [...blockCodec.encode(GENESIS)].slice(0, -1)],
  ])('refuses %s', (_, bytes) => {
    expect(decodeOrUndefined(blockCodec, Uint8Array.from(bytes))).toBeUndefined();
  });

  test('can be without transactions: a rule, not the codec, refuses that', () => {
    const bytes = Uint8Array.from([...headerCodec.encode(GENESIS.header), 0]);
    expect(bytes).toHaveLength(HEADER_BYTES + 1);
    expect(decodeOrUndefined(blockCodec, bytes)?.transactions).toEqual([]);
  });
});
