import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compactSize, decodeOrUndefined, idCodec, sizeUpTo, text, u64 } from '../../../web/core/codec.ts';

const hex = (bytes: Uint8Array): string => bytesToHex(bytes);

describe('CompactSize', () => {
  test.each([
    [0, '00'],
    [252, 'fc'],
    [253, 'fdfd00'],
    [0xffff, 'fdffff'],
    [0x10000, 'fe00000100'],
    [0xffffffff, 'feffffffff'],
  ])('%i is %s', (value, bytes) => {
    expect(hex(compactSize.encode(value))).toBe(bytes);
    expect(compactSize.decode(hexToBytes(bytes))).toBe(value);
  });

  test.each([
    ['not the shortest: 252 in three bytes', 'fdfc00'],
    ['not the shortest: 0 in three bytes', 'fd0000'],
    ['not the shortest: 65,535 in five bytes', 'feffff0000'],
    ['eight bytes', 'ff0000000001000000'],
    ['cut off', 'fdff'],
    ['empty', ''],
    ['with a byte over', '0000'],
  ])('is refused: %s', (_, bytes) => {
    expect(decodeOrUndefined(compactSize, hexToBytes(bytes))).toBeUndefined();
  });

  test.each([-1, 1.5, NaN, 0x100000000])('can not hold %d', (value) => {
    expect(() => compactSize.encode(value)).toThrow();
  });

  test('with a cap refuses one more than it, both ways', () => {
    const capped = sizeUpTo(300);
    expect(capped.decode(capped.encode(300))).toBe(300);
    expect(() => capped.encode(301)).toThrow();
    expect(decodeOrUndefined(capped, compactSize.encode(301))).toBeUndefined();
  });
});

describe('u64', () => {
  test.each([
    [0, '0000000000000000'],
    [1, '0100000000000000'],
    [2 ** 32, '0000000001000000'],
    [2 ** 53 - 1, 'ffffffffffff1f00'],
  ])('%d is %s', (value, bytes) => {
    expect(hex(u64.encode(value))).toBe(bytes);
    expect(u64.decode(hexToBytes(bytes))).toBe(value);
  });

  test.each(['0000000000002000', 'ffffffffffffffff', '00000000000000'])('refuses %s', (bytes) => {
    expect(decodeOrUndefined(u64, hexToBytes(bytes))).toBeUndefined();
  });

  test.each([-1, 0.5, NaN, 2 ** 53])('can not hold %d', (value) => {
    expect(() => u64.encode(value)).toThrow();
  });
});

describe('text', () => {
  const memo = text(8);

  test.each(['', 'a', 'Grüße', '教室', '👋👋', '\ufeffBOM', '\u0000', 'e\u0301'])(
    '%j comes back',
    (value) => {
      expect(memo.decode(memo.encode(value))).toBe(value);
    },
  );

  test.each([
    ['a lone continuation byte', '0180'],
    ['an overlong slash', '02c0af'],
    ['a surrogate', '03eda080'],
    ['above U+10FFFF', '04f4908080'],
    ['cut off in the middle of a character', '02e695'],
    ['more bytes than its cap', '096161616161616161' + '61'],
    ['a size beyond the input', '0461'],
    ['a size not in its shortest form', 'fd010061'],
  ])('is refused: %s', (_, bytes) => {
    expect(decodeOrUndefined(memo, hexToBytes(bytes))).toBeUndefined();
  });

  test('counts bytes, not characters', () => {
    expect(memo.encode('12345678')).toHaveLength(9);
    expect(() => memo.encode('123456789')).toThrow();
    expect(() => memo.encode('教室教')).toThrow();
  });

  // The platform's encoder would write U+FFFD for it: another text than was given.
  test('refuses a lone surrogate instead of changing it', () => {
    expect(() => memo.encode('a\ud800')).toThrow();
    expect(() => memo.encode('\udc00b')).toThrow();
  });
});

test('an id is the hash in reverse', () => {
  const id = '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f';
  expect(hex(idCodec.encode(id))).toBe('6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000');
  expect(idCodec.decode(idCodec.encode(id))).toBe(id);
});

test('what was encoded decodes to the same', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 0xffffffff }),
      fc.maxSafeNat(),
      fc.string({ unit: 'binary', maxLength: 40 }),
      (size, value, memo) => {
        expect(compactSize.decode(compactSize.encode(size))).toBe(size);
        expect(u64.decode(u64.encode(value))).toBe(value);
        expect(text(512).decode(text(512).encode(memo))).toBe(memo);
      },
    ),
    { numRuns: 1000 },
  );
});
