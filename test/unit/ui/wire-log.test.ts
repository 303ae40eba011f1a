import { expect, test } from 'vitest';
import type { WireRecord } from '../../../web/node/wire-record.ts';
import {
  everybodyIn,
  everything,
  filtered,
  linkKeys,
  MAX_RECORDS,
  whoOf,
  withNews,
} from '../../../web/ui/wire/wire-log.ts';
import { fieldRows, hexRows, jsonLines, summary } from '../../../web/ui/wire/wire-text.ts';
import { ALICE } from './snapshots.ts';

const LINK = '11'.repeat(16);

function record(number: number, changes: Partial<WireRecord> = {}): WireRecord {
  return {
    number,
    atMs: 1_767_225_600_000 + number,
    direction: 'received',
    linkId: LINK,
    peer: ALICE,
    name: 'ping',
    size: 9,
    bytes: new Uint8Array([3, 1, 2, 3, 4, 5, 6, 7, 8]),
    fields: { token: '0102030405060708' },
    ...changes,
  };
}

test('the newest come first, and the oldest go when there are too many', () => {
  const some = withNews([record(1)], [record(2), record(3)]);
  expect(some.map(({ number }) => number)).toEqual([3, 2, 1]);
  const many = Array.from({ length: MAX_RECORDS }, (_, i) => record(i + 4));
  const kept = withNews(some, many);
  expect(kept).toHaveLength(MAX_RECORDS);
  expect(kept.at(-1)?.number).toBe(4);
});

test('a link’s first messages are its peer’s once the key is proved, and the link’s as long as it is not', () => {
  const hello = record(1, { name: 'hello', peer: undefined });
  const stranger = record(2, { linkId: '22'.repeat(16), peer: undefined });
  const records = [record(3), stranger, hello];
  const keys = linkKeys(records);
  expect(whoOf(hello, keys)).toBe(ALICE);
  expect(whoOf(stranger, keys)).toBe('22'.repeat(16));
  expect(everybodyIn(records, keys)).toEqual(['22'.repeat(16), ALICE]);
  expect(filtered(records, { ...everything, who: ALICE }, keys).map(({ number }) => number)).toEqual([3, 1]);
});

test('filters narrow each other down', () => {
  const records = [record(3, { direction: 'sent', name: 'tx' }), record(2, { direction: 'sent' }), record(1)];
  const numbers = (filter: Partial<typeof everything>) =>
    filtered(records, { ...everything, ...filter }, new Map()).map(({ number }) => number);
  expect(numbers({})).toEqual([3, 2, 1]);
  expect(numbers({ name: 'ping' })).toEqual([2, 1]);
  expect(numbers({ direction: 'sent' })).toEqual([3, 2]);
  expect(numbers({ direction: 'sent', name: 'ping' })).toEqual([2]);
  expect(numbers({ direction: 'received', name: 'tx' })).toEqual([]);
});

const INVENTORY = { items: [{ kind: 'tx', id: 'ab'.repeat(32) }, { more: 7 }] };

test('fields become rows that say where they lie, with a list’s true length', () => {
  expect(fieldRows(INVENTORY)).toEqual([
    { path: 'items', name: 'items', depth: 0, value: { kind: 'parts', items: 8 } },
    { path: 'items 0', name: '0', depth: 1, value: { kind: 'parts', items: undefined } },
    { path: 'items 0 kind', name: 'kind', depth: 2, value: { kind: 'text', text: 'tx' } },
    { path: 'items 0 id', name: 'id', depth: 2, value: { kind: 'hex', text: 'ab'.repeat(32) } },
    { path: 'items 1', name: '1', depth: 1, value: { kind: 'more', items: 7 } },
  ]);
});

test('a line tells the first facts, ids shortened; what people wrote comes first', () => {
  expect(summary(record(1, { fields: INVENTORY }), ' · ')).toBe('items 8 · kind tx · id abab…abab');
  expect(summary(record(1, { fields: { memo: '', fee: 3 } }), ' · ')).toBe('fee 3');
  expect(summary(record(1, { fields: { version: 1, fee: 3, memo: '1234567890abcdef' } }), ' · ')).toBe(
    'memo 1234567890abcdef · fee 3',
  );
  expect(summary(record(1, { fields: {} }), ' · ')).toBe('');
});

test('bytes are shown in rows of sixteen with what is readable of them', () => {
  const rows = hexRows(new TextEncoder().encode('\u0001Hello P2P, hello all'));
  expect(rows.map(({ offset }) => offset)).toEqual([0, 16]);
  expect(rows[0]?.bytes.slice(0, 3)).toEqual(['01', '48', '65']);
  expect(rows.map(({ text }) => text)).toEqual(['.Hello P2P, hell', 'o all']);
});

test('saved lines are JSON, the oldest first, with the bytes and whether they are all', () => {
  const lines = jsonLines([record(2, { size: 500, fields: undefined, peer: undefined }), record(1)]);
  expect(lines.endsWith('\n')).toBe(true);
  const [first, second] = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(first).toEqual({
    number: 1,
    at: '2026-01-01T00:00:00.001Z',
    direction: 'received',
    peer: ALICE,
    link: LINK,
    type: 'ping',
    size: 9,
    fields: { token: '0102030405060708' },
    hex: '030102030405060708',
    cut: false,
  });
  expect(second).toMatchObject({ number: 2, peer: null, fields: null, cut: true });
});
