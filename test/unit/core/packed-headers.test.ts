import { describe, expect, test } from 'vitest';
import { HEADER_BYTES, headerCodec, headerId, type Header } from '../../../web/core/header.ts';
import { hashToId } from '../../../web/core/hash.ts';
import { joinHeaders, PackedHeaders, packHeaders } from '../../../web/core/packed-headers.ts';
import { GENESIS } from './build.ts';

const HEADERS = [1, 2, 3].map((n): Header => ({
  ...GENESIS.header,
  prevHash: new Uint8Array(32).fill(n),
  time: 0xf000_0000 + n,
  bits: 0x8000_0000 + n,
}));

describe('packed headers', () => {
  test('are the encoded ones, one after another', () => {
    const packed = packHeaders(HEADERS);
    expect(packed).toHaveLength(3 * HEADER_BYTES);
    for (const [n, header] of HEADERS.entries())
      expect(headerCodec.decode(packed.subarray(n * HEADER_BYTES, (n + 1) * HEADER_BYTES))).toEqual(header);
    expect(joinHeaders([packHeaders(HEADERS.slice(0, 2)), packHeaders(HEADERS.slice(2))])).toEqual(packed);
  });

  test('give the fields that the codec gives, wherever the bytes begin', () => {
    const bytes = new Uint8Array(3 * HEADER_BYTES + 7);
    bytes.set(packHeaders(HEADERS), 7);
    const packed = new PackedHeaders(bytes.subarray(7));
    expect(packed.count).toBe(3);
    for (const [n, header] of HEADERS.entries()) {
      expect(packed.id(n)).toBe(headerId(header));
      expect(packed.prevId(n)).toBe(hashToId(header.prevHash));
      expect(packed.time(n)).toBe(header.time);
      expect(packed.bits(n)).toBe(header.bits);
      expect(headerCodec.decode(packed.bytes(n))).toEqual(header);
    }
  });

  test('may be more than a function has arguments', () => {
    const many = Array.from({ length: 200_000 }, () => HEADERS[0] as Header);
    expect(packHeaders(many)).toHaveLength(200_000 * HEADER_BYTES);
  });

  test('must be whole', () => {
    expect(() => new PackedHeaders(new Uint8Array(HEADER_BYTES + 1))).toThrow(RangeError);
  });
});
