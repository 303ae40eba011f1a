/** A tab set to hash with all cores fetches a long chain from another one, each view open in turn; then at the tip. */
import { availableParallelism } from 'node:os';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { PowMode } from '../../../web/node/snapshot.ts';
import { newRoomSecret } from '../../../signaling/room-links.ts';
import { roomUrl } from '../../e2e/fixtures.ts';
import { Tab } from '../../e2e/tab.ts';
import { serveObservedPage } from '../observed-page/serve.ts';
import type {} from '../observed-page/page-observer.ts';
import { watchTimes } from './page-watch.ts';
import { stage } from './stage.ts';
import { writeChain } from '../written-chain/write-chain.ts';

const CORES = availableParallelism();
const VIEWPORT = { width: 1280, height: 800 };
/** A view is open for so long, in ms. */
const LOOK_MS = 6_000;
const WHEEL_PX = 400;
/** It starts over with the first one while the chain is not here. */
const VIEWS = ['Chain', 'Network', 'Forks', 'Stats', 'Wire'] as const;
/** Between two moments in which the other tab may find blocks, in ms. */
const FIND_PAUSE_MS = 250;
/** Against a sync that hangs. */
const MAX_LOOKS = 60;

/**
 * Twice: with nothing else at work, where this tab's own workers, set to all cores, rest as long as it is behind; and
 * while the other tab's workers take all cores, as another program on the same computer might.
 */
export async function benchSync(browser: Browser, height: number): Promise<void> {
  const server = await serveObservedPage();
  const secret = newRoomSecret();
  const room = { url: roomUrl(server.url, secret, 'regtest'), height };
  const oldContext = await browser.newContext({ viewport: VIEWPORT });
  try {
    await writeChain(oldContext, server.url, { secret, height, contents: 'messages', slots: 1 });
    await oldContext.addInitScript(watchTimes);
    const old = await openTab(oldContext, room.url);
    const newcomer = await benchFetch(browser, room, 'nobody else hashes');
    await benchAtTip(browser, newcomer, old);
    await newcomer.page.context().close();

    await setWorkers(old.page, 'always', CORES);
    const hurried = await benchFetch(browser, room, `the other tab hashes with ${CORES} workers`);
    await hurried.page.context().close();
  } finally {
    await oldContext.close();
    await server.close();
  }
}

interface TallRoom {
  readonly url: string;
  readonly height: number;
}

/** Gives the tab that has fetched the chain, in a context of its own. */
async function benchFetch(browser: Browser, { url, height }: TallRoom, title: string): Promise<Tab> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  await context.addInitScript(watchTimes);
  const newcomer = await openTab(context, url);
  await setWorkers(newcomer.page, 'always', CORES);
  console.log(`\nFetching ${height} blocks; ${title}:`);
  const startMs = performance.now();
  await newcomer.page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height / 2);
  for (let look = 0; look < MAX_LOOKS && (await heightOf(newcomer)) < height; look++)
    await lookAt(browser, newcomer, VIEWS[look % VIEWS.length] ?? 'Chain');
  console.log(
    `${await heightOf(newcomer)} blocks after ${((performance.now() - startMs) / 1000).toFixed(0)} s.`,
  );
  return newcomer;
}

async function benchAtTip(browser: Browser, tab: Tab, finder: Tab): Promise<void> {
  console.log(
    `\nAt the tip: this tab hashes with ${CORES} workers, and more blocks come than in any real room:`,
  );
  await setWorkers(finder.page, 'always', 1);
  let isOver = false;
  const finding = (async () => {
    while (!isOver) {
      await holdFinds(finder.page, false);
      await holdFinds(finder.page, true);
      await finder.page.waitForTimeout(FIND_PAUSE_MS);
    }
  })();
  for (const view of VIEWS) await lookAt(browser, tab, view);
  isOver = true;
  await finding;
  await setWorkers(finder.page, 'off', 1);
}

/**
 * Its workers find nothing, as in a real room, where a find takes millions of hashes: on the test network they would
 * hardly ever hash.
 */
async function openTab(context: BrowserContext, url: string): Promise<Tab> {
  const page = await context.newPage();
  await page.goto(url);
  await holdFinds(page, true);
  await page.waitForFunction(() => window.pageTimes?.readyMs !== undefined);
  return new Tab(page);
}

function setWorkers(page: Page, mode: PowMode, workers: number): Promise<void> {
  return page.evaluate((order) => window.observer.order({ type: 'pow', ...order }), { mode, workers });
}

function holdFinds(page: Page, hold: boolean): Promise<void> {
  return page.evaluate((value) => window.observer.holdFinds(value), hold);
}

async function heightOf(tab: Tab): Promise<number> {
  return tab.page.evaluate(() => window.pageTimes?.height ?? 0);
}

/** Opens the view and turns the wheel on it. */
async function lookAt(browser: Browser, tab: Tab, view: (typeof VIEWS)[number]): Promise<void> {
  const { page } = tab;
  const from = await heightOf(tab);
  const name = (): Promise<string> => heightOf(tab).then((to) => `${view}, blocks ${from} to ${to}`);
  await stage(browser, page, name, async () => {
    // A click by the mouse would wait until the list stands still and the top bar is in view.
    await page.getByRole('link', { name: view, exact: true }).dispatchEvent('click');
    const untilMs = performance.now() + LOOK_MS;
    for (let step = 0; performance.now() < untilMs; step++)
      await page.mouse.wheel(0, step % 8 < 4 ? WHEEL_PX : -WHEEL_PX);
  });
}
