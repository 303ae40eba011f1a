/**
 * How fast the kernels are and how promptly workers answer, in real browsers: `npm run bench -- pow`. On a busy
 * machine only the ratios mean something: the contestants take turns in short slices, and medians are told.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { chromium, firefox, type Browser, type Page } from '@playwright/test';
import { ensureChromium, findFirefox } from '../../scripts/browsers.ts';
import { servePowPage } from './pow-page/serve.ts';

const ROUNDS = 9;
const SLICE_MS = 150;
const WORKER_ROUNDS = 3;
const WORKERS_MS = 1500;
const LATENCY_SAMPLES = 60;
const NATIVE_MS = 5000;

// With others at work, two workers get the time of one.
console.log(`Load before: ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores.`);
const server = await servePowPage();
try {
  await inBrowser('Chromium', await chromium.launch(await ensureChromium()));
  const choice = findFirefox();
  if (choice === undefined) console.log('\nFirefox: none found.');
  else await inBrowser('Firefox', await firefox.launch(choice));
} finally {
  await server.close();
}
printNative();

async function inBrowser(name: string, browser: Browser): Promise<void> {
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    console.log(
      `\n${name} ${browser.version()}, ${await page.evaluate(() => navigator.hardwareConcurrency)} cores`,
    );
    await printRates(page);
    await printWorkers(page);
  } finally {
    await browser.close();
  }
}

async function printRates(page: Page): Promise<void> {
  const names = await page.evaluate(() => window.powPage.contestants());
  const rates = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const name of names) {
      const rate = await page.evaluate(([who, ms]) => window.powPage.rate(who, ms), [
        name,
        SLICE_MS,
      ] as const);
      // The first round is for the compilers.
      if (round >= 0) rates.get(name)?.push(rate);
    }
  }
  const naive = median(rates.get('noble, naive'));
  const midstate = median(rates.get('noble, midstate'));
  console.log(`${'one core'.padEnd(28)}    MH/s    best  x naive  x midstate`);
  for (const [name, all] of rates) {
    const rate = median(all);
    const columns = [
      (rate / 1e6).toFixed(2).padStart(8),
      (Math.max(...all) / 1e6).toFixed(2).padStart(8),
      (rate / naive).toFixed(1).padStart(9),
      (rate / midstate).toFixed(1).padStart(12),
    ];
    console.log(name.padEnd(28) + columns.join(''));
  }
}

async function printWorkers(page: Page): Promise<void> {
  const rates: [one: number[], two: number[]] = [[], []];
  for (let round = 0; round < WORKER_ROUNDS; round++) {
    for (const count of [1, 2] as const) {
      const args = [count, WORKERS_MS] as const;
      rates[count - 1]?.push(await page.evaluate(([n, ms]) => window.powPage.rateOfWorkers(n, ms), args));
    }
  }
  const [one, two] = rates.map(median) as [number, number];
  const kernel = await page.evaluate(() => window.powPage.kernelOfWorker());
  console.log(
    `workers (${kernel}): one ${(one / 1e6).toFixed(2)} MH/s, two ${(two / 1e6).toFixed(2)} MH/s, ` +
      `${(two / one).toFixed(2)}x`,
  );
  const args = [2, LATENCY_SAMPLES] as const;
  const latency = await page.evaluate(([n, samples]) => window.powPage.latencyOfWorkers(n, samples), args);
  for (const [what, all] of [
    ['stop', latency.stop],
    ['new job', latency.newJob],
  ] as const) {
    const [p50, p95] = [quantile(all, 0.5), quantile(all, 0.95)];
    console.log(
      `${what.padEnd(8)} with two busy workers: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`,
    );
  }
}

/** The native program of this name (cpuminer), if there is one; it chooses its vectors itself. */
function printNative(): void {
  const { error, stdout, stderr } = spawnSync('minerd', ['--benchmark', '--algo=sha256d', '--threads=1'], {
    encoding: 'utf8',
    timeout: NATIVE_MS,
  });
  if (error !== undefined && !('code' in error && error.code === 'ETIMEDOUT')) {
    console.log('\nminerd: not on the PATH.');
    return;
  }
  const rates = [...`${stdout}${stderr}`.matchAll(/([\d.]+) khash\/s/g)].map(
    ([, rate]) => Number(rate) * 1000,
  );
  console.log(
    `\nminerd: ${rates.length === 0 ? 'told no rate' : `${(median(rates) / 1e6).toFixed(2)} MH/s`}`,
  );
}

function median(values: readonly number[] = []): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
