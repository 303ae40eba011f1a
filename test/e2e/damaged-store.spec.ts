/** A store that the disk or a crash has damaged: said, healed from what is left, and nothing needs the user. */
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

/** Flips a bit in every record whose key begins so. Resolves to how many there were. */
function damage(prefix: string): Promise<number> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  return (async () => {
    let damaged = 0;
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      const records = database.transaction('chain', 'readwrite').objectStore('chain');
      for (const key of await done(records.getAllKeys())) {
        if (typeof key !== 'string' || !key.startsWith(prefix)) continue;
        const value = await done<Uint8Array>(records.get(key));
        value[5] = (value[5] ?? 0) ^ 1;
        await done(records.put(value, key));
        damaged++;
      }
      database.close();
    }
    return damaged;
  })();
}

for (const record of ['headers/', 'changes/', 'tip']) {
  test(`a flipped bit in ${record} is noticed and the chain comes back`, async ({
    room,
    server,
    browser,
  }) => {
    const context = await browser.newContext();
    const tab = await room.open({ context });
    for (const memo of ['one', 'two', 'three']) {
      await tab.write(memo);
      await expect(tab.blockWith(memo)).toBeVisible();
    }
    const before = { key: await tab.key(), tip: await tab.tip() };
    await tab.page.close();

    const page = await context.newPage();
    await page.goto(`${server.url}/healthz`);
    const damaged = await page.evaluate(damage, record);
    await page.close();
    expect(damaged).toBeGreaterThan(0);

    const again = await room.open({ context });
    await expect(again.notice('storage')).toBeVisible();
    await expect.poll(() => again.tip()).toEqual(before.tip);
    expect(await again.key()).toBe(before.key);
    await context.close();
  });
}

test('what can not be read any more comes from the peers', async ({ room, server, browser }) => {
  const context = await browser.newContext();
  const tab = await room.open({ context });
  const friend = await room.open();
  await tab.waitForLinks(1);
  for (const memo of ['one', 'two']) {
    await tab.write(memo);
    await expect(friend.blockWith(memo)).toBeVisible();
  }
  const tip = await friend.tip();
  await tab.page.close();
  const page = await context.newPage();
  await page.goto(`${server.url}/healthz`);
  expect(await page.evaluate(damage, 'body/')).toBeGreaterThan(1);
  expect(await page.evaluate(damage, 'headers/')).toBeGreaterThan(0);
  await page.close();

  const again = await room.open({ context });
  await expect(again.blockWith('two')).toBeVisible();
  expect(await again.tip()).toEqual(tip);
  await context.close();
});

test('a check of the stored chain finds what is damaged, and gets it from a peer', async ({ room }) => {
  const friend = await room.open();
  await friend.setMode('Always');
  // More than what a tab keeps in memory.
  await friend.waitForHeight(400);
  await friend.setMode('Off');
  const tab = await room.open();
  await waitForSameTip([friend, tab], 400);
  const { height } = await tab.tip();
  const all = height.toLocaleString('en');

  await tab.openChainFile();
  const outcome = tab.page.getByTestId('check-outcome');
  const check = async (): Promise<void> => {
    await tab.page.getByRole('button', { name: 'Check all blocks' }).click();
    await expect(outcome).toBeVisible();
  };
  const good = `All ${all} blocks are stored as they should be, and the balances follow from them.`;
  await check();
  await expect(outcome).toHaveText(good);

  expect(await tab.page.evaluate(damage, 'body/0000000007')).toBe(1);
  const row = (at: number) => tab.page.locator(`[data-testid=block-row][data-height="${at}"]`);
  const missing = tab.page.getByTestId('missing-row');
  await expect(async () => {
    await tab.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect(missing.filter({ hasText: 'can’t read' }).last()).toContainText('#7', { timeout: 1000 });
  }).toPass();
  // The rows that are made ahead once the list rests would ask for #7 with the rest of its page.
  await expect(row(20).or(missing.filter({ hasText: '#20' }))).toBeAttached();
  await check();
  await expect(row(7)).toBeVisible();
  await expect(missing).toHaveCount(0);
  await expect(outcome).toHaveText(`1 block was damaged, #7, and has been stored anew. ${good}`);
  await check();
  await expect(outcome).toHaveText(good);

  // Nobody is left to ask.
  await friend.page.close();
  await tab.waitForLinks(0);
  expect(await tab.page.evaluate(damage, 'body/0000000008')).toBe(1);
  await check();
  await expect(outcome).toHaveText(
    'Block #8 is damaged in this browser’s storage, and no peer that is linked has it. All before it is good. ' +
      'Check again while others are in the room.',
  );
  expect(await violations(tab.page)).toEqual([]);
});
