/** A tab that fetches a long chain from another one while all cores hash, each view open in turn; then at the tip. */
import { availableParallelism } from 'node:os';
import { type Browser, type Page } from '@playwright/test';
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
/** Against a sync that hangs. */
const MAX_LOOKS = 60;

export async function benchSync(browser: Browser, height: number): Promise<void> {
  const server = await serveObservedPage();
  const contexts = [
    await browser.newContext({ viewport: VIEWPORT }),
    await browser.newContext({ viewport: VIEWPORT }),
  ] as const;
  const [oldContext, newContext] = contexts;
  try {
    const secret = newRoomSecret();
    const url = roomUrl(server.url, secret, 'regtest');
    await writeChain(oldContext, server.url, { secret, height, contents: 'messages', slots: 1 });
    for (const context of contexts) await context.addInitScript(watchTimes);

    const newcomer = new Tab(await openMining(await newContext.newPage(), url));
    const old = new Tab(await openMining(await oldContext.newPage(), url));
    console.log(
      `\nFetching ${height} blocks; the other tab hashes with ${CORES} workers, this one once it is there:`,
    );
    const startMs = performance.now();
    await newcomer.page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height / 2);
    for (let look = 0; look < MAX_LOOKS && (await heightOf(newcomer)) < height; look++)
      await lookAt(browser, newcomer, VIEWS[look % VIEWS.length] ?? 'Chain');
    console.log(
      `${await heightOf(newcomer)} blocks after ${((performance.now() - startMs) / 1000).toFixed(0)} s.`,
    );

    console.log(
      `\nAt the tip: this tab hashes with ${CORES} workers, the other one finds blocks without end:`,
    );
    await holdFinds(old.page, false);
    for (const view of VIEWS) await lookAt(browser, newcomer, view);
  } finally {
    for (const context of contexts) await context.close();
    await server.close();
  }
}

/**
 * With a worker on each core. They find nothing, as in a real room, where a find takes millions of hashes: on the test
 * network they would hardly ever hash. A node that is behind lets its workers rest.
 */
async function openMining(page: Page, url: string): Promise<Page> {
  await page.goto(url);
  await holdFinds(page, true);
  await page.waitForFunction(() => window.pageTimes?.readyMs !== undefined);
  await page.evaluate((workers) => window.observer.order({ type: 'pow', mode: 'always', workers }), CORES);
  return page;
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
