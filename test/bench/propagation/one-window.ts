/**
 * A browser with one window, as somebody has who opens many tabs on one computer: the one in front is drawn, the others
 * are hidden. Playwright's own browsers tell each page that it is in front, and then all of them are drawn.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from '@playwright/test';
import { findFullChromium, NO_FULL_CHROMIUM } from '../../../scripts/browsers.ts';
import { spawnChromium } from '../../e2e/own-chromium.ts';

export interface OneWindow {
  /** Each new page is a new tab, in front. */
  readonly context: BrowserContext;
  readonly version: string;
  close(): Promise<void>;
}

/** @throws Error without a full Chromium: a headless shell has no windows. */
export async function openWindow(): Promise<OneWindow> {
  const { executablePath } = findFullChromium() ?? {};
  if (executablePath === undefined) throw new Error(NO_FULL_CHROMIUM);
  const profile = mkdtempSync(join(tmpdir(), 'tabchain-window-'));
  const { devToolsUrl, exited } = await spawnChromium(executablePath, profile);
  const browser = await chromium.connectOverCDP(devToolsUrl, { noDefaults: true });
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('This Chromium has no window.');
  return {
    context,
    version: browser.version(),
    async close() {
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.close').catch(() => undefined);
      await exited;
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
