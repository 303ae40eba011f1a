/** The page without its server: kept by the browser, opened from there, and replaced when its user says so. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { findFullChromium, NO_FULL_CHROMIUM } from '../../scripts/browsers.ts';
import { startServer } from '../../signaling/server.ts';
import { violations } from './axe.ts';
import { expect, roomUrl, test } from './fixtures.ts';
import { copyBuild } from './next-build.ts';
import { Tab } from './tab.ts';

const ASSETS = readdirSync(join(import.meta.dirname, '../../dist/page/assets'));

test.use({ serviceWorkers: 'allow' });

/** Waits until the browser has the whole page and this tab's requests go through what keeps it. */
async function waitUntilKept(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

/** What the browser would give from its ordinary cache, which it empties as it likes. */
async function emptyHttpCache(page: Page): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Network.clearBrowserCache');
  await devTools.detach();
}

test('a tab opened offline shows its chain, writes to it, and has all its views', async ({
  room,
  server,
  browser,
}) => {
  const context = await browser.newContext();
  const before = await room.open({ context });
  await before.write('while there was a server');
  await expect(before.blockWith('while there was a server')).toBeVisible();
  await waitUntilKept(before.page);
  const key = await before.key();
  await emptyHttpCache(before.page);
  await before.page.close();

  await server.stop();
  await context.setOffline(true);
  const tab = await room.open({ context });
  const { page } = tab;
  await expect(tab.blockWith('while there was a server')).toBeVisible();
  expect(await tab.key()).toBe(key);
  await expect(tab.notice('signal')).toContainText('this tab goes on by itself');
  await tab.write('all alone');
  await tab.waitForBlock('all alone', await tab.name());

  await tab.blockWith('all alone').click();
  await expect(page.getByText('80 bytes, by field')).toBeVisible();
  await page.keyboard.press('Escape');
  await tab.show('Network');
  await expect(page.getByTestId('no-peers')).toBeVisible();
  await tab.show('Forks');
  await expect(page.getByRole('heading', { name: 'No forks yet' })).toBeVisible();
  await tab.show('Stats');
  await expect(page.getByRole('heading', { name: 'Hash rate' })).toBeVisible();
  await tab.show('Wire');
  await expect(page.getByRole('heading', { name: 'Messages as they pass' })).toBeVisible();
  // Those that only a peer or a click would load, too.
  const missing = await page.evaluate(async (names) => {
    const answers = await Promise.allSettled(names.map((name) => fetch(`/assets/${name}`)));
    return names.filter((_, i) => answers[i]?.status !== 'fulfilled');
  }, ASSETS);
  expect(missing).toEqual([]);

  await page.goto(server.url);
  await expect(page.getByRole('heading', { name: 'Recent rooms' })).toBeVisible();
  await context.close();
});

test('a tab that was open before anything was kept gets its later parts without the server', async ({
  room,
  server,
}) => {
  const tab = await room.open();
  await waitUntilKept(tab.page);
  await emptyHttpCache(tab.page);
  await server.stop();
  await tab.show('Stats');
  await expect(tab.page.getByRole('heading', { name: 'Hash rate' })).toBeVisible();
});

test('only the files of the page are kept: the server answers the rest', async ({ room, server }) => {
  const tab = await room.open();
  const { page } = tab;
  await waitUntilKept(page);
  await page.reload();
  await expect(tab.chip('signal')).toContainText('connected');
  const fromWorker = async (path: string) => (await page.goto(server.url + path))?.fromServiceWorker();
  expect(await fromWorker(`/?view=stage&network=regtest#${room.secret}`)).toBe(true);
  expect(await fromWorker('/index.html')).toBe(true);
  expect(await fromWorker('/healthz')).toBe(false);
  await expect(page.getByText('"ok":true')).toBeVisible();
  expect(await fromWorker('/some/place')).toBe(false);
});

test('what the browser keeps and can not read comes from the server', async ({ room }) => {
  const tab = await room.open();
  const { page } = tab;
  await waitUntilKept(page);
  await page.reload();
  const [worker] = page.context().serviceWorkers();
  await worker?.evaluate(() => {
    CacheStorage.prototype.open = () => Promise.reject(new DOMException('Unexpected internal error.'));
  });
  await emptyHttpCache(page);
  await page.reload();
  await expect(tab.chip('signal')).toContainText('connected');
  await tab.show('Stats');
  await expect(page.getByRole('heading', { name: 'Hash rate' })).toBeVisible();
});

test('the page can be installed', async ({ server }) => {
  // A headless shell installs nothing, and finds nothing in the way of it.
  const full = findFullChromium();
  test.skip(full === undefined, NO_FULL_CHROMIUM);
  const browser = await chromium.launch(full);
  const page = await browser.newPage();
  await page.goto(server.url);
  await waitUntilKept(page);
  const devTools = await page.context().newCDPSession(page);
  const { data = '', errors } = await devTools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data) as {
    readonly start_url: string;
    readonly icons: readonly { readonly src: string; readonly sizes: string; readonly purpose?: string }[];
  };
  expect(manifest.start_url).toBe('/');
  expect(manifest.icons.map(({ purpose = 'any' }) => purpose)).toEqual(['any', 'any', 'maskable']);
  for (const { src, sizes } of manifest.icons) {
    const drawn = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    expect(drawn, src).toBe(sizes);
  }
  const { installabilityErrors } = await devTools.send('Page.getInstallabilityErrors');
  // Playwright's contexts count as incognito windows, from which nothing is installed: that alone is in the way.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
  await browser.close();
});

test('a new version waits for a click, keeps what is being written, and leaves other tabs their own version', async ({
  browser,
}) => {
  const build = await copyBuild();
  const server = await startServer({ port: 0, pageDir: build.pageDir, iceServers: [] });
  const context = await browser.newContext();
  const open = async (): Promise<Tab> => {
    const tab = new Tab(await context.newPage());
    await tab.page.goto(roomUrl(server.url, 'class-7b', 'regtest'));
    await waitUntilKept(tab.page);
    return tab;
  };
  const version = ({ page }: Tab) => page.locator('html').getAttribute('data-version');
  const notice = ({ page }: Tab) => page.getByTestId('update');
  const draft = ({ page }: Tab) => page.getByTestId('compose-input');
  const versionsKept = (tab: Tab) => tab.page.evaluate(async () => (await caches.keys()).length);
  try {
    const a = await open();
    const b = await open();
    await a.waitForLinks(1);
    await draft(a).fill('half a sent');
    await draft(b).fill('another one');

    await build.update();
    await a.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    for (const tab of [a, b]) await expect(notice(tab)).toContainText('A new version of this page is here.');
    for (const colorScheme of ['light', 'dark'] as const) {
      await a.page.emulateMedia({ colorScheme });
      expect(await violations(a.page)).toEqual([]);
    }
    await a.page.getByRole('button', { name: '日本語' }).first().click();
    await expect(notice(a)).toContainText('このページの新しいバージョンがあります。');
    await notice(a).getByRole('button', { name: '再読み込み' }).waitFor();
    await a.page.getByRole('button', { name: 'English' }).first().click();
    // Who goes on without it has the old one, also in a tab opened now.
    const c = await open();
    expect(await version(c)).toBeNull();
    await expect(notice(c)).toBeVisible();
    await notice(c).getByRole('button', { name: 'Later' }).click();
    await expect(notice(c)).toHaveCount(0);
    await c.page.close();

    const name = await a.name();
    await notice(a).getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => version(a)).toBe('2');
    await expect(draft(a)).toHaveValue('half a sent');
    expect(await a.name()).toBe(name);
    await expect(notice(a)).toHaveCount(0);

    // The other one was not touched, and has parts of its version that the server has no more.
    expect(await version(b)).toBeNull();
    await expect(draft(b)).toHaveValue('another one');
    await emptyHttpCache(b.page);
    await b.show('Stats');
    await expect(b.page.getByRole('heading', { name: 'Hash rate' })).toBeVisible();
    expect(await versionsKept(b)).toBe(2);

    await notice(b).getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => version(b)).toBe('2');
    // Nobody runs the old version any more.
    const d = await open();
    await expect.poll(() => versionsKept(d)).toBe(1);
    expect(await version(d)).toBe('2');
    expect([...a.uncaught, ...b.uncaught, ...c.uncaught, ...d.uncaught]).toEqual([]);
  } finally {
    await context.close();
    await server.close();
    await build.remove();
  }
});
