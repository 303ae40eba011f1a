/**
 * A page of another machine on the LAN comes over plain HTTP, where browsers
 * leave out Web Locks, WebCrypto and the clipboard. A made-up host name for
 * this machine gives the same: only https and localhost count as secure.
 */
import { chromium } from '@playwright/test';
import { findChromium } from '../../scripts/browsers.ts';
import { expect, roomUrl, test } from './fixtures.ts';
import { Tab, waitForSameTip } from './tab.ts';

const HOST = 'tabchain.test';

test('over plain HTTP tabs of one browser are separate nodes, and the scene works', async ({
  server,
  room,
}) => {
  const browser = await chromium.launch({
    ...findChromium(),
    args: [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
  });
  try {
    const context = await browser.newContext();
    const open = async (): Promise<Tab> => {
      const page = await context.newPage();
      await page.goto(roomUrl(`http://${HOST}:${server.port}`, room.secret, 'regtest'));
      return new Tab(page);
    };
    const a = await open();
    const b = await open();
    expect(await a.page.evaluate(() => isSecureContext)).toBe(false);
    for (const tab of [a, b]) await tab.waitForLinks(1);
    expect(await a.name()).not.toBe(await b.name());

    await b.write('over plain HTTP');
    for (const tab of [a, b]) await expect(tab.blockWith('over plain HTTP')).toBeVisible();
    await waitForSameTip([a, b]);

    // A reloaded tab is the same node again.
    const name = await b.name();
    await b.page.reload();
    await b.waitForLinks(1);
    expect(await b.name()).toBe(name);
    await expect(b.blockWith('over plain HTTP')).toBeVisible();
    expect([...a.uncaught, ...b.uncaught]).toEqual([]);
  } finally {
    await browser.close();
  }
});
