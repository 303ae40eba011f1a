import { expect, test } from 'vitest';
import type { SignalingStatus, ToEngine } from '../../../web/engine/messages.ts';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import { chain, status } from './snapshots.ts';

const DRAFT = { memo: 'hello', recipient: undefined, amount: 0, fee: 0 };

function start(): { client: EngineClient; posted: ToEngine[] } {
  const posted: ToEngine[] = [];
  return { client: new EngineClient((message) => posted.push(message)), posted };
}

function startRunning(): ReturnType<typeof start> {
  const engine = start();
  engine.client.receive({ type: 'status', status: status() });
  return engine;
}

test('a listener hears of its own slice only, and finds the new value', () => {
  const { client } = start();
  const heard: (number | undefined)[] = [];
  const stop = client.subscribe('chain', () => heard.push(client.slice('chain')?.height));
  client.receive({ type: 'slice', slice: 'chain', value: chain(3) });
  client.receive({ type: 'slice', slice: 'peers', value: { peers: [] } });
  stop();
  client.receive({ type: 'slice', slice: 'chain', value: chain(4) });
  expect(heard).toEqual([3]);
});

test('each answer goes to who asked, whatever the order', async () => {
  const { client, posted } = startRunning();
  const first = client.compose(DRAFT);
  const second = client.compose(DRAFT);
  expect(posted.map((message) => message.type)).toEqual(['compose', 'compose']);
  client.receive({ type: 'composed', requestId: 2, result: { ok: true, txId: 'second' } });
  client.receive({
    type: 'composed',
    requestId: 1,
    result: { ok: false, code: 'sender-limit' },
  });
  expect(await second).toEqual({ ok: true, txId: 'second' });
  expect(await first).toEqual({ ok: false, code: 'sender-limit' });
});

test('what became of an invitation goes to who asked; a dead engine says so', async () => {
  const { client, posted } = startRunning();
  const making = client.invite({ kind: 'create' });
  const answering = client.invite({ kind: 'answer', text: 'x' });
  expect(posted).toMatchObject([
    { type: 'invitation', requestId: 1, command: { kind: 'create' } },
    { type: 'invitation', requestId: 2, command: { kind: 'answer', text: 'x' } },
  ]);
  client.receive({ type: 'invitation', requestId: 1, result: { ok: true, id: 'first' } });
  expect(await making).toEqual({ ok: true, id: 'first' });
  client.lose();
  for (const outcome of [await answering, await client.invite({ kind: 'create' })])
    expect(outcome).toEqual({ ok: false, problem: 'engine-failed' });
});

test('what is asked before the engine runs is asked when it does, in order', () => {
  const { client, posted } = start();
  void client.compose(DRAFT);
  client.setPow('always', 2);
  expect(posted).toEqual([]);
  client.receive({ type: 'status', status: status() });
  expect(posted.map((message) => message.type)).toEqual(['compose', 'pow']);
});

test('a dead engine answers everything: what waits, and what is asked later', async () => {
  const { client } = startRunning();
  const waiting = client.compose(DRAFT);
  const reading = client.blocks(0, 5);
  client.lose();
  const refusal = { ok: false, code: 'engine-failed', problem: { code: 'worker-lost' } };
  expect(await waiting).toEqual(refusal);
  expect(await client.compose(DRAFT)).toEqual(refusal);
  expect(await reading).toEqual([]);
  expect(await client.blocks(0, 5)).toEqual([]);
});

test('a question gets its own answer, or none when the engine is dead', async () => {
  const { client, posted } = startRunning();
  const account = client.ask({ kind: 'account', account: 'aa' });
  const key = client.ask({ kind: 'key' });
  expect(posted.map((message) => message.type)).toEqual(['ask', 'ask']);
  client.receive({ type: 'answer', requestId: 2, answer: { kind: 'key', value: 'secret' } });
  const state = { balance: 5, nonce: 2 };
  client.receive({ type: 'answer', requestId: 1, answer: { kind: 'account', value: state } });
  expect(await account).toEqual(state);
  expect(await key).toBe('secret');
  const waiting = client.ask({ kind: 'accounts' });
  client.lose();
  expect(await waiting).toBeUndefined();
  expect(await client.ask({ kind: 'accounts' })).toBeUndefined();
});

test('a search is told of until its end, and stopped only while it runs', () => {
  const { client, posted } = startRunning();
  const progress = { found: [], searched: 1, total: 2, unread: 0, end: undefined, nextTo: 0 } as const;
  const told: (string | undefined)[] = [];
  const search = () =>
    client.search({ kind: 'transaction', id: 'aa' }, { from: 0, to: 9 }, ({ end }) => told.push(end));
  const stopFirst = search();
  const stopSecond = search();
  client.receive({ type: 'search-progress', requestId: 1, progress });
  client.receive({ type: 'search-progress', requestId: 1, progress: { ...progress, end: 'complete' } });
  expect(told).toEqual([undefined, 'complete']);
  stopFirst();
  stopSecond();
  expect(posted.slice(2)).toEqual([{ type: 'search-stop', requestId: 2 }]);
  client.receive({ type: 'search-progress', requestId: 2, progress });
  expect(told).toHaveLength(2);
});

test('the wire is watched from the first listener to the last, and each hears what passed', () => {
  const { client, posted } = startRunning();
  const heard: number[] = [];
  const stopFirst = client.watchWire((_, dropped) => heard.push(dropped));
  const stopSecond = client.watchWire((_, dropped) => heard.push(10 * dropped));
  expect(posted).toEqual([{ type: 'watch-wire', on: true }]);
  client.receive({ type: 'wire', records: [], dropped: 1 });
  stopFirst();
  client.receive({ type: 'wire', records: [], dropped: 2 });
  expect(posted).toHaveLength(1);
  stopSecond();
  stopSecond();
  expect(posted).toEqual([
    { type: 'watch-wire', on: true },
    { type: 'watch-wire', on: false },
  ]);
  expect(heard).toEqual([1, 10, 20]);
});

test('the signaling is settled as it was until a new try has ended', () => {
  const { client } = start();
  const settled = (signaling: SignalingStatus) => {
    client.receive({ type: 'status', status: status({ signaling }) });
    return client.settledSignaling.kind;
  };
  expect(settled({ kind: 'connecting' })).toBe('connecting');
  expect(settled({ kind: 'retrying', atMs: 1_000 })).toBe('retrying');
  expect(settled({ kind: 'connecting' })).toBe('retrying');
  expect(settled({ kind: 'connected', members: 1 })).toBe('connected');
});
