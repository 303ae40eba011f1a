import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  expect,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test';
import { watchPage, Tab } from '../../test/e2e/tab.ts';
import { MESSAGES } from '../../web/node/messages.ts';

/** What is seen of a page, and how. */
export interface Look {
  readonly name: string;
  readonly options: BrowserContextOptions;
}

/** Nothing moves: the same moment gives the same picture. */
const STILL = { reducedMotion: 'reduce', locale: 'en-GB' } as const;

export const WIDE: BrowserContextOptions = { ...STILL, viewport: { width: 1280, height: 800 } };
export const PHONE: BrowserContextOptions = {
  ...STILL,
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

export const LOOKS: readonly Look[] = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { name: `wide-${colorScheme}`, options: { ...WIDE, colorScheme } },
  { name: `phone-${colorScheme}`, options: { ...PHONE, colorScheme } },
]);

/** For what takes an instant on a machine that has nothing else to do. */
export const PATIENT = { timeout: 60_000 };

export async function newContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  // What runs this script (tsx) keeps functions' names by a helper, which those that are sent to a page call there.
  await context.addInitScript({ content: 'globalThis.__name = (value) => value;' });
  return context;
}

/** A tab with storage of its own. */
export async function openTab(browser: Browser, options: BrowserContextOptions, url: string): Promise<Tab> {
  const context = await newContext(browser, options);
  const page = await context.newPage();
  await page.addInitScript(watchPage, MESSAGES.signal.id);
  const tab = new Tab(page);
  await page.goto(url);
  return tab;
}

/** Of what is in the window. Prints the file and its size. */
export async function shoot(page: Page, folder: string, name: string): Promise<void> {
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  console.log(`${path}  ${Math.ceil(statSync(path).size / 1000)} kB`);
}

export async function waitForNoToast(page: Page): Promise<void> {
  await expect(page.getByTestId('toast')).toHaveCount(0, PATIENT);
}
