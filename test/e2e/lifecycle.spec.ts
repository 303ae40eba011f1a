import { chromium, type BrowserContext } from '@playwright/test';
import { findFullChromium, NO_FULL_CHROMIUM } from '../../scripts/browsers.ts';
import { expect, test } from './fixtures.ts';
import type { Tab } from './tab.ts';

/** Longer than any of these tests needs to reconnect, in ms: what was planned for later did not do it. */
const LONG_PAUSE_MS = 25_000;

const announce = (tab: Tab, target: 'window' | 'document', event: string): Promise<boolean> =>
  tab.page.evaluate(([to, type]) => globalThis[to].dispatchEvent(new Event(type)), [target, event] as const);

/** Lets attempts fail, each at once, until the next one is far off. Returns when that would be, in ms since 1970. */
async function loseServer(tab: Tab): Promise<number> {
  let atMs = 0;
  await expect(async () => {
    await announce(tab, 'window', 'online');
    const { signaling } = await tab.status();
    atMs = signaling.kind === 'retrying' ? signaling.atMs : 0;
    expect(atMs - Date.now()).toBeGreaterThan(LONG_PAUSE_MS);
  }).toPass({ intervals: [50] });
  return atMs;
}

for (const [event, target] of [
  ['online', 'window'],
  ['visibilitychange', 'document'],
  ['resume', 'document'],
] as const) {
  test(`on ${event} the server is tried at once, whenever the next attempt was due`, async ({
    room,
    server,
  }) => {
    const tab = await room.open();
    await expect(tab.chip('signal')).toHaveAttribute('data-state', 'connected');
    await server.stop();
    await expect(tab.chip('signal')).toHaveAttribute('data-state', 'retrying');
    const dueAtMs = await loseServer(tab);

    await server.restart();
    await announce(tab, target, event);

    await expect(tab.chip('signal')).toHaveAttribute('data-state', 'connected');
    expect(Date.now()).toBeLessThan(dueAtMs);
  });
}

/**
 * Pages that the user left and may come back to with "Back". Chromium keeps ours: it takes a page whose connections are
 * gone, and ends it only when another tab wants the Web Lock that it holds: two tabs with one slot can't come of it.
 * Firefox keeps no page of ours.
 */
test.describe('the back/forward cache', () => {
  /** What the page notes of itself when it goes into the cache and when it comes out. It survives the reload. */
  const watchCache = () => {
    for (const type of ['pagehide', 'pageshow'])
      addEventListener(type, (event) => {
        if ((event as PageTransitionEvent).persisted) sessionStorage.setItem(`test/${type}`, 'persisted');
      });
  };

  const cacheTest = test.extend<{ caching: BrowserContext }>({
    // Playwright reads a fixture's needs from this pattern and insists on one.
    // eslint-disable-next-line no-empty-pattern
    caching: async ({}, use) => {
      // Playwright turns the cache off.
      const browser = await chromium.launch({
        ...findFullChromium(),
        ignoreDefaultArgs: ['--disable-back-forward-cache'],
      });
      const context = await browser.newContext();
      await context.addInitScript(watchCache);
      await use(context);
      await browser.close();
    },
  });

  cacheTest.skip(findFullChromium() === undefined, NO_FULL_CHROMIUM);

  cacheTest('a page that comes back is the same node again', async ({ room, server, caching }) => {
    const stays = await room.open();
    const leaves = await room.open({ context: caching });
    await leaves.waitForLinks(1);
    await leaves.write('before leaving');
    await stays.waitForHeight(1);
    const key = await leaves.key();

    await leaves.page.goto(`${server.url}/?elsewhere`);
    await expect(stays.chip('peers')).toContainText('none yet', { timeout: 10_000 });
    await stays.write('while it was away');
    await stays.waitForHeight(2);
    await leaves.page.evaluate(() => history.back());

    await leaves.waitForLinks(1);
    expect(await leaves.page.evaluate(() => ({ ...sessionStorage }))).toMatchObject({
      'test/pagehide': 'persisted',
      'test/pageshow': 'persisted',
    });
    expect(await leaves.key()).toBe(key);
    await leaves.write('here again');
    for (const tab of [stays, leaves]) {
      await expect(tab.blockWith('while it was away')).toBeVisible();
      await expect(tab.blockWith('here again')).toBeVisible();
    }
  });
});
