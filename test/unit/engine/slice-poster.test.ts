import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SliceMessage } from '../../../web/engine/messages.ts';
import { SlicePoster } from '../../../web/engine/slice-poster.ts';
import type { Slices } from '../../../web/node/snapshot.ts';
import * as snapshots from '../ui/snapshots.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A poster of a node whose chain grows by a block each millisecond. */
function start() {
  let height = 0;
  const state = { catchingUp: false };
  const posted: SliceMessage[] = [];
  const nothing: Omit<Slices, 'chain' | 'peers'> = {
    forks: { branches: [] },
    mempool: { count: 0, bytes: 0, pending: [] },
    pow: {
      mode: 'off',
      working: false,
      workers: 1,
      maxWorkers: 1,
      hashRate: undefined,
      kernel: undefined,
      found: 0,
    },
    wire: { received: {}, sent: {}, refusals: {}, duplicates: {}, banned: 0 },
    account: { key: snapshots.ALICE, balance: 0, nextNonce: 0 },
  };
  const poster = new SlicePoster(
    {
      chain: () => snapshots.chain(height),
      peers: () => ({ peers: [] }),
      forks: () => nothing.forks,
      mempool: () => nothing.mempool,
      pow: () => nothing.pow,
      wire: () => nothing.wire,
      account: () => nothing.account,
    },
    (message) => posted.push(message),
    () => state.catchingUp,
  );
  poster.flush();
  posted.length = 0;
  const growFor = (ms: number): readonly SliceMessage[] => {
    posted.length = 0;
    for (let n = 0; n < ms; n++) {
      height++;
      poster.schedule();
      vi.advanceTimersByTime(1);
    }
    return posted;
  };
  return { state, growFor };
}

test('only the slice that changed is posted, and a burst of changes costs few posts', () => {
  const { growFor } = start();
  const posted = growFor(1_000);
  expect(new Set(posted.map(({ slice }) => slice))).toEqual(new Set(['chain']));
  expect(posted.length).toBeGreaterThan(5);
  expect(posted.length).toBeLessThan(30);
});

test('while a chain is fetched the page hears of it some times a second, and as often as ever once it is there', () => {
  const { state, growFor } = start();
  const usual = growFor(1_000).length;
  state.catchingUp = true;
  const posted = growFor(1_000).length;
  expect(posted).toBeGreaterThan(1);
  expect(posted).toBeLessThan(usual / 2);
  state.catchingUp = false;
  growFor(300);
  expect(growFor(1_000)).toHaveLength(usual);
});
