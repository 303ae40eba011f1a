import { expect, test } from 'vitest';
import { createHashRate, MIN_MEASURED_MS, WINDOW_MS } from '../../../web/pow/hash-rate.ts';

test('is unknown until it was measured, then hashes over working time', () => {
  const rate = createHashRate();
  expect(rate.perSecond(0)).toBeUndefined();
  rate.resume(1000);
  rate.count(200, 1200);
  expect(rate.perSecond(1200)).toBeUndefined();
  rate.count(200, 1400);
  rate.count(100, 1000 + MIN_MEASURED_MS);
  expect(rate.perSecond(1600)).toBe(1000);
});

test('leaves pauses out', () => {
  const rate = createHashRate();
  rate.resume(0);
  rate.count(300, 300);
  rate.pause(300);
  expect(rate.perSecond(60_000)).toBeUndefined();
  rate.resume(60_000);
  rate.count(300, 60_300);
  expect(rate.perSecond(60_300)).toBe(1000);
});

test('forgets what is older than its window', () => {
  const rate = createHashRate();
  rate.resume(0);
  for (let atMs = 200; atMs <= 10_000; atMs += 200) rate.count(2000, atMs);
  for (let atMs = 10_200; atMs <= 10_000 + 2 * WINDOW_MS; atMs += 200) rate.count(200, atMs);
  expect(rate.perSecond(10_000 + 2 * WINDOW_MS)).toBeCloseTo(1000, -1);
});

test('falls when a worker goes silent', () => {
  const rate = createHashRate();
  rate.resume(0);
  rate.count(1000, 1000);
  expect(rate.perSecond(1100)).toBe(1000);
  expect(rate.perSecond(10_500)).toBe(100);
});
