/** A room with a long chain, opened, scrolled and searched by somebody who is alone in it. */
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { newRoomSecret } from '../../../signaling/room-links.ts';
import { buildPageIfNeeded } from '../../../scripts/page-build.ts';
import { roomUrl } from '../../e2e/fixtures.ts';
import { Tab } from '../../e2e/tab.ts';
import { startTestServer } from '../../e2e/test-server.ts';
import { median } from '../measuring/quantile.ts';
import { COMMON_WORD, RARE_WORD } from './memos.ts';
import { watchTimes, type PageTimes } from './page-watch.ts';
import { stage } from './stage.ts';
import { writeChain } from '../written-chain/write-chain.ts';

/** Of each kind, by turns. */
const LOADS = 7;
const VIEWPORT = { width: 1280, height: 800 };
/** Fast turns of a wheel, in px; a screen at a time. */
const TURN_PX = 700;
const TURNS = 40;
/** A free-running wheel, in px a step. */
const FLING_PX = 20_000;
const JUMPS = 30;
const KEYS = 25;
const OPENED_BLOCKS = 8;
export const VIEWS = ['Network', 'Forks', 'Stats', 'Wire', 'Chain'] as const;

export async function benchLongList(browser: Browser, height: number): Promise<void> {
  buildPageIfNeeded();
  const server = await startTestServer();
  const context = await browser.newContext({ viewport: VIEWPORT });
  try {
    await context.addInitScript(watchTimes);
    await context.route(`${server.url}/blank`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><p>blank' }),
    );
    const tall = newRoomSecret();
    await writeChain(context, server.url, { secret: tall, height, contents: 'messages', slots: 1 });
    const url = roomUrl(server.url, tall, 'regtest');
    const empty = roomUrl(server.url, newRoomSecret(), 'regtest');
    await printLoads(context, `${server.url}/blank`, empty, url);

    console.log(`\nAt height ${height}:`);
    const page = await context.newPage();
    await stage(browser, page, 'load', () => open(page, url));
    await useList(browser, page, height);
    await page.close();
  } finally {
    await context.close();
    await server.stop();
  }
}

interface Load extends PageTimes {
  /** First contentful paint, in ms since the navigation. */
  readonly paintMs: number;
}

async function printLoads(
  context: BrowserContext,
  blank: string,
  empty: string,
  tall: string,
): Promise<void> {
  const kinds: readonly { readonly name: string; readonly url: string; readonly times: Load[] }[] = [
    { name: 'a blank page', url: blank, times: [] },
    { name: 'a room at height 0', url: empty, times: [] },
    { name: 'the long chain', url: tall, times: [] },
  ];
  for (let n = 0; n < LOADS; n++) {
    for (const { times, url } of kinds) {
      const page = await context.newPage();
      times.push(await (url === blank ? openBlank(page, url) : open(page, url)));
      await page.close();
    }
  }
  console.log(`\nFrom the navigation, ${LOADS} times by turns, median (least to most):`);
  for (const { name, times } of kinds) {
    const told = [
      ['first paint', times.map(({ paintMs }) => paintMs)],
      ['newest blocks seen', times.map(({ rowMs }) => rowMs ?? NaN)],
      ['node ready', times.map(({ readyMs }) => readyMs ?? NaN)],
      ['longest task', times.map(({ longTasks }) => Math.max(0, ...longTasks))],
    ] as const;
    const columns = told
      .filter(([, values]) => !values.some(Number.isNaN))
      .map(([what, values]) => {
        const at = (share: number): string => (values.toSorted((a, b) => a - b).at(share) ?? NaN).toFixed(0);
        return `${what} ${median(values).toFixed(0)} ms (${at(0)} to ${at(-1)})`;
      });
    console.log(`${name.padEnd(22)} ${columns.join(', ')}`);
  }
}

async function openBlank(page: Page, url: string): Promise<Load> {
  await page.goto(url);
  return readLoad(page);
}

/** Until its newest blocks are on screen and its node runs. */
async function open(page: Page, url: string): Promise<Load> {
  await page.goto(url);
  await page.waitForFunction(
    () => window.pageTimes?.rowMs !== undefined && window.pageTimes.readyMs !== undefined,
  );
  return readLoad(page);
}

async function readLoad(page: Page): Promise<Load> {
  const paint = await page.waitForFunction(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  );
  const times = await page.evaluate(() => window.pageTimes);
  const paintMs = await paint.jsonValue();
  if (times === undefined || paintMs === undefined) throw new Error('the page tells nothing of itself');
  return { ...times, paintMs };
}

async function useList(browser: Browser, page: Page, height: number): Promise<void> {
  const tab = new Tab(page);
  await page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height / 2);
  const run = (name: string, act: () => Promise<unknown>): Promise<void> => stage(browser, page, name, act);

  await run(`scroll by wheel, ${TURNS} screens down and up`, async () => {
    for (let n = 0; n < TURNS; n++) await page.mouse.wheel(0, TURN_PX);
    for (let n = 0; n < TURNS; n++) await page.mouse.wheel(0, -TURN_PX);
  });
  await run('fling by wheel to genesis', () => fling(page, FLING_PX));
  await run('fling by wheel to the top', () => fling(page, -FLING_PX));
  await run('drag the scroll bar', async () => {
    for (let n = 0; n < JUMPS; n++)
      await page.evaluate(
        (share) =>
          new Promise((done) => {
            scrollTo({ top: document.documentElement.scrollHeight * share });
            requestAnimationFrame(() => requestAnimationFrame(done));
          }),
        (n * 0.618) % 1,
      );
  });
  await run('keys: End, Home, PageDown, PageUp', async () => {
    await page.keyboard.press('End');
    await expect(tab.blocks.last()).toHaveAttribute('data-height', '0');
    await page.keyboard.press('Home');
    await expect(tab.blocks.first()).toHaveAttribute('data-height', String(height));
    for (let n = 0; n < KEYS; n++) await page.keyboard.press('PageDown');
    for (let n = 0; n < KEYS; n++) await page.keyboard.press('PageUp');
    await page.keyboard.press('Home');
  });
  await run('walk by arrow keys', async () => {
    await tab.blocks.first().getByRole('link').first().focus();
    for (let n = 0; n < KEYS; n++) await page.keyboard.press('ArrowDown');
    for (let n = 0; n < KEYS; n++) await page.keyboard.press('ArrowUp');
  });
  for (const text of [COMMON_WORD, RARE_WORD, 'nobody wrote this', 'Otter', String(height >> 1)]) {
    await run(`search for "${text}"`, () => search(tab, text));
    await page.keyboard.press('Escape');
    await tab.show('Chain');
  }
  await run(`open ${OPENED_BLOCKS} blocks`, async () => {
    for (let n = 0; n < OPENED_BLOCKS; n++) {
      await tab.blocks.nth(n).getByRole('link').first().click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
  });
  await run('walk blocks in the drawer', async () => {
    await tab.blocks.nth(1).getByRole('link').first().click();
    await expect(page.getByRole('dialog')).toBeVisible();
    for (let n = 0; n < KEYS; n++) await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
  });
  for (const view of VIEWS) {
    await run(`show ${view}`, () => page.getByRole('link', { name: view, exact: true }).click());
  }
  await run('all five views, three times', async () => {
    for (let n = 0; n < 3; n++)
      for (const view of VIEWS) await page.getByRole('link', { name: view, exact: true }).click();
  });
}

async function fling(page: Page, stepPx: number): Promise<void> {
  const atEnd = (step: number): boolean =>
    step < 0 ? scrollY <= 0 : scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
  while (!(await page.evaluate(atEnd, stepPx))) await page.mouse.wheel(0, stepPx);
}

/** Until the search has an end, or has led somewhere. */
async function search(tab: Tab, text: string): Promise<void> {
  const { page } = tab;
  await page.getByTestId('search').fill(text);
  await page.getByTestId('search').press('Enter');
  await expect(page.locator('[data-testid=search-progress][data-end], [role=dialog]').first()).toBeAttached({
    timeout: 120_000,
  });
}
