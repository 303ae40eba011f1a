import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeCompact,
  encodeCompact,
  hashMeetsTarget,
  targetFromBits,
  workOfTarget,
} from '../../../web/core/target.ts';
import { describeVectors, vectorCases } from '../../vectors.ts';

interface CompactCase {
  readonly compact: string;
  readonly target_hex: string | null;
  readonly canonical_compact: string | null;
  readonly negative: boolean;
  readonly overflow: boolean;
}

describeVectors("Compact bits as in Bitcoin's arith_uint256", () => {
  const cases = vectorCases<CompactCase>('compact/arith_uint256_setcompact.json');

  test('are twenty', () => {
    expect(cases).toHaveLength(20);
  });

  test.each(cases)('$compact', ({ compact, target_hex, canonical_compact, negative, overflow }) => {
    const decoded = decodeCompact(Number(compact));
    expect(decoded.negative).toBe(negative);
    expect(decoded.overflow).toBe(overflow);
    if (target_hex === null || canonical_compact === null) return;
    expect(decoded.value).toBe(BigInt(`0x${target_hex}`));
    expect(encodeCompact(decoded.value, negative)).toBe(Number(canonical_compact));
  });

  test('only what is positive and below 2^256 is a target', () => {
    for (const { compact, target_hex, negative, overflow } of cases) {
      const zero = target_hex !== null && BigInt(`0x${target_hex}`) === 0n;
      expect(targetFromBits(Number(compact)) === undefined, compact).toBe(negative || overflow || zero);
    }
  });
});

describe('compact bits', () => {
  test('round towards zero, by less than one part in 2^15', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: (1n << 256n) - 1n }), (value) => {
        const { value: rounded } = decodeCompact(encodeCompact(value));
        expect(rounded <= value).toBe(true);
        expect((value - rounded) << 15n < value).toBe(true);
        expect(decodeCompact(encodeCompact(rounded)).value).toBe(rounded);
      }),
    );
  });

  test.each([
    [0x21010000, undefined],
    [0x2100ffff, 0xffffn << 240n],
    [0x220000ff, 0xffn << 248n],
    [0x22000100, undefined],
    [0x230000ff, undefined],
    [0x22010000, undefined],
    [0x21800000, undefined],
    [0x1e03ffff, 0x3ffffn << 216n],
    [0x207fffff, 0x7fffffn << 232n],
  ])('%i at the edge of 256 bits', (bits, target) => {
    expect(targetFromBits(bits)).toBe(target);
  });
});

describe('a target', () => {
  test('is met by a hash equal to it, and by none above it', () => {
    // A hash counts as a little-endian number: its last byte weighs most.
    const hash = new Uint8Array(32);
    hash[31] = 1;
    hash[0] = 5;
    const value = (1n << 248n) + 5n;
    expect(hashMeetsTarget(hash, value)).toBe(true);
    expect(hashMeetsTarget(hash, value - 1n)).toBe(false);
    expect(hashMeetsTarget(hash, value + 1n)).toBe(true);
  });

  test("costs the hashes that Bitcoin's GetBlockProof counts", () => {
    expect(workOfTarget(0xffffn << 208n)).toBe(0x100010001n);
    expect(workOfTarget((1n << 256n) - 1n)).toBe(1n);
    expect(workOfTarget(1n)).toBe(1n << 255n);
    // The room's easiest target: about 2^22 hashes.
    expect(workOfTarget(0x3ffffn << 216n)).toBe(4_194_320n);
  });
});
