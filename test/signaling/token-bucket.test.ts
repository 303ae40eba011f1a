import { expect, test } from 'vitest';
import { createTokenBucket } from '../../signaling/token-bucket.ts';

const LIMITS = { ratePerSecond: 2, burst: 5 };

test('gives its burst at once and not one more', () => {
  const bucket = createTokenBucket(LIMITS, 0);
  for (let i = 0; i < LIMITS.burst; i += 1) expect(bucket.take(1, 0)).toBe(true);
  expect(bucket.take(1, 0)).toBe(false);
});

test('earns at its rate, up to the burst', () => {
  const bucket = createTokenBucket(LIMITS, 0);
  expect(bucket.take(5, 0)).toBe(true);
  expect(bucket.take(1, 499)).toBe(false);
  expect(bucket.take(1, 500)).toBe(true);
  expect(bucket.take(6, 1_000_000)).toBe(false);
  expect(bucket.take(5, 1_000_000)).toBe(true);
});

test('takes nothing if it cannot give all', () => {
  const bucket = createTokenBucket(LIMITS, 0);
  expect(bucket.take(6, 0)).toBe(false);
  expect(bucket.take(5, 0)).toBe(true);
});

test('earns nothing from a clock that goes back', () => {
  const bucket = createTokenBucket(LIMITS, 1_000);
  expect(bucket.take(5, 1_000)).toBe(true);
  expect(bucket.take(1, 0)).toBe(false);
});
