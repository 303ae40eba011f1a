/**
 * How soon a block reaches a whole room: `npm run bench -- propagation`. So many tabs of the real page in real Chromium
 * are one mesh on this machine. One writes messages and seals each at once; the others hash nothing. All read one
 * clock. Beside it, in the same tabs and the same graph, a bare flood (propagation/bare-flood.ts).
 *
 * `--tabs 5,10` takes other sizes, `--blocks 50` another number of blocks.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium, type Browser } from '@playwright/test';
import { ensureChromium } from '../../scripts/browsers.ts';
import { buildPageIfNeeded } from '../../scripts/page-build.ts';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { roomUrl } from '../e2e/fixtures.ts';
import { Tab, watchPage } from '../e2e/tab.ts';
import { startTestServer } from '../e2e/test-server.ts';
import { quantile } from './measuring/quantile.ts';
import { floodTimes, joinBare, type Edge } from './propagation/bare-flood.ts';

const { values } = parseArgs({
  options: { tabs: { type: 'string', default: '5,10,20,40' }, blocks: { type: 'string', default: '20' } },
});
const BLOCKS = Number(values.blocks);
/** Below it the mesh still grows. */
const MIN_LINKS = 4;
const PATIENCE_MS = 300_000;
const POLL_MS = 1_000;
/** Nobody is asked before all should have it: to ask forty tabs takes the processor that they need. */
const QUIET_MS = 3_000;

const load = (): string => `${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`;

buildPageIfNeeded();
console.log(`Load before: ${load()}.`);
const browser = await chromium.launch(await ensureChromium());
try {
  console.log(`Chromium ${browser.version()}; ${BLOCKS} blocks of one message each, one after another.`);
  for (const count of values.tabs.split(',').map(Number)) await measure(browser, count);
} finally {
  await browser.close();
}
console.log(`Load after: ${load()}.`);

async function measure(chromiumBrowser: Browser, count: number): Promise<void> {
  const server = await startTestServer();
  const secret = newRoomSecret();
  const tabs: Tab[] = [];
  try {
    for (let n = 0; n < count; n++) {
      const context = await chromiumBrowser.newContext();
      // What turns this file into JavaScript names functions by a helper, which a page does not have.
      await context.addInitScript({ content: 'globalThis.__name = (value) => value;' });
      const page = await context.newPage();
      await page.addInitScript(watchPage, undefined);
      await page.goto(roomUrl(server.url, secret, 'regtest'));
      const tab = new Tab(page);
      tabs.push(tab);
      if (n > 0) await tab.setMode('Off');
    }
    const wanted = Math.min(MIN_LINKS, count - 1);
    await until(async () => Math.min(...(await linksOf(tabs)).map((links) => links.length)) >= wanted);

    const before = await bytesIn(tabs);
    const delaysMs: number[] = [];
    const sealedMs: number[] = [];
    for (let n = 1; n <= BLOCKS; n++) {
      const { author, others } = await sealOne(tabs, n);
      delaysMs.push(...others);
      sealedMs.push(author);
    }
    const bytes = ((await bytesIn(tabs)) - before) / (count * BLOCKS);
    console.log(`\n${count} tabs, ${((await linksOf(tabs)).flat().length / count).toFixed(1)} links each:`);
    print('found by one -> accepted by each other', delaysMs);
    print('message written -> sealed and shown by its tab', sealedMs);
    console.log(
      `  ${'received by a node for each block'.padEnd(50)} ${Math.round(bytes)} bytes, all messages`,
    );

    const edges = await edgesOf(tabs);
    const pages = tabs.map(({ page }) => page);
    await joinBare(pages, edges);
    print('300 bytes flooded over bare channels', await floodTimes(pages, BLOCKS));
  } finally {
    for (const { page } of tabs) await page.context().close();
    await server.stop();
  }
}

/** The first tab writes and seals message `n`. Times in ms: until it shows it, and until each other tab accepted it. */
async function sealOne(tabs: readonly Tab[], n: number): Promise<{ author: number; others: number[] }> {
  const [writer, ...others] = tabs as [Tab, ...Tab[]];
  const memo = `message ${n}`;
  const startMs = performance.now();
  await writer.write(memo);
  await writer.blockWith(memo).waitFor();
  const author = performance.now() - startMs;
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  const foundAtMs = await heardAt(writer, n);
  return {
    author,
    others: await Promise.all(others.map(async (tab) => (await heardAt(tab, n)) - foundAtMs)),
  };
}

/** When this tab had the block at `height`, by its own node. */
async function heardAt(tab: Tab, height: number): Promise<number> {
  let heardAtMs: number | undefined;
  await until(async () => {
    const { chain } = (await tab.watched()).slices;
    heardAtMs = chain?.recent.find((block) => block.height === height)?.heardAtMs;
    return heardAtMs !== undefined;
  });
  return heardAtMs ?? NaN;
}

/** The keys of the peers that each tab is linked to. */
async function linksOf(tabs: readonly Tab[]): Promise<string[][]> {
  return Promise.all(
    tabs.map(async (tab) => {
      const { peers } = (await tab.watched()).slices;
      return (peers?.peers ?? []).flatMap(({ ready, key }) => (ready && key !== undefined ? [key] : []));
    }),
  );
}

async function edgesOf(tabs: readonly Tab[]): Promise<Edge[]> {
  const keys = await Promise.all(tabs.map(async (tab) => (await tab.slice('account')).key));
  const links = await linksOf(tabs);
  return links.flatMap((peers, from) =>
    peers.flatMap((key): Edge[] => {
      const to = keys.indexOf(key);
      return to > from ? [[from, to]] : [];
    }),
  );
}

async function bytesIn(tabs: readonly Tab[]): Promise<number> {
  const all = await Promise.all(tabs.map((tab) => tab.bytesIn()));
  return all.reduce((sum, bytes) => sum + bytes, 0);
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const startMs = performance.now();
  while (!(await done())) {
    if (performance.now() - startMs > PATIENCE_MS) throw new Error('The room does not get there.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function print(what: string, times: readonly number[]): void {
  const at = (share: number): string => quantile([...times], share).toFixed(0);
  console.log(`  ${what.padEnd(50)} p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`);
}
