/** A fresh tab fetches a chain from others; then the same pages show what bounds that. */
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { debugEngine } from '../../e2e/engine-debugger.ts';
import { Tab } from '../../e2e/tab.ts';
import { MAX_FRAME_BYTES } from '../../../web/node/framing.ts';
import type { SyncFigures } from './figures.ts';
import { transferRaw } from './raw-transfer.ts';
import { callInPage, newContext, openTab, waitForChain, type RoomLink } from './room-pages.ts';
import type { TabTimes } from './tab-watch.ts';

const QUARTERS = 4;
/** Each bound is the best of so many. */
const BOUND_ROUNDS = 3;
/** How often the database is looked at, in ms, while its last blocks are being written. */
const STORED_POLL_MS = 20;

export interface Synced {
  readonly figures: SyncFigures;
  /** The tab that has fetched the chain, with its storage. To be closed. */
  readonly context: BrowserContext;
  readonly page: Page;
}

/** Opens tabs whose slots hold the chain, and waits until all are linked with each other. */
export async function openSources(
  context: BrowserContext,
  room: RoomLink,
  height: number,
  count: number,
): Promise<Page[]> {
  const pages: Page[] = [];
  for (let n = 0; n < count; n++) pages.push(await openTab(context, room));
  for (const page of pages) await waitForChain(page, height);
  for (const page of pages) await new Tab(page).waitForLinks(count - 1);
  return pages;
}

export async function runSync(
  browser: Browser,
  room: RoomLink,
  height: number,
  sources: readonly Page[],
): Promise<Synced> {
  const context = await newContext(browser);
  const page = await openTab(context, room);
  const times = await waitForChain(page, height);
  const storedMs = await waitUntilStored(page, room.secret, height);
  const { linkedMs = NaN, bytesIn, heights } = times;
  const { atMs } = heights.at(-1) ?? { atMs: NaN };
  const engine = await debugEngine(page);
  const engineBytes = await engine.heapBytes();
  await engine.detach();
  let rawPausedMs = 0;
  const raw = (messageBytes: number): Promise<number> =>
    fastest(async () => {
      const { ms, pausedMs } = await transferRaw(sources, page, bytesIn, messageBytes);
      rawPausedMs += pausedMs;
      return ms;
    });
  const rawMs = await raw(MAX_FRAME_BYTES);
  const rawSmallMs = await raw(Math.ceil(bytesIn / height));
  let signatures = 0;
  const nativeMs = await fastest(async () => {
    const native = await callInPage(page, 'verifyNatively', room.secret, height);
    signatures = native.signatures;
    return native.ms;
  });
  const figures = {
    blocks: height,
    sources: sources.length,
    ms: atMs - linkedMs,
    storedMs: storedMs - linkedMs,
    quarters: quartersOf(times, height),
    bytes: bytesIn,
    rawMs,
    rawSmallMs,
    rawPausedMs,
    signatures,
    nativeMs,
    engineBytes,
  };
  return { figures, context, page };
}

/** A bound that others at work have made looser would flatter. */
async function fastest(measure: () => Promise<number>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < BOUND_ROUNDS; round++) best = Math.min(best, await measure());
  return best;
}

/** Gives the moment on the page's clock. */
export async function waitUntilStored(page: Page, secret: string, height: number): Promise<number> {
  while ((await callInPage(page, 'storedHeight', secret)) < height) await page.waitForTimeout(STORED_POLL_MS);
  return page.evaluate(() => performance.now());
}

/** The ms that a block took in each quarter of the chain. */
function quartersOf({ heights, linkedMs = NaN }: TabTimes, height: number): number[] {
  const told = [{ atMs: linkedMs, height: 0 }, ...heights.filter((at) => at.height > 0)];
  /** Between two tellings blocks came at one rate. */
  const reachedMs = (wanted: number): number => {
    const next = told.findIndex((at) => at.height >= wanted);
    const [a, b] = [told[next - 1], told[next]];
    if (b === undefined) return NaN;
    if (a === undefined || b.height === a.height) return b.atMs;
    return a.atMs + ((b.atMs - a.atMs) * (wanted - a.height)) / (b.height - a.height);
  };
  const marks = Array.from({ length: QUARTERS + 1 }, (_, n) => reachedMs((height * n) / QUARTERS));
  return marks.slice(1).map((ms, n) => ((ms - (marks[n] ?? NaN)) * QUARTERS) / height);
}
