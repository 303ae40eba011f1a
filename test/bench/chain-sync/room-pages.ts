/** Opens tabs of the benchmark's room, and has the benchmark's own code run in them beside the page's. */
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { bundled } from '../../e2e/page-bundle.ts';
import { roomUrl } from '../../e2e/fixtures.ts';
import { watchTab, type TabTimes } from './tab-watch.ts';

type InPage = typeof import('./in-page.ts');

/** Against a hang: longer than anything takes on a busy machine. */
const TIMEOUT_MS = 20 * 60_000;
/** How often a page is looked at, in ms: it notes the times itself. */
const POLL_MS = 250;

let script: Promise<string> | undefined;

/** A browser of its own, as far as storage is concerned. */
export async function newContext(browser: Browser): Promise<BrowserContext> {
  // The server's policy lets a page run no scripts but its own.
  const context = await browser.newContext({ bypassCSP: true, serviceWorkers: 'block' });
  context.setDefaultTimeout(TIMEOUT_MS);
  await context.addInitScript(watchTab);
  return context;
}

export interface RoomLink {
  /** Of the page, without a slash at its end. */
  readonly origin: string;
  readonly secret: string;
}

export async function openTab(context: BrowserContext, { origin, secret }: RoomLink): Promise<Page> {
  const page = await context.newPage();
  await page.goto(roomUrl(origin, secret, 'regtest'));
  return page;
}

/** Waits until its node runs and has the chain up to `height`. */
export async function waitForChain(page: Page, height: number): Promise<TabTimes> {
  const isThere = (wanted: number): boolean => {
    const { runningMs, heights = [] } = window.tabTimes ?? {};
    return runningMs !== undefined && (heights.at(-1)?.height ?? 0) >= wanted;
  };
  await page.waitForFunction(isThere, height, { polling: POLL_MS, timeout: TIMEOUT_MS });
  const times = await page.evaluate(() => window.tabTimes);
  if (times === undefined) throw new Error('the page tells nothing of itself');
  return times;
}

/** Calls a function of in-page.ts in the page. */
export async function callInPage<Name extends keyof InPage>(
  page: Page,
  name: Name,
  ...args: Parameters<InPage[Name]>
): Promise<Awaited<ReturnType<InPage[Name]>>> {
  script ??= bundled('../bench/chain-sync/in-page.ts', 'InPage');
  if (!(await page.evaluate(() => 'InPage' in globalThis)))
    await page.addScriptTag({ content: await script });
  return page.evaluate(
    ([called, given]) => {
      const { InPage } = globalThis as unknown as { InPage: Record<string, (...all: unknown[]) => unknown> };
      return InPage[called]?.(...given) as never;
    },
    [name as string, args as unknown[]] as const,
  );
}
