import { expect, test } from 'vitest';
import {
  countPlaywright,
  countRun,
  countVitest,
  describeCounts,
  sumCounts,
} from '../../scripts/test-counts.ts';

const GREEN = { passed: 3, failed: 0, skipped: 1 };

test('counts what vitest reports, and a file that could not be loaded as one failure', () => {
  const counts = countVitest({
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      { status: 'passed', assertionResults: [{}, {}] },
      { status: 'failed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [] },
    ],
  });
  expect(counts).toEqual({ passed: 5, failed: 2, skipped: 3 });
});

test('counts what Playwright reports', () => {
  const counts = countPlaywright({ stats: { expected: 4, unexpected: 2, flaky: 1, skipped: 3 } });
  expect(counts).toEqual({ passed: 5, failed: 2, skipped: 3 });
});

test('a run that went through counts as it was reported', () => {
  expect(countRun(true, GREEN)).toEqual(GREEN);
});

test.each([
  ['an error outside of any test', false, GREEN, { passed: 3, failed: 1, skipped: 1 }],
  ['a crash before the report', false, undefined, { passed: 0, failed: 1, skipped: 0 }],
  ['no report', true, undefined, { passed: 0, failed: 1, skipped: 0 }],
  ['no tests', true, { passed: 0, failed: 0, skipped: 0 }, { passed: 0, failed: 1, skipped: 0 }],
  ['failed tests', false, { passed: 3, failed: 2, skipped: 0 }, { passed: 3, failed: 2, skipped: 0 }],
])('%s is a failure', (_name, ok, reported, expected) => {
  expect(countRun(ok, reported)).toEqual(expected);
});

test('the closing line sums everything and names skipped tests only if there are any', () => {
  expect(describeCounts(sumCounts([GREEN, GREEN]))).toBe('6 passed, 0 failed, 2 skipped');
  expect(describeCounts({ passed: 1, failed: 0, skipped: 0 })).toBe('1 passed, 0 failed');
});
