import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

test('a reloaded tab keeps key, name and chain, and fetches only what is new', async ({ room }) => {
  const stays = await room.open();
  const returns = await room.open();
  await returns.write('mine');
  await stays.waitForHeight(1);
  await stays.setMode('Always');
  await stays.waitForHeight(100);
  await stays.setMode('Off');
  await waitForSameTip([stays, returns], 100);
  const [key, name] = await Promise.all([returns.key(), returns.name()]);
  const bytesForAll = await returns.bytesIn();

  await returns.page.reload();
  await returns.waitForLinks(1);
  await stays.setMode('On demand');
  await stays.write('news');
  await expect(returns.blockWith('news')).toBeVisible();
  await waitForSameTip([stays, returns], 101);

  expect(await returns.key()).toBe(key);
  expect(await returns.name()).toBe(name);
  // One block and the words around it, of a hundred.
  expect(await returns.bytesIn()).toBeLessThan(bytesForAll / 4);
});

test('a browser that was closed goes on where it was', async ({
  room,
  playwright,
  browserName,
  channel,
  launchOptions,
}, testInfo) => {
  const open = () =>
    playwright[browserName].launchPersistentContext(testInfo.outputPath('profile'), {
      ...launchOptions,
      ...(channel && { channel }),
    });
  const before = await open();
  const tab = await room.open({ context: before });
  await tab.write('before closing');
  await expect(tab.blockWith('before closing')).toBeVisible();
  const key = await tab.key();
  const tip = await tab.tip();
  await before.close();

  const after = await open();
  const again = await room.open({ context: after });
  await expect(again.blockWith('before closing')).toBeVisible();
  expect(await again.key()).toBe(key);
  expect(await again.tip()).toEqual(tip);
  await after.close();
});
