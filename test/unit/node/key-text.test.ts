import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyText, readKeyText } from '../../../web/node/key-text.ts';
import { wallet } from '../core/build.ts';

const { secretKey, id } = wallet(7);
const text = keyText(secretKey);

test('a key comes back as it was written, however it was copied', () => {
  const copied = `  ${text.slice(0, 40).toUpperCase()}\r\n ${text.slice(40)}\n`;
  for (const form of [text, copied]) expect(readKeyText(form)).toEqual({ ok: true, secretKey, account: id });
});

test('one wrong digit is noticed, wherever it is', () => {
  const digits = [...text.matchAll(/[0-9a-f]/g)].map(({ index }) => index).filter((at) => at > 15);
  fc.assert(
    fc.property(fc.constantFrom(...digits), fc.integer({ min: 1, max: 15 }), (at, change) => {
      const digit = (parseInt(text.charAt(at), 16) ^ change).toString(16);
      const read = readKeyText(text.slice(0, at) + digit + text.slice(at + 1));
      expect(read).toEqual({ ok: false, problem: 'damaged' });
    }),
    { numRuns: 20 },
  );
});

test.each(['', id, 'tabchain-key:2:' + text.slice(15), text.slice(0, -1), `${text}0`, `key: ${text}`])(
  '%j is no key',
  (other) => expect(readKeyText(other)).toEqual({ ok: false, problem: 'not-a-key' }),
);
