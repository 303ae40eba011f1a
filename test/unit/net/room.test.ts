import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deriveRoom,
  isGuessable,
  MAX_SECRET_CHARS,
  newRoomSecret,
  parseRoomLink,
  roomFragment,
} from '../../../web/net/room.ts';

const SECRET = 'AAECAwQFBgcICQoLDA0ODw';

function secretOf(input: string): string {
  const result = parseRoomLink(input);
  if (!result.ok) throw new Error(`${JSON.stringify(input)} is refused: ${result.problem}`);
  return result.secret;
}

describe('derivation', () => {
  test.each([SECRET, 'class-7b', '教室'])('of "%s" is what another HKDF says', (secret) => {
    const hkdf = (info: string, bytes: number) =>
      Buffer.from(hkdfSync('sha256', secret, 'tabchain/room/v1', info, bytes)).toString('hex');
    const room = deriveRoom(secret);
    expect(room.roomId).toBe(hkdf('room id', 16));
    expect(Buffer.from(room.sealKey).toString('hex')).toBe(hkdf('seal key', 32));
    expect(Buffer.from(room.genesisSeed).toString('hex')).toBe(hkdf('genesis seed', 32));
  });

  test('does not change, or every room would lose its chain', () => {
    const room = deriveRoom('class-7b');
    expect(room.roomId).toBe('de0bf29e2db07e4cd4c5feb457ac17fd');
    expect(Buffer.from(room.sealKey).toString('hex')).toBe(
      '1ce149ade69c000d9392ecab5fa268aad473065309e4966a1c30df713e3b5241',
    );
    expect(Buffer.from(room.genesisSeed).toString('hex')).toBe(
      '2eb33c1730400c9878c026acfb704b7ccf4431c2fcb735c85e80c57461aa1f20',
    );
  });

  test('does not depend on how a keyboard composes, or on spaces around', () => {
    expect(deriveRoom(' cafe\u0301\n')).toEqual(deriveRoom('caf\u00e9'));
    expect(deriveRoom('Class')).not.toEqual(deriveRoom('class'));
  });
});

describe('a room link', () => {
  test.each([
    [`http://localhost:8080/#${SECRET}`, SECRET],
    [`  https://example.org/?network=regtest#${SECRET}\n`, SECRET],
    [`localhost:8080/#${SECRET}`, SECRET],
    [`#${SECRET}`, SECRET],
    [SECRET, SECRET],
    ['class-7b', 'class-7b'],
    ['#class%207b', 'class 7b'],
    ['http://h/#%E6%95%99%E5%AE%A4', '教室'],
    ['http://h/#caf%65%CC%81', 'caf\u00e9'],
    [`http://h/#${SECRET}/block/12`, SECRET],
    ['#a%2Fb/block/12', 'a/b'],
    ['#100%', '100%'],
    ['100%25', '100%25'],
    ['a/b', 'a/b'],
    ['c#', 'c#'],
    ['x'.repeat(MAX_SECRET_CHARS), 'x'.repeat(MAX_SECRET_CHARS)],
  ])('%j is understood', (input, secret) => {
    expect(secretOf(input)).toBe(secret);
  });

  test.each([
    ['', 'empty'],
    [' \n', 'empty'],
    ['#', 'empty'],
    ['http://localhost:8080/#', 'empty'],
    ['#%20', 'empty'],
    ['#/block/12', 'empty'],
    ['http://localhost:8080/', 'no-room'],
    ['x'.repeat(MAX_SECRET_CHARS + 1), 'too-long'],
    ['a\u0000b', 'unwritable'],
    ['#a%0Ab', 'unwritable'],
    ['a\ud800', 'unwritable'],
  ])('%j is refused: %s', (input, problem) => {
    expect(parseRoomLink(input)).toEqual({ ok: false, problem });
  });

  test('any secret survives the way into a link and back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (typed) => {
        const result = parseRoomLink(typed);
        if (!result.ok) return;
        expect(parseRoomLink(`http://localhost:8080/${roomFragment(result.secret)}/place`)).toEqual(result);
      }),
    );
  });

  test('garbage never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (input) => {
        const result = parseRoomLink(`#${input}`);
        if (result.ok) deriveRoom(result.secret);
      }),
    );
  });
});

describe('a new secret', () => {
  test('is 16 random bytes in base64url', () => {
    expect(newRoomSecret((bytes) => Uint8Array.from({ length: bytes }, (_, i) => i))).toBe(SECRET);
    expect(newRoomSecret((bytes) => new Uint8Array(bytes).fill(0xff))).toBe('_____________________w');
    expect(newRoomSecret((bytes) => new Uint8Array(bytes).fill(0xfb))).toBe('-_v7-_v7-_v7-_v7-_v7-w');
  });

  test('is the only kind that nobody guesses', () => {
    expect(isGuessable(SECRET)).toBe(false);
    expect(isGuessable(SECRET.slice(1))).toBe(true);
    expect(isGuessable('class-7b')).toBe(true);
    expect(isGuessable('a sentence of many words that people know')).toBe(true);
  });
});
