import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPayload, MAX_PAYLOAD_CHARS } from '../../../signaling/protocol.ts';
import {
  MAX_CANDIDATE_CHARS,
  MAX_MID_CHARS,
  MAX_SDP_CHARS,
  type SignalEnvelope,
} from '../../../web/net/envelope.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import { open, openBytes, seal, sealBytes } from '../../../web/net/seal.ts';
import { MAX_SIGNAL_BYTES } from '../../../web/node/signal.ts';

const ROOM = deriveRoom('class-7b');
const OTHER_ROOM = deriveRoom('class-7c');
const ROUTE = { from: '0123456789abcdef', to: 'fedcba9876543210' };
const LINK_ID = '00112233445566778899aabbccddeeff';
const ANSWER: SignalEnvelope = {
  kind: 'answer',
  linkId: LINK_ID,
  data: { type: 'answer', sdp: 'v=0\r\n' },
};

let drawn = 0;
/** Different bytes at each call, the same in each run. */
const random = (bytes: number) => new Uint8Array(bytes).fill(++drawn);

/** What another holder of the room's key could send: any bytes, properly sealed. */
function sealPlain(plain: Uint8Array): string {
  const aad = new TextEncoder().encode(`tabchain/signal/v1${ROOM.roomId}${ROUTE.from}${ROUTE.to}`);
  const nonce = random(24);
  const sealed = xchacha20poly1305(ROOM.sealKey, nonce, aad).encrypt(plain);
  return Buffer.concat([nonce, sealed]).toString('base64');
}

const sealText = (text: string) => sealPlain(new TextEncoder().encode(text));

describe('a sealed envelope', () => {
  test('opens for who it is for', () => {
    expect(open(ROOM, ROUTE, seal(ROOM, ROUTE, ANSWER, random))).toEqual(ANSWER);
  });

  test('has the documented form', () => {
    expect(open(ROOM, ROUTE, sealText(JSON.stringify(ANSWER)))).toEqual(ANSWER);
  });

  test('shows nothing, and looks different each time', () => {
    const first = seal(ROOM, ROUTE, ANSWER, random);
    expect(isPayload(first)).toBe(true);
    expect(Buffer.from(first, 'base64').toString('latin1')).not.toContain(LINK_ID);
    expect(seal(ROOM, ROUTE, ANSWER, random)).not.toBe(first);
  });

  test('fits a message, however long and strange its SDP', () => {
    const envelope: SignalEnvelope = {
      kind: 'offer',
      linkId: LINK_ID,
      key: LINK_ID + LINK_ID,
      session: ROUTE.from,
      data: { type: 'offer', sdp: '\n'.repeat(MAX_SDP_CHARS) },
    };
    const payload = seal(ROOM, ROUTE, envelope, random);
    expect(payload.length).toBeLessThanOrEqual(MAX_PAYLOAD_CHARS);
    expect(open(ROOM, ROUTE, payload)).toEqual(envelope);
  });

  test('over the cap is a bug of ours', () => {
    const data = { type: 'answer', sdp: 'v'.repeat(MAX_PAYLOAD_CHARS) } as const;
    expect(() => seal(ROOM, ROUTE, { ...ANSWER, data }, random)).toThrow(RangeError);
  });
});

describe('a relayed envelope', () => {
  const from = '11'.repeat(40);
  const to = '22'.repeat(40);
  const bytes = sealBytes(ROOM, { from, to }, ANSWER, random);

  test('travels as bytes, bound to both addresses', () => {
    expect(openBytes(ROOM, { from, to }, bytes)).toEqual(ANSWER);
    expect(openBytes(ROOM, { from: to, to: from }, bytes)).toBeUndefined();
    expect(openBytes(ROOM, { from, to: '33'.repeat(40) }, bytes)).toBeUndefined();
    expect(openBytes(OTHER_ROOM, { from, to }, bytes)).toBeUndefined();
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Uint8Array.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(openBytes(ROOM, { from, to }, altered)).toBeUndefined();
      expect(openBytes(ROOM, { from, to }, bytes.subarray(0, at))).toBeUndefined();
    }
  });

  test('is not one of the server’s route', () => {
    const text = Buffer.from(bytes).toString('base64');
    expect(open(ROOM, { from: from.slice(0, 16), to: to.slice(0, 16) }, text)).toBeUndefined();
  });

  test('of what a browser writes fits a signal', () => {
    const lines = 'a=candidate:1 1 udp 2113937151 192.168.178.201 54321 typ host generation 0\r\n'.repeat(20);
    const data = { type: 'offer', sdp: `v=0\r\n${lines}` } as const;
    const key = LINK_ID + LINK_ID;
    const offer: SignalEnvelope = { kind: 'offer', linkId: LINK_ID, key, session: ROUTE.from, data };
    expect(sealBytes(ROOM, { from, to }, offer, random).length).toBeLessThan(MAX_SIGNAL_BYTES);
    const candidate = { candidate: '\\'.repeat(MAX_CANDIDATE_CHARS), sdpMid: '\\'.repeat(MAX_MID_CHARS) };
    const longest: SignalEnvelope = {
      kind: 'candidate',
      linkId: LINK_ID,
      data: { type: 'candidate', candidate: { ...candidate, sdpMLineIndex: 0 } },
    };
    expect(sealBytes(ROOM, { from, to }, longest, random).length).toBeLessThan(MAX_SIGNAL_BYTES);
  });
});

describe('what does not open', () => {
  const payload = seal(ROOM, ROUTE, ANSWER, random);

  test.each([
    ['another sender', { ...ROUTE, from: 'ffffffffffffffff' }],
    ['another recipient', { ...ROUTE, to: 'ffffffffffffffff' }],
    ['the way back', { from: ROUTE.to, to: ROUTE.from }],
  ])('%s', (_name, route) => {
    expect(open(ROOM, route, payload)).toBeUndefined();
  });

  test('another key, another room', () => {
    expect(open(OTHER_ROOM, ROUTE, payload)).toBeUndefined();
    expect(open({ ...ROOM, roomId: OTHER_ROOM.roomId }, ROUTE, payload)).toBeUndefined();
    expect(open({ ...ROOM, sealKey: OTHER_ROOM.sealKey }, ROUTE, payload)).toBeUndefined();
  });

  test('any bit changed, any end cut', () => {
    const bytes = Buffer.from(payload, 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(open(ROOM, ROUTE, altered.toString('base64'))).toBeUndefined();
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(open(ROOM, ROUTE, bytes.subarray(0, length).toString('base64'))).toBeUndefined();
    }
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'offer'],
    ['null', 'null'],
    ['no envelope', '{"kind":"offer"}'],
  ])('sealed well, but %s', (_name, text) => {
    expect(open(ROOM, ROUTE, sealText(text))).toBeUndefined();
  });

  test('sealed well, but not UTF-8', () => {
    expect(open(ROOM, ROUTE, sealPlain(Uint8Array.of(0x22, 0xff, 0x22)))).toBeUndefined();
  });

  test('over the cap', () => {
    const long = JSON.stringify({ ...ANSWER, padding: 'x'.repeat(MAX_PAYLOAD_CHARS) });
    expect(open(ROOM, ROUTE, sealText(long))).toBeUndefined();
  });

  test('garbage, without a throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String({ maxLength: 400 })), (text) => {
        expect(open(ROOM, ROUTE, text)).toBeUndefined();
        open(ROOM, ROUTE, sealText(text));
      }),
    );
  });
});
