/**
 * How fast the kernels are and how promptly workers answer, in real browsers, and native code beside them:
 * `npm run bench -- pow`. On a busy machine only the ratios mean something: the contestants take turns in short
 * slices, and medians are told.
 */
import { availableParallelism, loadavg } from 'node:os';
import { chromium, firefox, type Browser, type Page } from '@playwright/test';
import { ensureChromium, findFirefox } from '../../scripts/browsers.ts';
import { MINERDS, rateOfMinerd } from './measuring/minerd.ts';
import { median, quantile } from './measuring/quantile.ts';
import { servePowPage } from './pow-page/serve.ts';

const ROUNDS = 9;
const SLICE_MS = 150;
const WORKER_ROUNDS = 3;
const WORKERS_MS = 1500;
const LATENCY_SAMPLES = 60;

// With others at work, two workers get the time of one.
console.log(`Load before: ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores.`);
const natives = await findNatives();
const server = await servePowPage();
try {
  await inBrowser('Chromium', await chromium.launch(await ensureChromium()));
  const choice = findFirefox();
  if (choice === undefined) console.log('\nFirefox: none found.');
  else await inBrowser('Firefox', await firefox.launch(choice));
} finally {
  await server.close();
}

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

/** A way to hash, and how fast it was in a slice of time just now. */
interface Contestant {
  readonly name: string;
  /** Hashes a second. */
  measure(): Promise<number>;
}

async function printRates(page: Page): Promise<void> {
  const contestants = [...(await browserContestants(page)), ...natives];
  const rates = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const { name, measure } of contestants) {
      const rate = await measure();
      // The first round is for the compilers.
      if (round >= 0) rates.get(name)?.push(rate);
    }
  }
  const of = (name: string): number => median(rates.get(name) ?? []);
  const bases = ['noble, naive', 'noble, midstate', ...natives.map(({ name }) => name)];
  console.log(`${'one core'.padEnd(28)}    MH/s    best${bases.map((name) => `  x ${name}`).join('')}`);
  for (const [name, all] of rates) {
    const columns = [
      (of(name) / 1e6).toFixed(2).padStart(8),
      (Math.max(...all) / 1e6).toFixed(2).padStart(8),
      ...bases.map((base) => (of(name) / of(base)).toFixed(2).padStart(base.length + 4)),
    ];
    console.log(name.padEnd(28) + columns.join(''));
  }
}

async function browserContestants(page: Page): Promise<Contestant[]> {
  const names = await page.evaluate(() => window.powPage.contestants());
  return names.map((name) => ({
    name,
    measure: () => page.evaluate(([who, ms]) => window.powPage.rate(who, ms), [name, SLICE_MS] as const),
  }));
}

/** Says how to get those that are missing. */
async function findNatives(): Promise<Contestant[]> {
  const found: Contestant[] = [];
  for (const minerd of MINERDS) {
    const { command, name, build } = minerd;
    if ((await rateOfMinerd(minerd)) === undefined) {
      console.log(`No ${command} on the PATH (${name}). In a clone of pooler's cpuminer: ${build}.`);
    } else {
      found.push({ name, measure: async () => (await rateOfMinerd(minerd)) ?? NaN });
    }
  }
  return found;
}

async function printWorkers(page: Page): Promise<void> {
  const rates: [one: number[], two: number[]] = [[], []];
  for (let round = 0; round < WORKER_ROUNDS; round++) {
    for (const count of [1, 2] as const) {
      const args = [count, WORKERS_MS] as const;
      rates[count - 1]?.push(await page.evaluate(([n, ms]) => window.powPage.rateOfWorkers(n, ms), args));
    }
  }
  const [one, two] = rates.map((all) => median(all)) as [number, number];
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
