/** The wire form of compact blocks: BIP152's, and nothing that is no block gets through. */
import { hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_BLOCK_TRANSACTIONS } from '../../../web/core/block.ts';
import { decodeOrUndefined } from '../../../web/core/codec.ts';
import { HEADER_BYTES, headerId } from '../../../web/core/header.ts';
import { SHORT_ID_BYTES } from '../../../web/core/short-id.ts';
import { transactionBytes } from '../../../web/core/transaction.ts';
import {
  blockTxnCodec,
  compactBlockCodec,
  getBlockTxnCodec,
  type CompactBlock,
} from '../../../web/node/compact-messages.ts';
import { encodeMessage, MESSAGES } from '../../../web/node/messages.ts';
import { describeVectors, vectorBytes } from '../../vectors.ts';
import { parseBitcoinBlock } from '../core/bitcoin-block.ts';
import { coinbase, GENESIS, someAccount, unchecked } from '../core/build.ts';

const { header } = GENESIS;
const nonce = new Uint8Array(8).fill(5);
const tx = coinbase(1);
const ID = 'ab'.repeat(32);

describeVectors("Testnet's compact block 898352", () => {
  const raw = vectorBytes('bip152/compact898352.raw');
  const block = vectorBytes('bip152/block898352.raw');
  // Up to the prefilled coinbase, whose format is Bitcoin's.
  const beforeCoinbase = HEADER_BYTES + 8 + 1 + 9 * SHORT_ID_BYTES + 2;

  test('is laid out as ours are', () => {
    const bytes = Uint8Array.from([...raw.subarray(0, beforeCoinbase), ...transactionBytes(tx)]);
    const compact = decodeOrUndefined(compactBlockCodec, bytes);
    if (!compact) throw new Error('it does not decode');
    expect(headerId(compact.header)).toBe(headerId(parseBitcoinBlock(block).header));
    expect(compact.shortIds).toHaveLength(9);
    expect(compact.prefilled.map(({ index }) => index)).toEqual([0]);
    expect(compactBlockCodec.encode(compact)).toEqual(bytes);
  });
});

describe('indexes travel as differences', () => {
  test('as in BIP152: each less the one before it, less one', () => {
    const bytes = getBlockTxnCodec.encode({ blockId: ID, indexes: [0, 1, 2, 5, 300] });
    expect([...bytes.subarray(32)]).toEqual([5, 0, 0, 0, 2, 0xfd, 294 & 0xff, 294 >> 8]);
  });

  test('any ascending ones come back', () => {
    const indexes = fc
      .uniqueArray(fc.nat({ max: MAX_BLOCK_TRANSACTIONS - 1 }), { minLength: 1 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(indexes, (list) => {
        const bytes = getBlockTxnCodec.encode({ blockId: ID, indexes: list });
        expect(getBlockTxnCodec.decode(bytes).indexes).toEqual(list);
      }),
    );
  });

  test('prefilled transactions anywhere in the block come back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 39 }), { maxLength: 40 }), (places) => {
        const prefilled = places.sort((a, b) => a - b).map((index) => ({ index, tx }));
        const shortIds = Array.from({ length: 40 - places.length }, (_, i) => i * 2 ** 40);
        const compact: CompactBlock = { header, nonce, shortIds, prefilled };
        expect(compactBlockCodec.decode(compactBlockCodec.encode(compact))).toEqual(compact);
      }),
    );
  });

  test('what does not ascend can’t be said', () => {
    for (const indexes of [
      [3, 3],
      [3, 2],
    ]) {
      expect(() => getBlockTxnCodec.encode({ blockId: ID, indexes })).toThrow();
    }
  });
});

describe('what is no block is malformed', () => {
  const front = [...compactBlockCodec.encode({ header, nonce, shortIds: [1], prefilled: [] })].slice(0, 88);
  const shortId = [1, 2, 3, 4, 5, 6];
  const coinbaseBytes = [...transactionBytes(tx)];
  const malformed: [string, number[]][] = [
    ['no transactions', [...front, 0, 0]],
    ['an index beyond the end', [...front, 1, ...shortId, 1, 2, ...coinbaseBytes]],
    ['indexes that run beyond the end', [...front, 0, 2, 0, ...coinbaseBytes, 1, ...coinbaseBytes]],
    ['an index of 65,536', [...front, 1, ...shortId, 1, 0xfe, 0, 0, 1, 0, ...coinbaseBytes]],
    ['426 short ids', [...front, 0xfd, 0xaa, 1, ...new Array<number>(426 * 6).fill(7), 0]],
    [
      'one too many with the prefilled ones',
      [...front, 0xfd, 0xa9, 1, ...new Array<number>(425 * 6).fill(7), 1, 0, ...coinbaseBytes],
    ],
    ['bytes left over', [...front, 1, ...shortId, 0, 0]],
  ];
  test.each(malformed)('%s', (_, bytes) => {
    expect(decodeOrUndefined(compactBlockCodec, Uint8Array.from(bytes))).toBeUndefined();
  });

  test('but this is one', () => {
    const bytes = [...front, 1, ...shortId, 1, 1, ...coinbaseBytes];
    expect(decodeOrUndefined(compactBlockCodec, Uint8Array.from(bytes))?.prefilled[0]?.index).toBe(1);
  });

  test('a request for nothing, or beyond the longest block', () => {
    const blockId = hexToBytes(ID);
    const request = (...rest: number[]) =>
      decodeOrUndefined(getBlockTxnCodec, Uint8Array.from([...blockId, ...rest]));
    expect(request(0)).toBeUndefined();
    expect(request(1, 0xfd, 0xa9, 1)).toBeUndefined();
    expect(request(2, 0xfd, 0xa8, 1, 0)).toBeUndefined();
    expect(request(1, 0xfd, 0xa8, 1)?.indexes).toEqual([424]);
  });
});

test('the largest lawful messages are within their limits', () => {
  // All transactions prefilled, each as short as there is.
  const prefilled = Array.from({ length: 425 }, (_, index) => ({ index, tx: unchecked(someAccount(index)) }));
  const compact = encodeMessage({ name: 'compactBlock', header, nonce, shortIds: [], prefilled });
  expect(compact.length).toBeLessThanOrEqual(MESSAGES.compactBlock.maxBytes);
  const transactions = prefilled.map((each) => each.tx);
  expect(encodeMessage({ name: 'blockTxn', blockId: ID, transactions }).length).toBeLessThanOrEqual(
    MESSAGES.blockTxn.maxBytes,
  );
  const indexes = prefilled.map(({ index }) => index);
  expect(encodeMessage({ name: 'getBlockTxn', blockId: ID, indexes }).length).toBeLessThanOrEqual(
    MESSAGES.getBlockTxn.maxBytes,
  );
  expect(blockTxnCodec.decode(blockTxnCodec.encode({ blockId: ID, transactions })).transactions).toHaveLength(
    425,
  );
});
