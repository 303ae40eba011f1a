/**
 * Runs every check, one after the other, whatever the earlier ones said, and ends with the line
 * `N passed, N failed`. With a name, only that check, which gets the other arguments:
 * `npm run test:unit -- chain` runs the unit tests of files with "chain" in their path.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { ensureTestBrowsers } from './browsers.ts';
import { compileCatalogueIfNeeded } from './catalogue.mjs';
import { checkPageSize } from './page-size.ts';
import { ensureServices } from './services.ts';
import {
  countCommand,
  countPlaywright,
  countRun,
  countVitest,
  describeCounts,
  sumCounts,
  type PlaywrightReport,
  type TestCounts,
  type VitestReport,
} from './test-counts.ts';

const LONG = process.argv.includes('--long');

/** Longer than the slowest check takes on two busy cores; a check that hangs must not hang its caller. */
const TIMEOUT_MS = (LONG ? 300 : 20) * 60_000;

const VITEST_REPORT = 'test-results/vitest.json';
const PLAYWRIGHT_REPORT = 'test-results/playwright.json';

const CHECKS: Record<string, (args: readonly string[]) => Promise<TestCounts>> = {
  format: (args) =>
    command(['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.', ...args]),
  lint: (args) => command(['node_modules/eslint/bin/eslint.js', '.', ...args]),
  async types() {
    const projects = ['.', 'web/core', 'web/engine', 'web/offline', 'signaling'];
    const results: boolean[] = [];
    for (const project of projects)
      results.push(await runNode(['node_modules/typescript/bin/tsc', '-p', project]));
    results.push(
      await runNode([
        'node_modules/svelte-check/bin/svelte-check',
        '--tsconfig',
        './tsconfig.json',
        '--fail-on-warnings',
      ]),
    );
    return countCommand(results.every(Boolean));
  },
  async unit(args) {
    rmSync(VITEST_REPORT, { force: true });
    ensureServices();
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${VITEST_REPORT}`];
    const ok = await runNode(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args]);
    return countRun(ok, readReport<VitestReport>(VITEST_REPORT, countVitest));
  },
  build: () => command(['scripts/build.mjs']),
  size: () => Promise.resolve(countCommand(checkPageSize())),
  async browser(args) {
    rmSync(PLAYWRIGHT_REPORT, { force: true });
    if (!(await hasBrowsers())) return countCommand(false);
    ensureServices();
    const ok = await runNode(['node_modules/@playwright/test/cli.js', 'test', '--config=test/e2e', ...args]);
    return countRun(ok, readReport<PlaywrightReport>(PLAYWRIGHT_REPORT, countPlaywright));
  },
};

const [wanted, ...args] = process.argv.slice(2).filter((arg) => arg !== '--long');
// Simulations and property tests that take minutes ask for this variable.
if (LONG) process.env.TABCHAIN_LONG = '1';

if (wanted !== undefined && !Object.hasOwn(CHECKS, wanted)) {
  console.error(`There is no check "${wanted}": choose one of ${Object.keys(CHECKS).join(', ')}.`);
  process.exit(2);
}

// The linter and the type checkers read what it is compiled to.
await compileCatalogueIfNeeded();

const lines: string[] = [];
const counts: TestCounts[] = [];
for (const [name, check] of Object.entries(CHECKS)) {
  if (wanted !== undefined && name !== wanted) continue;
  console.log(`\n=== ${name}`);
  const startedMs = performance.now();
  const result = await check(args);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  counts.push(result);
  lines.push(`${name.padEnd(8)} ${describeCounts(result)} (${seconds} s)`);
}
const total = sumCounts(counts);
console.log(`\n${lines.join('\n')}\n`);
console.log(describeCounts(total));
process.exitCode = total.failed > 0 ? 1 : 0;

async function command(argv: readonly string[]): Promise<TestCounts> {
  return countCommand(await runNode(argv));
}

/** Runs a program under the Node.js of this process. True if it ended with exit code 0. */
function runNode(argv: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, argv, {
      // No input: a tool that asks a question must fail, not wait.
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const watchdog = setTimeout(() => {
      console.error(`${argv[0]} did not end within ${TIMEOUT_MS / 60_000} minutes and was stopped.`);
      child.kill();
    }, TIMEOUT_MS);
    const interrupt = () => {
      child.kill();
      process.exit(128 + constants.signals.SIGINT);
    };
    process.once('SIGINT', interrupt);
    child.on('error', (error) => console.error(String(error)));
    child.on('close', (code) => {
      clearTimeout(watchdog);
      process.off('SIGINT', interrupt);
      resolve(code === 0);
    });
  });
}

async function hasBrowsers(): Promise<boolean> {
  try {
    await ensureTestBrowsers();
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
}

function readReport<Report>(file: string, count: (report: Report) => TestCounts): TestCounts | undefined {
  return existsSync(file) ? count(JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
}
