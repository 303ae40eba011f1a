import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FromEngine } from '../../../web/engine/messages.ts';
import { WireWatch } from '../../../web/engine/wire-watch.ts';
import { encodeMessage, MAX_HEADERS } from '../../../web/node/messages.ts';
import { MAX_SHOWN_BYTES, wireFields } from '../../../web/node/wire-record.ts';
import { GENESIS, wallet } from '../core/build.ts';
import { TestedNode } from '../node/hand-played-peer.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

type WireMessage = Extract<FromEngine, { type: 'wire' }>;

const PING = { name: 'ping', token: '0123456789abcdef' } as const;

function start() {
  const tested = new TestedNode();
  const { node } = tested;
  const posted: WireMessage[] = [];
  const watch = new WireWatch(node, (message) => posted.push(message as WireMessage));
  return { tested, node, posted, watch };
}

test('while nobody watches the node has no observer and no timer runs', () => {
  const { tested, node, posted, watch } = start();
  const peer = tested.connect();
  peer.say(PING);
  expect(node.onWire).toBeUndefined();
  watch.watch(true);
  peer.say(PING);
  expect(vi.getTimerCount()).toBe(1);
  watch.watch(false);
  expect(node.onWire).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(1_000);
  expect(posted).toEqual([]);
});

test('a watcher sees both directions in order, decoded, with the link and the proved key', () => {
  const { tested, posted, watch } = start();
  watch.watch(true);
  const peer = tested.connect();
  peer.say(PING);
  vi.advanceTimersByTime(66);
  const records = posted.flatMap(({ records }) => records);
  expect(records.map(({ number }) => number)).toEqual(records.map((_, i) => i + 1));
  expect(records[0]).toMatchObject({ direction: 'sent', name: 'hello', peer: undefined, linkId: peer.id });
  const ping = records.find(({ direction, name }) => direction === 'received' && name === 'ping');
  const pong = records.find(({ direction, name }) => direction === 'sent' && name === 'pong');
  expect(ping).toMatchObject({ peer: wallet(1).id, size: 9, fields: { token: PING.token } });
  expect(ping?.bytes).toEqual(encodeMessage(PING));
  expect(pong?.number).toBe((ping?.number ?? 0) + 1);
});

test('a batch is bounded in messages, and says how many more there were', () => {
  const { tested, posted, watch } = start();
  const peer = tested.connect();
  watch.watch(true);
  for (let i = 0; i < 300; i++) peer.say({ name: 'unroutable', signalId: '00'.repeat(8) });
  vi.advanceTimersByTime(66);
  expect(posted).toHaveLength(1);
  expect(posted[0]?.records).toHaveLength(100);
  expect(posted[0]?.dropped).toBe(200);
  peer.say({ name: 'unroutable', signalId: '00'.repeat(8) });
  vi.advanceTimersByTime(66);
  // The numbers go on where they would be: what was dropped is a gap.
  expect(posted[1]?.records.map(({ number }) => number)).toEqual([301]);
  expect(posted[1]?.dropped).toBe(0);
});

test('of a long message only the first bytes and items are shown, in a buffer of their own', () => {
  const { tested, posted, watch } = start();
  const peer = tested.connect();
  watch.watch(true);
  const headers = Array.from({ length: MAX_HEADERS }, () => GENESIS.header);
  peer.say({ name: 'headers', headers });
  vi.advanceTimersByTime(66);
  const record = posted[0]?.records.find(({ name }) => name === 'headers');
  expect(record?.size).toBe(1 + 3 + MAX_HEADERS * 80);
  expect(record?.bytes).toHaveLength(MAX_SHOWN_BYTES);
  expect(record?.bytes.buffer.byteLength).toBe(MAX_SHOWN_BYTES);
  const shown = record?.fields?.['headers'] as unknown[];
  expect(shown).toHaveLength(21);
  expect(shown.at(-1)).toEqual({ more: MAX_HEADERS - 20 });
});

test('what can’t be decoded has no fields', () => {
  expect(wireFields(encodeMessage(PING).subarray(0, 5))).toBeUndefined();
  expect(wireFields(encodeMessage(PING))).toEqual({ token: PING.token });
});
