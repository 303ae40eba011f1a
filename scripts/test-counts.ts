/** How many tests passed, failed and were skipped. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What we read of the file that `vitest --reporter=json` writes. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** What we read of the file that Playwright's JSON reporter writes. */
export interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
}

/** A check that is not a test runner: it went through or it didn't. */
export function countCommand(ok: boolean): TestCounts {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

export function countVitest(report: VitestReport): TestCounts {
  // A file that could not even be loaded has no tests, and is a failure all the same.
  const brokenFiles = report.testResults.filter((file) => {
    return file.status === 'failed' && file.assertionResults.length === 0;
  });
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export function countPlaywright({ stats }: PlaywrightReport): TestCounts {
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}

/**
 * What a test runner's run amounts to. It must not look green because the runner crashed, wrote no report, found
 * no tests, or met an error outside of any test: each of these is one failure.
 */
export function countRun(ok: boolean, reported: TestCounts | undefined): TestCounts {
  const counts = reported ?? { passed: 0, failed: 0, skipped: 0 };
  const ranAny = counts.passed + counts.failed + counts.skipped > 0;
  return counts.failed === 0 && (!ok || !ranAny) ? { ...counts, failed: 1 } : counts;
}

export function sumCounts(all: readonly TestCounts[]): TestCounts {
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}

/** The closing line of `npm test`. */
export function describeCounts({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
