import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

test('tabs of one browser are nodes of their own, and each keeps its own over a reload', async ({
  room,
  browser,
}) => {
  const context = await browser.newContext();
  // At once: the claims must not collide.
  const tabs = await Promise.all([room.open({ context }), room.open({ context }), room.open({ context })]);
  for (const tab of tabs) await tab.waitForLinks(2);
  const keys = await Promise.all(tabs.map((tab) => tab.key()));
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(keys).size).toBe(3);
  const [first] = tabs;
  await first?.write('from one of three');
  await waitForSameTip(tabs, 1);

  // All at once again: each remembers which slot was its own.
  await Promise.all(tabs.map((tab) => tab.page.reload()));
  await waitForSameTip(tabs, 1);
  expect(await Promise.all(tabs.map((tab) => tab.key()))).toEqual(keys);
  await context.close();
});
