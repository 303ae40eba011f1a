import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashToId } from '../../../web/core/hash.ts';
import { HEADER_BYTES, headerCodec, headerId } from '../../../web/core/header.ts';
import { SHORT_ID_BYTES, shortId, shortIdCodec, shortIdKey } from '../../../web/core/short-id.ts';
import { describeVectors, vectorBytes } from '../../vectors.ts';
import { parseBitcoinBlock } from './bitcoin-block.ts';

describeVectors("Testnet's compact block 898352", () => {
  const compact = vectorBytes('bip152/compact898352.raw');
  const block = vectorBytes('bip152/block898352.raw');

  test('names nine transactions by our short ids', () => {
    const { header, txids } = parseBitcoinBlock(block);
    const raw = compact.subarray(0, HEADER_BYTES);
    expect(headerId(headerCodec.decode(raw))).toBe(headerId(header));
    // header 80, nonce 8, count 1, ids of 6 bytes; the coinbase comes whole.
    const nonce = compact.subarray(HEADER_BYTES, HEADER_BYTES + 8);
    const count = compact[HEADER_BYTES + 8] as number;
    expect(count).toBe(9);
    expect(txids).toHaveLength(10);
    const listed = Array.from({ length: count }, (_, i) => {
      const at = HEADER_BYTES + 9 + i * SHORT_ID_BYTES;
      return shortIdCodec.decode(compact.subarray(at, at + SHORT_ID_BYTES));
    });
    const key = shortIdKey(raw, nonce);
    expect(txids.slice(1).map((hash) => shortId(key, hashToId(hash)))).toEqual(listed);
  });
});

test('a short id of 48 bits comes back', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 48 - 1 }), (id) => {
      expect(shortIdCodec.encode(id)).toHaveLength(6);
      expect(shortIdCodec.decode(shortIdCodec.encode(id))).toBe(id);
    }),
  );
  expect(() => shortIdCodec.encode(2 ** 48)).toThrow();
});
