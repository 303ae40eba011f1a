import { expect, test, vi } from 'vitest';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import { followNodeNews } from '../../../web/ui/shell/node-news.ts';
import { NOBODY } from './snapshots.ts';

function follow(): {
  client: EngineClient;
  toasts: string[];
  refuse: (refusals: Record<string, number>) => void;
  clock: { nowMs: number };
} {
  const client = new EngineClient(() => {});
  const toasts: string[] = [];
  const clock = { nowMs: 0 };
  followNodeNews(
    client,
    (text) => toasts.push(text),
    () => clock.nowMs,
  );
  const refuse = (refusals: Record<string, number>): void =>
    client.receive({
      type: 'slice',
      slice: 'wire',
      value: { received: {}, sent: {}, refusals, duplicates: {}, banned: 0 },
    });
  return { client, toasts, refuse, clock };
}

test('a sealed message is news', () => {
  const { client, toasts } = follow();
  client.receive({
    type: 'event',
    event: {
      kind: 'sealed',
      txId: 'cd',
      memo: 'hello\nthere',
      recipient: NOBODY,
      amount: 0,
      height: 12,
      blockId: 'ab',
    },
  });
  expect(toasts).toEqual(['“hello there” is sealed in block #12.']);
});

test('a reorg is news only to whom it touches', () => {
  const { client, toasts } = follow();
  client.receive({ type: 'event', event: { kind: 'reorg', depth: 2, forkHeight: 80, ownReturned: 0 } });
  expect(toasts).toEqual([]);
  client.receive({ type: 'event', event: { kind: 'reorg', depth: 2, forkHeight: 80, ownReturned: 1 } });
  expect(toasts).toEqual([
    'A branch with more work replaced 2 blocks above #80. 1 message of yours is pending again.',
  ]);
});

test('a refusal is told once, a flood of them not again for a while', async () => {
  const { toasts, refuse, clock } = follow();
  refuse({ 'bad-signature': 1 });
  expect(toasts).toEqual([]); // what happened before the page looked is no news
  refuse({ 'bad-signature': 2 });
  refuse({ 'bad-signature': 3 });
  const told = 'Refused from a peer: Transaction that its sender did not sign.';
  await vi.waitFor(() => expect(toasts).toEqual([told]));
  clock.nowMs = 20_000;
  refuse({ 'bad-signature': 3, 'bad-bits': 1 });
  await vi.waitFor(() => expect(toasts).toHaveLength(2));
});
