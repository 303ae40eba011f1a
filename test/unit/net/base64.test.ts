import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../web/net/base64.ts';

test('writes what Node.js writes, and reads it back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(decodeBase64(text)).toEqual(bytes);
    }),
  );
});

test('takes more bytes than a call has arguments', () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i);
  expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
});

test.each(['AA', 'A', 'AAA', 'AA=A', 'AA==\n', ' AAAA', 'AA-_', 'AB==', '\u3042\u3042\u3042\u3042'])(
  '%j is not what it writes',
  (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  },
);
