import type { Page } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, roomUrl, test } from './fixtures.ts';
import { playLongChain } from './long-chain.ts';
import { waitForSameTip, type Tab } from './tab.ts';

/** Writes each memo into a block of its own. */
async function writeBlocks(tab: Tab, memos: readonly string[]): Promise<void> {
  for (const memo of memos) {
    await tab.write(memo);
    await expect(tab.blockWith(memo)).toBeVisible();
  }
}

function drawer(page: Page) {
  return page.getByRole('dialog');
}

function hash(page: Page): string {
  return new URL(page.url()).hash;
}

/** The heading tells what the drawer shows. */
async function expectOpen(page: Page, heading: string | RegExp): Promise<void> {
  await expect(drawer(page).getByRole('heading', { level: 2 })).toHaveText(heading);
}

test('a block from close by: its bytes, its hash against the target, who it came from, and its parent lit', async ({
  room,
}) => {
  const a = await room.open();
  const b = await room.open();
  await a.waitForLinks(1);
  await writeBlocks(a, ['one', 'two', 'three']);
  await waitForSameTip([a, b], 3);
  const { page } = b;
  // Its row has come, so the one below is where it stays: a click on a row that moves goes astray.
  await expect(b.blockWith('three')).toBeVisible();
  await b.blockWith('two').click();
  await expectOpen(page, 'Block 2');
  expect(hash(page)).toBe(`#${room.secret}/block/2`);

  const detail = page.getByTestId('block-detail');
  await expect(detail).toContainText(`from ${await a.name()}`);
  const bytes = await page.getByTestId('header-bytes').getAttribute('data-hex');
  expect(bytes).toMatch(/^[0-9a-f]{160}$/);
  // Computed by the page from the 80 bytes.
  await expect(page.getByTestId('hash-steps')).toHaveAttribute('data-same', 'true');
  const share = Number(await page.getByTestId('hash-position').getAttribute('data-share'));
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThanOrEqual(1);

  const parent = b.blockWith('one');
  const toParent = detail.getByRole('link').filter({ hasText: (await parent.getAttribute('data-id')) ?? '' });
  await expect(parent).not.toContainText('parent');
  await toParent.hover();
  await expect(parent).toContainText('parent');
  await page.mouse.move(5, 5);
  await expect(parent).not.toContainText('parent');
  await toParent.focus();
  await expect(parent).toContainText('parent');
  await toParent.click();
  await expectOpen(page, 'Block 1');
  await page.goBack();
  await expectOpen(page, 'Block 2');
  await page.goForward();
  await expectOpen(page, 'Block 1');
  await page.keyboard.press('Escape');
  await expect(drawer(page)).toHaveCount(0);
});

test('blocks, transactions and accounts have addresses of their own, which survive a reload', async ({
  room,
}) => {
  const tab = await room.open();
  const { page } = tab;
  await writeBlocks(tab, ['remember me']);
  await tab.blockWith('remember me').click();
  const transaction = page.getByTestId('transaction').filter({ hasText: 'remember me' });
  const id = (await transaction.getAttribute('data-id')) ?? '';
  await transaction.getByRole('link', { name: id.slice(0, 8) }).click();
  await expectOpen(page, 'Transaction');
  expect(hash(page)).toBe(`#${room.secret}/tx/${id}`);
  await page.reload();
  await expect(page.getByTestId('transaction-detail')).toContainText('remember me');
  await expect(page.getByTestId('transaction-detail')).toHaveAttribute('data-height', '1');

  const name = await tab.name();
  await page.getByTestId('transaction-detail').getByRole('link', { name }).click();
  await expectOpen(page, `Account of ${name}`);
  const key = await tab.key();
  expect(hash(page)).toBe(`#${room.secret}/account/${key}`);
  await page.reload();
  await expect(page.getByTestId('account-balance')).toHaveText('50 credits');
  const history = page.getByTestId('found');
  await expect(history).toHaveText([/Mined/, /Wrote.*remember me/s]);
  await page.getByRole('radio', { name: 'Messages' }).check();
  await expect(history).toHaveText([/remember me/]);
  await page.goBack();
  await expectOpen(page, 'Transaction');

  // What is in no chain is said to be in none.
  await page.goto(page.url().replace(id, 'ab'.repeat(32)));
  await expect(drawer(page)).toContainText('No block of this chain has this transaction');
});

test('search finds by height, text, name and hash, and goes back to the list', async ({ room }) => {
  const a = await room.open();
  const b = await room.open();
  await a.waitForLinks(1);
  await writeBlocks(a, ['The Quick brown fox', 'über alles']);
  await b.write('from the other');
  await expect(a.blockWith('from the other')).toBeVisible();
  const { page } = a;
  const found = page.getByTestId('found');
  const search = async (text: string) => {
    await page.getByTestId('search').fill(text);
    await page.getByTestId('search').press('Enter');
    await expect(page.getByTestId('search-results')).toContainText(text);
    await expect(page.getByTestId('search-progress')).toHaveAttribute('data-end', 'complete');
  };

  await search('quick BROWN');
  await expect(found).toHaveText([/The Quick brown fox/]);
  expect(hash(page)).toBe(`#${room.secret}/search/quick%20BROWN`);
  await search('ÜBER');
  await expect(found).toHaveText([/über alles/]);
  await search(await b.name());
  await expect(found).toHaveText([/from the other/]);
  const id = (await found.getAttribute('data-id')) ?? '';
  await search(id.slice(0, 10));
  await expect(found).toHaveText([/from the other/]);
  await search('2');
  await page.getByTestId('search-results').getByRole('link', { name: 'Block 2', exact: true }).click();
  await expectOpen(page, 'Block 2');
  await page.keyboard.press('Escape');
  // Closing what was found leads back to the search.
  await expect(page.getByTestId('search-results')).toBeVisible();
  await page.getByRole('link', { name: 'Show all blocks' }).click();
  await expect(a.blocks.first()).toBeVisible();
  await page.goBack();
  await expect(page.getByTestId('search-results')).toBeVisible();
});

test('with the keyboard alone: write, walk the blocks, search, read the keys', async ({ room }) => {
  const tab = await room.open();
  const { page } = tab;
  await expect(tab.chip('chain')).toContainText('on its own');
  const input = page.getByTestId('compose-input');
  for (let step = 0; step < 40; step++) {
    if (await input.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(input).toBeFocused();
  for (const memo of ['opening', 'second / third?', 'last']) {
    await page.keyboard.type(memo);
    await page.keyboard.press('Enter');
    await expect(tab.blockWith(memo)).toBeVisible();
  }
  // Typed into the message, these keys were letters.
  await expect(drawer(page)).toHaveCount(0);

  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  await input.evaluate((element) => element.blur());
  await page.keyboard.press('ArrowRight');
  await expect.poll(focused).toBe('Block 3');
  await page.keyboard.press('ArrowRight');
  await expect.poll(focused).toBe('Block 2');
  await page.keyboard.press('ArrowDown'); // from the strip to the same block in the list
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toBe('Block 1');
  await page.keyboard.press('Enter');
  await expectOpen(page, 'Block 1');
  await page.keyboard.press('ArrowLeft');
  await expectOpen(page, 'Block 2');
  await expect(page.getByTestId('block-detail')).toContainText('second / third?');
  await page.keyboard.press('Escape');
  await expect(drawer(page)).toHaveCount(0);

  await page.keyboard.press('?');
  await expectOpen(page, 'Keys');
  await page.keyboard.press('Escape');
  await expect(drawer(page)).toHaveCount(0);
  await page.keyboard.press('/');
  await expect(page.getByTestId('search')).toBeFocused();
  await page.keyboard.type('last');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('found')).toHaveText([/last/]);
  await page.keyboard.press('Tab'); // the button
  await page.keyboard.press('Tab'); // the keys
  await page.keyboard.press('Tab'); // all blocks again
  await page.keyboard.press('Enter');
  await expect(tab.blockWith('opening')).toBeVisible();
});

test('a message shows its path, and credits go to a name in the room', async ({ room }) => {
  const a = await room.open();
  const b = await room.open();
  await a.waitForLinks(1);
  await b.setMode('Off');
  await writeBlocks(a, ['for a start']);
  await a.setMode('Off');
  const { page } = a;
  const bName = await b.name();

  await page.getByRole('button', { name: 'Send credits' }).click();
  const form = page.getByTestId('transfer');
  await form.getByRole('button', { name: 'Sign and send' }).click();
  await expect(form).toContainText('Choose who gets them.');
  await expect(form).toContainText('Say how many: 1 or more.');
  // Going back leaves what lies on top.
  await page.evaluate((key) => (location.href += `/account/${key}`), await b.key());
  await expect(form).toHaveCount(0);
  await drawer(page).getByRole('button', { name: 'Send credits' }).click();
  await page.goBack();
  await expect(drawer(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Send credits' }).click();
  await form.getByLabel('To', { exact: true }).selectOption(await b.key());
  await form.getByLabel('Amount').fill('51');
  await form.getByRole('button', { name: 'Sign and send' }).click();
  await expect(form).toContainText('You don’t have that many');
  await form.getByLabel('Amount').fill('20');
  await form.getByLabel('Fee').fill('2');
  await form.getByRole('button', { name: 'Sign and send' }).click();
  await expect(form).toHaveCount(0);

  const path = page.getByTestId('own-message').filter({ hasText: `20 credits to ${bName}` });
  await expect(path).toHaveAttribute('data-stage', 'pending');
  await expect(path).toContainText('Seen by 1 peer');
  await b.setMode('On demand');
  await expect(path).toContainText('Sealed in #2');
  await b.write('on top');
  await expect(path).toContainText('2 blocks deep');
  await expect(b.page.getByTestId('my-balance').first()).toHaveText('122 credits');
});

test('a key is carried from one browser to another, and the one that it replaces is not lost by accident', async ({
  room,
}) => {
  const a = await room.open();
  await writeBlocks(a, ['worth fifty']);
  const name = await a.name();
  await a.page.getByRole('button', { name: /^You:/ }).click();
  await a.page.getByRole('button', { name: 'Export key' }).click();
  await expect(drawer(a.page)).toContainText('Whoever sees this key can write and pay as you.');
  await expect(a.page.getByTestId('key-text')).toHaveCount(0);
  await a.page.getByRole('button', { name: 'Show the key' }).click();
  const key = await a.page.getByTestId('key-text').innerText();
  await a.page.close();

  const b = await room.open();
  const { page } = b;
  const before = await b.name();
  expect(before).not.toBe(name);
  await page.getByRole('button', { name: /^You:/ }).click();
  await page.getByRole('button', { name: 'Import key' }).click();
  const field = page.getByLabel('Key', { exact: true });
  await field.fill(`${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`);
  await page.getByRole('button', { name: 'Whose key is it?' }).click();
  await expect(drawer(page)).toContainText('it does not fit its account');
  await field.fill(key);
  await page.getByRole('button', { name: 'Whose key is it?' }).click();
  await expect(drawer(page)).toContainText(`that of ${before} with 0 credits, will be deleted`);
  const replace = page.getByRole('button', { name: `Delete the key of ${before} and become ${name}` });
  await expect(replace).toBeDisabled();
  await page.getByLabel('I have exported the old key').check();
  await replace.click();
  await expect(page.getByTestId('my-name').first()).toHaveText(name);
  await page.reload();
  await expect(page.getByTestId('my-name').first()).toHaveText(name);
});

test('a long list renders what is seen of it, and fetches the rest when it is', async ({ room }) => {
  const tab = await room.open();
  const { page } = tab;
  await tab.setMode('Always');
  await tab.waitForHeight(130);
  await tab.setMode('Off');
  const { height } = await tab.tip();
  expect(await tab.blocks.count()).toBeLessThan(60);
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await expect(async () => {
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect(page.locator('[data-testid=block-row][data-height="0"]')).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expect(page.getByTestId('missing-row')).toHaveCount(0);
  await expect(page.locator(`[data-testid=block-row][data-height="${height}"]`)).toHaveCount(0);
  expect(await tab.blocks.count()).toBeLessThan(60);
});

test('at height 100,000 the list is as light as any: each place of it is a scroll away', async ({
  page,
  server,
  room,
}) => {
  const height = 100_000;
  await playLongChain(page, height);
  await page.goto(roomUrl(server.url, room.secret, 'room'));
  const rows = page.getByTestId('block-row');
  const row = (at: number) => page.locator(`[data-testid=block-row][data-height="${at}"]`);
  await expect(row(height)).toBeVisible();
  await page.evaluate(() => {
    const watch = window as unknown as { longTasks: number[] };
    watch.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watch.longTasks.push(Math.round(duration));
    }).observe({ type: 'longtask' });
  });
  for (let step = 1; step <= 40; step++) {
    await page.mouse.wheel(0, 1500);
    expect(await rows.count()).toBeLessThan(60);
  }
  await expect(rows.first()).toBeVisible();
  // To the end: what rows far away measure is guessed until they were seen, so the end moves once or twice.
  await expect(async () => {
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect(row(0)).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expect(row(1)).toContainText('message 1');
  expect(await rows.count()).toBeLessThan(60);
  const longTasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
  // A figure to read, not to assert: a busy machine makes its own.
  console.log(`  tasks over 50 ms while scrolling, in ms: ${longTasks.join(', ') || 'none'}`);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong with what opens, in the ${colorScheme} theme`, async ({ room }) => {
    const tab = await room.open();
    const { page } = tab;
    await page.emulateMedia({ colorScheme });
    await writeBlocks(tab, ['look closely']);
    await tab.setMode('Off');
    await tab.write('pending');
    const key = await tab.key();
    const id = await page.getByTestId('pending-item').getAttribute('data-id');
    const base = page.url();
    for (const place of ['block/1', `tx/${id ?? ''}`, `account/${key}`, 'search/look']) {
      await page.goto(`${base}/${place}`);
      const shown = ['block-detail', 'transaction-detail', 'account-detail', 'search-results'];
      await expect(page.locator(shown.map((name) => `[data-testid=${name}]`).join())).toBeVisible();
      expect(await violations(page), place).toEqual([]);
    }
    await page.goto(base);
    await page.keyboard.press('?');
    await expectOpen(page, 'Keys');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Send credits' }).click();
    await page.getByRole('button', { name: 'Sign and send' }).click();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    for (const name of ['Export key', 'Import key']) {
      await page.getByRole('button', { name: /^You:/ }).click();
      await page.getByRole('button', { name }).click();
      await expect(drawer(page)).toBeVisible();
      expect(await violations(page), name).toEqual([]);
      await page.keyboard.press('Escape');
    }
  });
}

test.describe('on a phone', () => {
  test('three blocks are in view, nothing is wider than the screen, and drawers are sheets', async ({
    room,
    browser,
  }) => {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const other = await room.open();
    const tab = await room.open({ context });
    const { page } = tab;
    await other.waitForLinks(1);
    await writeBlocks(other, ['one', 'two', 'W'.repeat(200)]);
    await waitForSameTip([tab, other], 3);
    const composerTop = await page
      .getByTestId('compose-input')
      .evaluate((element) => element.getBoundingClientRect().top);
    const bottoms = await tab.blocks.evaluateAll((rows) =>
      rows.map((row) => row.getBoundingClientRect().bottom),
    );
    expect(bottoms.filter((bottom) => bottom <= composerTop).length).toBeGreaterThanOrEqual(3);

    const key = await other.key();
    const base = page.url();
    for (const place of ['', '/block/3', `/account/${key}`, '/search/W']) {
      await page.goto(base + place);
      await expect(page.getByTestId('tip-height')).toHaveText('3');
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, place).toBeLessThanOrEqual(0);
      if (place.startsWith('/search') || place === '') continue;
      await expect(drawer(page)).toBeVisible();
      expect(await drawer(page).boundingBox()).toMatchObject({ x: 0, width: 390 });
    }
    await context.close();
  });
});
