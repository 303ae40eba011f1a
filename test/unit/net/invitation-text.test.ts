import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { encode } from 'uqr';
import { describe, expect, test } from 'vitest';
import {
  descriptionCodec,
  MAX_CANDIDATES,
  readSdp,
  type Description,
} from '../../../web/net/invitation-sdp.ts';
import { readLetter, writeLetter, type InvitationLetter } from '../../../web/net/invitation-text.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import { FIREFOX_ANSWER } from './recorded-sdp.ts';

const ROOM = deriveRoom('class-7b');
const description = readSdp(FIREFOX_ANSWER) as Description;
const LETTER: InvitationLetter = {
  kind: 'answer',
  id: '00112233445566778899aabbccddeeff',
  madeAtSeconds: 1_767_225_600,
  from: { key: '11'.repeat(32), session: '22'.repeat(8) },
  description,
};

let drawn = 0;
/** Different bytes at each call, the same in each run. */
const random = (bytes: number) => new Uint8Array(bytes).fill(++drawn);
const write = (change: Partial<InvitationLetter> = {}) => writeLetter(ROOM, { ...LETTER, ...change }, random);
const problemOf = (text: string, room = ROOM) => {
  const result = readLetter(room, text, 'answer');
  return result.ok ? 'none' : result.problem;
};

const text = write();
const opened = { ok: true, letter: LETTER };

test('a letter comes back whole, for who has the room', () => {
  expect(text).toMatch(/^tabchain1\.[A-Za-z0-9_-]+\.$/);
  expect(readLetter(ROOM, text, 'answer')).toEqual(opened);
  expect(write()).not.toBe(text);
});

test('it is short enough for a QR code that a telephone reads off a screen', () => {
  expect(text.length).toBeLessThan(400);
  const longest = { kind: 'host', address: 'a'.repeat(39), port: 65535, priority: 2 ** 32 - 1 } as const;
  const candidates = Array.from({ length: MAX_CANDIDATES }, () => longest);
  const most = write({
    description: { ufrag: 'a'.repeat(32), pwd: 'b'.repeat(64), fingerprint: '33'.repeat(32), candidates },
  });
  expect(most.length).toBeLessThan(1_000);
  // Version 25 has 117 modules a side: two pixels each on the smallest screens.
  expect(encode(most, { ecc: 'M' }).version).toBeLessThanOrEqual(25);
  expect(readLetter(ROOM, most, 'answer').ok).toBe(true);
});

describe('people and messengers', () => {
  const half = text.length >> 1;
  test.each([
    ['greetings around it', `Hi! Open this:\n${text}\nSee you there. Bob`],
    ['a link around it', `https://host.example/#room/invite/${text}`],
    ['the last dot lost', `https://host.example/#room/invite/${text.slice(0, -1)}`],
    ['spaces and line breaks', ` \n${text.replaceAll(/.{40}/g, '$&\r\n ')}\n`],
    ['a mail program’s quoting', `> ${text.replaceAll(/.{60}/g, '$&\n> ')}`],
    ['invisible marks where lines may break', `${text.slice(0, half)}\u200b\u00ad${text.slice(half)}`],
    ['the other one quoted above it', `${write({ kind: 'invitation' })}\n\n${text}`],
    ['a damaged one above it', `${text.slice(0, half)}.\n\n${text}`],
  ])('%s', (_name, pasted) => expect(readLetter(ROOM, pasted, 'answer')).toEqual(opened));
});

describe('what can’t be used says why', () => {
  test.each([
    ['nothing', '', 'no-letter'],
    ['a room’s link', 'https://host.example/#class-7b', 'no-letter'],
    ['only its beginning', 'tabchain1', 'no-letter'],
    ['a later version', text.replace('tabchain1', 'tabchain2'), 'other-version'],
    ['no content', 'tabchain1..', 'damaged'],
    ['text that goes on without the last dot', `${text.slice(0, -1)}\nSee you`, 'damaged'],
    ['a text without end', `tabchain1.${'A'.repeat(100_000)}`, 'damaged'],
    ['the invitation in place of the answer', write({ kind: 'invitation' }), 'wrong-kind'],
  ])('%s', (_name, pasted, problem) => expect(problemOf(pasted)).toBe(problem));

  test('another room’s', () => {
    expect(problemOf(text, deriveRoom('class-7c'))).toBe('other-room');
    expect(problemOf(text, { ...ROOM, roomId: deriveRoom('class-7c').roomId })).toBe('other-room');
  });

  test('cut anywhere, or with any character changed', () => {
    const start = 'tabchain1.'.length;
    for (let length = start; length < text.length - 1; length += 1)
      expect(problemOf(text.slice(0, length))).toBe('damaged');
    for (let i = start; i < text.length - 1; i += 1) {
      const other = text[i] === 'A' ? 'B' : 'A';
      expect(problemOf(text.slice(0, i) + other + text.slice(i + 1))).toBe('damaged');
    }
  });

  test('garbage, without a throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (garbage) => {
        expect(problemOf(`tabchain1.${garbage}`)).not.toBe('none');
      }),
    );
  });
});

test('what a holder of the link seals instead of a letter is no letter, without a throw', () => {
  const seal = (plain: Uint8Array) => {
    const nonce = random(24);
    const bound = new TextEncoder().encode(`tabchain/invitation/v1${ROOM.roomId}${LETTER.id}answer`);
    const sealed = xchacha20poly1305(ROOM.sealKey, nonce, bound).encrypt(plain);
    const bytes = Buffer.concat([Uint8Array.of(2), Buffer.from(LETTER.id, 'hex'), nonce, sealed]);
    return `tabchain1.${Buffer.concat([bytes, sha256(bytes).subarray(0, 4)]).toString('base64url')}.`;
  };
  const time = Uint8Array.of(0, 0, 0, 0);
  const self = Buffer.alloc(40);
  const good = Buffer.concat([time, self, descriptionCodec.encode(description)]);
  expect(readLetter(ROOM, seal(good), 'answer')).toMatchObject({ ok: true, letter: { description } });
  expect(problemOf(seal(good.subarray(1)))).toBe('other-version');
  expect(problemOf(seal(Buffer.concat([good, time])))).toBe('other-version');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (plain) => {
      expect(problemOf(seal(plain))).toBe('other-version');
      problemOf(seal(Buffer.concat([time, self, plain])));
    }),
  );
});

test('kind and id are sealed in: neither can be exchanged by who has no key', () => {
  const bytes = Buffer.from(text.slice('tabchain1.'.length, -1), 'base64url').subarray(0, -4);
  for (const offset of [0, 1, 16]) {
    const forged = Uint8Array.from(bytes);
    // Kind 2 becomes kind 1; an id becomes another one.
    forged[offset] = offset === 0 ? 1 : (forged[offset] as number) ^ 1;
    const whole = Buffer.concat([forged, sha256(forged).subarray(0, 4)]);
    expect(problemOf(`tabchain1.${whole.toString('base64url')}.`)).toBe('other-room');
  }
});
