import { expect, test } from './fixtures.ts';

test('a crashed tab leaves its slot whole to the next one', async ({ room, browser }) => {
  const context = await browser.newContext();
  const tab = await room.open({ context });
  await tab.write('before the crash');
  await expect(tab.blockWith('before the crash')).toBeVisible();
  const key = await tab.key();
  const tip = await tab.tip();

  const crashed = tab.page.waitForEvent('crash');
  // Chromium's own way to ask for a crash. The call ends in an error, because the page that it would load is gone.
  await Promise.all([crashed, tab.page.goto('chrome://crash').catch(() => undefined)]);

  const next = await room.open({ context });
  await expect(next.blockWith('before the crash')).toBeVisible();
  expect(await next.key()).toBe(key);
  expect(await next.tip()).toEqual(tip);
  await context.close();
});
