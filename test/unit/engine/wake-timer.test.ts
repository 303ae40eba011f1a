import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WakeTimer } from '../../../web/engine/wake-timer.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

/** Something that wants to be called at `atMs`, like the node. */
function createSleeper() {
  const sleeper = { atMs: undefined as number | undefined, calls: [] as number[] };
  const timer = new WakeTimer(
    () => sleeper.atMs,
    (nowMs) => {
      sleeper.calls.push(nowMs);
      if (sleeper.atMs !== undefined && nowMs >= sleeper.atMs) sleeper.atMs = undefined;
    },
  );
  return { sleeper, timer };
}

test('calls at the moment that is wanted, once', () => {
  const { sleeper, timer } = createSleeper();
  sleeper.atMs = 1_000_030;
  timer.set();
  timer.set();
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(29);
  expect(sleeper.calls).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(sleeper.calls).toEqual([1_000_030]);
  expect(vi.getTimerCount()).toBe(0);
});

test('follows a moment that moves, and forgets one that passed', () => {
  const { sleeper, timer } = createSleeper();
  sleeper.atMs = 1_000_030;
  timer.set();
  sleeper.atMs = 1_000_010;
  timer.set();
  vi.advanceTimersByTime(10);
  expect(sleeper.calls).toEqual([1_000_010]);
  sleeper.atMs = 1_000_040;
  timer.set();
  sleeper.atMs = undefined;
  timer.set();
  expect(vi.getTimerCount()).toBe(0);
});

test('calls again when the clock was not there yet', () => {
  const { sleeper, timer } = createSleeper();
  sleeper.atMs = 1_000_030;
  timer.set();
  vi.setSystemTime(999_998);
  vi.advanceTimersByTime(30);
  expect(sleeper.calls).toEqual([1_000_028]);
  vi.advanceTimersByTime(2);
  expect(sleeper.calls).toEqual([1_000_028, 1_000_030]);
});
