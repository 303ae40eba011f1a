import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ERROR_MESSAGES,
  MAX_ERROR_CHARS,
  MAX_ICE_SERVERS,
  MAX_ICE_TEXT_CHARS,
  MAX_ICE_URLS,
  MAX_MESSAGE_BYTES,
  MAX_PAYLOAD_CHARS,
  MAX_RETRY_MS,
  MAX_ROOM_MEMBERS,
  MAX_ROSTER_PEERS,
  parseClientMessage,
  parseIceServers,
  parseServerMessage,
} from '../../signaling/protocol.ts';

const ID = '0123456789abcdef';
const ROOM = `${ID}${ID}`;
const WELCOME = { type: 'welcome', id: ID, peers: [ID], members: 2, iceServers: [] };
const ROSTER = { type: 'roster', peers: [], members: 1 };

const CLIENT_MESSAGES = [
  { type: 'join', room: ROOM },
  { type: 'signal', to: ID, payload: 'AAA=' },
  { type: 'signal', to: ID, payload: 'A'.repeat(MAX_PAYLOAD_CHARS) },
  { type: 'roster' },
  { type: 'ping' },
];

const SERVER_MESSAGES = [
  WELCOME,
  { ...WELCOME, members: MAX_ROOM_MEMBERS, peers: Array(MAX_ROSTER_PEERS).fill(ID) },
  {
    ...WELCOME,
    iceServers: [
      { urls: ['stun:a'] },
      { urls: ['turns:b:443?transport=tcp'], username: 'u', credential: 'c' },
    ],
  },
  ROSTER,
  { type: 'signal', from: ID, payload: 'AAAA' },
  { type: 'unreachable', to: ID },
  { type: 'pong' },
  { type: 'ice-servers', iceServers: [{ urls: ['stun:a'] }] },
  { type: 'error', code: 'room-full', message: ERROR_MESSAGES['room-full'] },
  { type: 'error', code: 'shutting-down', message: 'Bye.', retryMs: MAX_RETRY_MS },
];

const BAD_SERVER_MESSAGES = [
  { ...WELCOME, id: 'me' },
  { ...WELCOME, id: undefined },
  { ...WELCOME, peers: ID },
  { ...WELCOME, peers: [1] },
  { ...WELCOME, peers: Array(MAX_ROSTER_PEERS + 1).fill(ID) },
  { ...WELCOME, members: 0 },
  { ...WELCOME, members: 1.5 },
  { ...WELCOME, members: '2' },
  { ...WELCOME, members: MAX_ROOM_MEMBERS + 1 },
  { ...WELCOME, iceServers: undefined },
  { ...ROSTER, members: undefined },
  { type: 'signal', from: ID },
  { type: 'signal', from: 'x', payload: 'AAAA' },
  { type: 'signal', from: ID, payload: 'AAA' },
  { type: 'signal', from: ID, payload: '' },
  { type: 'signal', from: ID, payload: 'A=AA' },
  { type: 'signal', from: ID, payload: 'A'.repeat(MAX_PAYLOAD_CHARS + 4) },
  { type: 'unreachable' },
  { type: 'error', code: 'toString', message: 'x' },
  { type: 'error', code: 'room-full' },
  { type: 'error', code: 'room-full', message: 'x'.repeat(MAX_ERROR_CHARS + 1) },
  { type: 'error', code: 'shutting-down', message: 'Bye.', retryMs: -1 },
  { type: 'error', code: 'shutting-down', message: 'Bye.', retryMs: 0.5 },
  { type: 'error', code: 'shutting-down', message: 'Bye.', retryMs: MAX_RETRY_MS + 1 },
  { type: 'ice-servers' },
  { type: 'ice-servers', iceServers: [{ urls: 'turn:a' }] },
  { type: 'join', room: ROOM },
];

const BAD_ICE_SERVERS: [string, unknown][] = [
  ['no list', {}],
  ['nothing', undefined],
  ['no object', ['stun:a']],
  ['no URL', [{}]],
  ['an empty list of URLs', [{ urls: [] }]],
  ['another scheme', [{ urls: 'https://a' }]],
  ['a space', [{ urls: 'stun:a b' }]],
  ['turn without a user', [{ urls: 'turn:a' }]],
  ['turn without a credential', [{ urls: 'TURN:a', username: 'u' }]],
  ['a user that is no text', [{ urls: 'turn:a', username: 1, credential: 'c' }]],
  ['too many', Array(MAX_ICE_SERVERS + 1).fill({ urls: 'stun:a' })],
  ['too many URLs', [{ urls: Array(MAX_ICE_URLS + 1).fill('stun:a') }]],
  ['a long URL', [{ urls: `stun:${'a'.repeat(MAX_ICE_TEXT_CHARS)}` }]],
];

describe('messages', () => {
  test.each(CLIENT_MESSAGES)('$type of a node comes through whole', (message) => {
    expect(parseClientMessage(JSON.stringify(message))).toEqual(message);
  });

  test.each(SERVER_MESSAGES)('$type of the server comes through whole', (message) => {
    expect(parseServerMessage(JSON.stringify(message))).toEqual(message);
  });

  test('unknown fields are left out', () => {
    expect(parseClientMessage('{"type":"ping","__proto__":{"a":1},"b":2}')).toEqual({ type: 'ping' });
    expect(parseServerMessage('{"type":"pong","b":2}')).toEqual({ type: 'pong' });
  });

  test.each(BAD_SERVER_MESSAGES)('no server says %j', (message) => {
    expect(parseServerMessage(JSON.stringify(message))).toBeUndefined();
  });

  test('a text over the cap is not even read', () => {
    const padded = (length: number) => '{"type":"ping"}'.padEnd(length);
    expect(parseClientMessage(padded(MAX_MESSAGE_BYTES))).toEqual({ type: 'ping' });
    expect(parseClientMessage(padded(MAX_MESSAGE_BYTES + 1))).toBeUndefined();
    expect(parseServerMessage('{"type":"pong"}'.padEnd(MAX_MESSAGE_BYTES + 1))).toBeUndefined();
  });

  test('the largest welcome fits into a message', () => {
    const text = 'x'.repeat(MAX_ICE_TEXT_CHARS);
    const server = {
      urls: Array(MAX_ICE_URLS).fill(`stun:${text}`.slice(0, MAX_ICE_TEXT_CHARS)),
      username: text,
      credential: text,
    };
    const welcome = {
      ...WELCOME,
      peers: Array(MAX_ROSTER_PEERS).fill(ID),
      iceServers: Array(MAX_ICE_SERVERS).fill(server),
    };
    expect(parseServerMessage(JSON.stringify(welcome))).toEqual(welcome);
  });

  test('every error sentence fits its cap', () => {
    for (const sentence of Object.values(ERROR_MESSAGES)) {
      expect(sentence.length).toBeLessThanOrEqual(MAX_ERROR_CHARS);
    }
  });
});

describe('ICE servers', () => {
  test('one URL becomes a list of one', () => {
    expect(parseIceServers([{ urls: 'stun:a:3478' }])).toEqual([{ urls: ['stun:a:3478'] }]);
  });

  test.each(BAD_ICE_SERVERS)('refuses %s', (_name, json) => {
    expect(parseIceServers(json)).toBeUndefined();
  });
});

describe('garbage', () => {
  const parsers = [parseClientMessage, parseServerMessage];

  test('text never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const parse of parsers) expect(parse(text)).toBeUndefined();
      }),
    );
  });

  test('a valid message with any field replaced is valid or refused, and stays itself when read again', () => {
    const messages = [...CLIENT_MESSAGES, ...SERVER_MESSAGES];
    const fields = [...new Set(messages.flatMap((message) => Object.keys(message)))];
    fc.assert(
      fc.property(
        fc.constantFrom(...messages),
        fc.constantFrom(...fields),
        fc.jsonValue(),
        (message, field, value) => {
          for (const parse of parsers) {
            const parsed = parse(JSON.stringify({ ...message, [field]: value }));
            if (parsed !== undefined) expect(parse(JSON.stringify(parsed))).toEqual(parsed);
          }
        },
      ),
    );
  });
});
