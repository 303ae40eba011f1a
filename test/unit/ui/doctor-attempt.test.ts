import { expect, test } from 'vitest';
import { attemptPair } from '../../../web/ui/doctor/attempt-words.ts';
import { attempt, NOW_MS, openAttempt } from './doctor-facts.ts';

test('the chosen pair, or why there is none', () => {
  expect(attemptPair(openAttempt())).toBe('own address to own address, UDP');
  expect(attemptPair(attempt({ pairs: 0 }))).toBe('none: there was no pair to try');
  expect(attemptPair(attempt({ pairs: 2 }))).toBe('none of 2 tried');
});

test('a link has a pair, also before the browser has said which', () => {
  expect(attemptPair(openAttempt({ path: undefined }))).toBe('asking the browser…');
  const closed = { path: undefined, endedAtMs: NOW_MS, end: 'by-peer' } as const;
  expect(attemptPair(openAttempt(closed))).toBe('the browser doesn’t say');
});
