import { expect, test } from 'vitest';
import { siphash24, sipKey } from '../../../web/core/siphash.ts';
import { describeVectors, vectorText } from '../../vectors.ts';

describeVectors('SipHash-2-4', () => {
  const text = vectorText('siphash/siphash24_64.json');
  const values = (text ? (JSON.parse(text) as { values_u64_hex: string[] }).values_u64_hex : []) as string[];
  const key = sipKey(Uint8Array.from({ length: 16 }, (_, i) => i));
  const hex = (word: number): string => word.toString(16).padStart(8, '0');

  test('of 0 to 63 bytes', () => {
    expect(values).toHaveLength(64);
    const ours = values.map((_, length) => {
      const { low, high } = siphash24(
        key,
        Uint8Array.from({ length }, (_, i) => i),
      );
      return hex(high) + hex(low);
    });
    expect(ours).toEqual(values);
  });

  test('of a part of a larger buffer', () => {
    const buffer = Uint8Array.from({ length: 40 }, (_, i) => (i < 3 ? 99 : i - 3));
    const { low, high } = siphash24(key, buffer.subarray(3, 3 + 20));
    expect(hex(high) + hex(low)).toBe(values[20]);
    expect(sipKey(Uint8Array.from([9, ...Array(16).keys()]).subarray(1))).toEqual(key);
  });
});
