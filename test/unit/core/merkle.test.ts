import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { hashToId, sha256d, ZERO_HASH } from '../../../web/core/hash.ts';
import { headerId } from '../../../web/core/header.ts';
import { merkleRoot } from '../../../web/core/merkle.ts';
import { describeVectors, vectorBytes, vectorCases } from '../../vectors.ts';
import { parseBitcoinBlock } from './bitcoin-block.ts';

interface RealBlock {
  readonly id: string;
  readonly transactions: number;
  readonly hex: string;
}

describeVectors('The merkle root of a real block', () => {
  const blocks = vectorCases<RealBlock>('merkle/core_blocks.json');

  test.each(blocks)('$id, $transactions transactions', ({ id, transactions, hex: raw }) => {
    const block = parseBitcoinBlock(Uint8Array.from(Buffer.from(raw, 'hex')));
    expect(headerId(block.header)).toBe(id);
    expect(block.txids).toHaveLength(transactions);
    const { root, mutated } = merkleRoot(block.txids);
    expect(bytesToHex(root)).toBe(bytesToHex(block.header.merkleRoot));
    expect(mutated).toBe(false);
  });

  test('300025, 461 transactions, and every way to repeat its end', () => {
    const { header, txids } = parseBitcoinBlock(vectorBytes('merkle/block300025.raw'));
    expect(headerId(header)).toBe('0000000000000000821c4e0acc40f88bedbce3b73ba2358b5ade58a9022cc78c');
    expect(txids).toHaveLength(461);
    expect(bytesToHex(merkleRoot(txids).root)).toBe(bytesToHex(header.merkleRoot));
    // 461 is odd: the last one alone is paired with itself.
    const copied = merkleRoot([...txids, txids[460] as Uint8Array]);
    expect(bytesToHex(copied.root)).toBe(bytesToHex(header.merkleRoot));
    expect(copied.mutated).toBe(true);
  });
});

describe('a merkle tree', () => {
  const leaf = (n: number): Uint8Array => sha256d(Uint8Array.of(n));
  const leaves = (...ns: number[]): Uint8Array[] => ns.map(leaf);
  const pair = (a: Uint8Array, b: Uint8Array): Uint8Array => sha256d(concatBytes(a, b));

  test('of nothing is zero, of one leaf that leaf', () => {
    expect(merkleRoot([])).toEqual({ root: ZERO_HASH, mutated: false });
    expect(merkleRoot(leaves(1))).toEqual({ root: leaf(1), mutated: false });
  });

  test('pairs the odd one out with itself', () => {
    const [a, b, c] = leaves(1, 2, 3) as [Uint8Array, Uint8Array, Uint8Array];
    expect(hashToId(merkleRoot([a, b, c]).root)).toBe(hashToId(pair(pair(a, b), pair(c, c))));
  });

  // CVE-2012-2459: each of these lists has the root of a shorter one.
  test.each([
    [
      [1, 2, 3],
      [1, 2, 3, 3],
    ],
    [
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6, 5, 6],
    ],
    [
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5, 5],
    ],
    [
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5, 5, 5, 5],
    ],
  ])('of %j has a mutation in %j', (honest, repeated) => {
    const original = merkleRoot(leaves(...honest));
    const copy = merkleRoot(leaves(...repeated));
    expect(hashToId(copy.root)).toBe(hashToId(original.root));
    expect(original.mutated).toBe(false);
    expect(copy.mutated).toBe(true);
  });

  test('equal leaves that are not one pair are no mutation', () => {
    expect(merkleRoot(leaves(1, 2, 2, 3)).mutated).toBe(false);
  });
});
