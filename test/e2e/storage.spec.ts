/**
 * What browsers do to a page's storage, done by the browser itself where it can be asked to: the tab says that it
 * forgets and why, its node goes on, and the chain can be saved.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type BrowserContext } from '@playwright/test';
import { findFullChromium, NO_FULL_CHROMIUM } from '../../scripts/browsers.ts';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';
import type { Tab } from './tab.ts';

async function sealed(tab: Tab, ...memos: readonly string[]): Promise<void> {
  for (const memo of memos) {
    await tab.write(memo);
    await expect(tab.blockWith(memo)).toBeVisible();
  }
}

/** By the button of the notice. Resolves to the file's path. */
async function saveFromNotice(tab: Tab): Promise<string> {
  await tab.page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await tab.notice('storage').getByRole('button', { name: 'Save the chain' }).click();
  const download = tab.page.waitForEvent('download');
  await tab.page.getByRole('dialog').getByRole('button', { name: 'Save the chain' }).click();
  // A download is gone with its context.
  const path = test.info().outputPath('saved.tabchain');
  await (await download).saveAs(path);
  await tab.page.keyboard.press('Escape');
  return path;
}

async function load(tab: Tab, path: string): Promise<void> {
  await tab.page.locator('header .you').click();
  await tab.page.getByRole('button', { name: 'Chain file' }).click();
  await tab.page.getByLabel('Chain file of this room').setInputFiles(path);
  await expect(tab.page.getByTestId('load-outcome')).toContainText('loaded');
  await tab.page.keyboard.press('Escape');
}

/** Runs before the engine, in its worker, which init scripts do not reach. */
async function injectIntoWorkers(context: BrowserContext, script: string): Promise<void> {
  await context.route(/\/assets\/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: script + (await response.text()) });
  });
}

/** Chromium 156 takes `Storage.overrideQuotaForOrigin`, and stores on: what a full disk does is played. */
const FULL_DISK = `
  let isFull = false;
  new BroadcastChannel('test/full').onmessage = ({ data }) => (isFull = data);
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (names, mode, options) {
    if (isFull && mode === 'readwrite') throw new DOMException('no space', 'QuotaExceededError');
    return transaction.call(this, names, mode, options);
  };
`;

function fillDisk(tab: Tab, isFull: boolean): Promise<void> {
  return tab.page.evaluate((full) => new BroadcastChannel('test/full').postMessage(full), isFull);
}

test('without space the tab forgets, and stores everything once there is space again', async ({
  room,
  browser,
}) => {
  const context = await browser.newContext();
  await injectIntoWorkers(context, FULL_DISK);
  const tab = await room.open({ context });
  await sealed(tab, 'before');
  await fillDisk(tab, true);
  await sealed(tab, 'while it is full', 'and another');
  await expect(tab.notice('storage')).toContainText('no space left for this site');
  await expect(tab.notice('storage')).toContainText('tries again by itself');
  expect((await tab.status()).storage).toMatchObject({ kind: 'forgetting', reason: 'full', retries: true });
  const tip = await tab.tip();

  const path = await saveFromNotice(tab);
  const fresh = await browser.newContext();
  const other = await room.open({ context: fresh });
  await load(other, path);
  await expect.poll(() => other.tip()).toEqual(tip);
  await fresh.close();

  await fillDisk(tab, false);
  await expect(tab.notice('storage')).toHaveCount(0);
  await tab.page.reload();
  await expect(tab.blockWith('and another')).toBeVisible();
  expect(await tab.tip()).toEqual(tip);
  await context.close();
});

for (const way of ['the page’s own tools', 'the browser'] as const) {
  test(`data deleted by ${way} is noticed at once, and the node goes on`, async ({ room, browser }) => {
    const context = await browser.newContext();
    const tab = await room.open({ context });
    await sealed(tab, 'one', 'two');
    if (way === 'the browser') {
      const session = await context.newCDPSession(tab.page);
      const { origin } = new URL(tab.page.url());
      await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    } else {
      await tab.page.evaluate(async () => {
        for (const { name = '' } of await indexedDB.databases()) {
          await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
        }
      });
    }
    // Nothing was written since.
    await expect(tab.notice('storage')).toContainText('This tab will forget the chain');
    const { storage } = await tab.status();
    expect(storage).toMatchObject({ kind: 'forgetting', retries: false });
    expect(['deleted', 'closed']).toContain(storage.kind === 'forgetting' ? storage.reason : '');

    await sealed(tab, 'three');
    const tip = await tab.tip();
    const path = await saveFromNotice(tab);
    await context.close();
    const fresh = await room.open();
    await load(fresh, path);
    await expect(fresh.blockWith('one')).toBeVisible();
    await expect.poll(() => fresh.tip()).toEqual(tip);
  });
}

test('a browser that was told to keep nothing, as schools tell theirs, has nodes that go on and say so', async ({
  room,
}, testInfo) => {
  // A headless shell reads no settings.
  const full = findFullChromium();
  test.skip(full === undefined, NO_FULL_CHROMIUM);
  const profile = testInfo.outputPath('profile');
  await mkdir(join(profile, 'Default'), { recursive: true });
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(blocked));
  const context = await chromium.launchPersistentContext(profile, full);
  const [tab, other] = [await room.open({ context }), await room.open({ context })];
  expect(await tab.page.evaluate(() => navigator.locks.query().then(() => 'given', String))).toContain(
    'Error',
  );
  await expect(tab.notice('storage')).toContainText('keeps nothing for this page, as in a private window');
  await sealed(tab, 'goes on');
  await expect(other.blockWith('goes on')).toBeVisible();
  expect(await other.key()).not.toBe(await tab.key());
  expect([...tab.uncaught, ...other.uncaught]).toEqual([]);
  await context.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a browser that refuses storage, ${colorScheme}`, async ({ room, browser }, testInfo) => {
    const context = await browser.newContext({ colorScheme });
    // As in a private window: no browser can be asked to refuse it to one page, and the engine lives in a worker.
    await injectIntoWorkers(
      context,
      `Object.defineProperty(self, 'indexedDB', {
        get() { throw new DOMException('The operation is insecure.', 'SecurityError'); },
      });`,
    );
    const tab = await room.open({ context });
    await expect(tab.notice('storage')).toContainText('keeps nothing for this page, as in a private window');
    await sealed(tab, 'goes on');
    for (const size of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ]) {
      await tab.page.setViewportSize(size);
      expect(await violations(tab.page)).toEqual([]);
      expect(await tab.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(
        true,
      );
      await tab.page.screenshot({ path: testInfo.outputPath(`${size.width}.png`) });
    }
    const path = await saveFromNotice(tab);
    const tip = await tab.tip();
    await context.close();
    const fresh = await room.open();
    await load(fresh, path);
    await expect.poll(() => fresh.tip()).toEqual(tip);
  });
}
