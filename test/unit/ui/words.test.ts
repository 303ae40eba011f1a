import { describe, expect, onTestFinished, test } from 'vitest';
import { MAX_MEMO_BYTES as CONSENSUS_MEMO_BYTES } from '../../../web/core/transaction.ts';
import { HEADER_BYTES } from '../../../web/core/header.ts';
import { parseRoomLink } from '../../../web/net/room.ts';
import { headerBytes, headerFields } from '../../../web/ui/chain/header-bytes.ts';
import { MAX_MEMO_BYTES, memoBytes } from '../../../web/ui/chain/memo-bytes.ts';
import { byteSize, hashRate } from '../../../web/ui/format/quantity.ts';
import { relativeTime } from '../../../web/ui/format/relative-time.ts';
import { roughTime } from '../../../web/ui/format/rough-time.ts';
import { shortId } from '../../../web/ui/format/short-id.ts';
import { adjectives, animals, places } from '../../../web/ui/name-words.ts';
import { accountName, isNobody, roomName } from '../../../web/ui/names.ts';
import { m } from '../../../web/ui/paraglide/messages.js';
import { baseLocale, overwriteGetLocale } from '../../../web/ui/paraglide/runtime.js';
import { placeHref, placeOf, type Detail, type Place } from '../../../web/ui/place.ts';
import { roomLink } from '../../../web/ui/share/room-link.ts';
import { NOBODY } from './snapshots.ts';

test('a name depends on the key alone, and on its first four bytes', () => {
  const name = accountName('00010002' + 'ff'.repeat(28));
  expect(name).toBe(`${adjectives[1]} ${animals[2]}`);
  expect(accountName('00010002' + '00'.repeat(28))).toBe(name);
  expect(roomName('00010002' + 'ff'.repeat(12))).toBe(`${adjectives[1]} ${places[2]}`);
});

test.each([adjectives, animals, places])('words are about a hundred, each once', (...words) => {
  expect(new Set(words).size).toBe(words.length);
  expect(words.length).toBeGreaterThan(90);
});

test('nobody is the zero account only', () => {
  expect(isNobody(NOBODY)).toBe(true);
  expect(isNobody('0'.repeat(63) + '1')).toBe(false);
});

test('the composer counts as the consensus rule does', () => {
  expect(MAX_MEMO_BYTES).toBe(CONSENSUS_MEMO_BYTES);
  expect(memoBytes('aé日🎉')).toBe(1 + 2 + 3 + 4);
});

test('the fields of a header cover its 80 bytes, in order', () => {
  const header = Array.from({ length: HEADER_BYTES }, (_, i) => i.toString(16).padStart(2, '0')).join('');
  const bytes = headerBytes(header);
  expect(bytes.map(({ hex }) => hex).join('')).toBe(header);
  expect(headerFields.reduce((sum, { bytes: length }) => sum + length, 0)).toBe(HEADER_BYTES);
  expect(bytes[4]).toEqual({ offset: 4, hex: '04', field: 'prevHash' });
  expect(bytes[79]?.field).toBe('nonce');
});

describe('places', () => {
  const ID = '0f'.repeat(32);
  const nowhere: Place = { view: 'chain', detail: undefined };
  const at = (detail: Detail): Place => ({ view: 'chain', detail });

  test.each<[string, Place]>([
    ['#room', nowhere],
    ['#room/network', { view: 'network' }],
    ['#room/block/12', at({ kind: 'block', height: 12 })],
    ['#%E6%95%99%E5%AE%A4/block/0', at({ kind: 'block', height: 0 })],
    [`#room/tx/${ID}`, at({ kind: 'transaction', id: ID })],
    [`#room/account/${ID}`, at({ kind: 'account', key: ID })],
    ['#room/search/100%', at({ kind: 'search', text: '100%' })],
    ['#room/search/%20', nowhere],
    ['#room/forks', { view: 'forks', block: undefined }],
    [`#room/forks/${ID}`, { view: 'forks', block: ID }],
    ['#room/forks/12', nowhere],
    ['#room/block/-1', nowhere],
    ['#room/block/12345678901', nowhere],
    ['#room/tx/12', nowhere],
    [`#room/account/${ID}0`, nowhere],
    ['#room/elsewhere', nowhere],
    ['', nowhere],
  ])('%s', (hash, place) => expect(placeOf(hash)).toEqual(place));

  test.each<Place>([
    { view: 'network' },
    { view: 'forks', block: undefined },
    { view: 'forks', block: ID },
    nowhere,
    at({ kind: 'block', height: 7 }),
    at({ kind: 'transaction', id: ID }),
    at({ kind: 'account', key: ID }),
    at({ kind: 'search', text: 'a/b #c 100% 教室' }),
  ])('a link leads to the place it was made of: %o', (place) => {
    expect(placeOf(placeHref('a/b room', place))).toEqual(place);
  });

  test('a place is not part of the secret', () => {
    const link = placeHref('a/b room', at({ kind: 'search', text: '#other/room' }));
    expect(parseRoomLink(link)).toEqual({ ok: true, secret: 'a/b room' });
  });
});

test('a room link keeps the network and nothing else of the query', () => {
  const page = { origin: 'https://example.org', pathname: '/', search: '?utm=1' };
  expect(roomLink(page, 'class 7b', 'room')).toBe('https://example.org/#class%207b');
  expect(roomLink(page, 'class-7b', 'regtest')).toBe('https://example.org/?network=regtest#class-7b');
});

test.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1024, '1 KiB'],
  [14_540, '14.2 KiB'],
  [1024 * 1024 - 1, '1 MiB'],
  [5e9, '4.66 GiB'],
])('%d bytes are %s', (bytes, text) => expect(byteSize(bytes)).toBe(text));

test.each([
  [0, '0 H/s'],
  [999, '999 H/s'],
  [999_999, '1 MH/s'],
  [1_243_000, '1.24 MH/s'],
])('%d hashes a second are %s', (rate, text) => expect(hashRate(rate)).toBe(text));

test.each([
  [0, 'now'],
  [-90_000, 'now'],
  [12_300, '12s ago'],
  [59_999, '59s ago'],
  [3 * 60_000, '3m ago'],
  [26 * 3_600_000, '1d ago'],
])('an age of %d ms reads %s', (ageMs, text) => expect(relativeTime(1e12 - ageMs, 1e12)).toBe(text));

test('a short id shows both ends, and a short text itself', () => {
  expect(shortId('0123456789abcdef', 4)).toBe('0123…cdef');
  expect(shortId('012345678', 4)).toBe('012345678');
});

test.each([
  [0, '10 seconds'],
  [10_001, '20 seconds'],
  [49_000, '50 seconds'],
  [50_001, '1 minute'],
  [61_000, '2 minutes'],
  [3_500_000, '59 minutes'],
  [3_600_000, '1 hour'],
  [3_700_000, '2 hours'],
])('%i ms are about %s', (ms, words) => expect(roughTime(ms)).toBe(words));

test('the time left is told in the page’s language', () => {
  overwriteGetLocale(() => 'ja');
  onTestFinished(() => overwriteGetLocale(() => baseLocale));
  expect(m.notices_time_left({ time: roughTime(61_000) }).replaceAll(' ', '')).toBe('残り約2分。');
});
