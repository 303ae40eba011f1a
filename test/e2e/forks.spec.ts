import type { Locator } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';
import { splitAndHeal } from './split.ts';
import type { Tab } from './tab.ts';

const tree = (tab: Tab): Locator => tab.page.getByTestId('block-tree');
const inTree = (tab: Tab, state: string): Locator => tree(tab).locator(`[data-state="${state}"]`);
const focused = (tab: Tab): Locator => tree(tab).locator(':focus');

/** Does the page itself scroll sideways? The tree may, in its own region. */
function overflows(tab: Tab): Promise<boolean> {
  return tab.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

test('a room without forks says so, and shows none', async ({ room }) => {
  const tab = await room.open();
  await tab.write('all in one chain');
  await expect(tab.blockWith('all in one chain')).toBeVisible();
  await tab.show('Forks');
  await expect(tab.page.getByTestId('no-forks')).toContainText('Every block you know of is in the chain.');
  await expect(tree(tab)).toHaveCount(0);
});

test('after a split the losing side sees its stale blocks, and what happened, in words', async ({
  room,
  relay,
}) => {
  const { loser, witness, fork, lost } = await splitAndHeal(room, relay);
  const author = await loser.name();
  const first = fork.height + 1;
  for (const tab of [loser, witness]) {
    await tab.show('Forks');
    // In the tree and in the table: the same two blocks.
    await expect(inTree(tab, 'stale')).toHaveText([`#${first + 1}`, `#${first}`]);
    await expect(inTree(tab, 'stale').first()).toHaveAttribute('data-id', lost.id);
    const row = tab.page.getByTestId('branch-row');
    await expect(row).toHaveCount(2);
    await expect(row.first()).toHaveAttribute('data-id', lost.id);
    await expect(row.first()).toContainText('Stale');
    await expect(row.first()).toContainText(tab === loser ? 'made by this tab' : `from ${author}`);

    const log = tab.page.getByTestId('fork-log').locator('li');
    await expect(log).toHaveCount(1);
    const mine = tab === loser ? '2 messages of yours went back to pending.' : 'nothing of yours was lost.';
    await expect(log).toContainText(`Reorg 2 deep at #${first}: ${mine}`);
    await expect(log).toContainText(`Blocks #${first} to #${first + 1} were replaced`);
  }

  // What was in the stale block, from close by, at an address of its own.
  await loser.page.getByTestId('branch-row').first().getByRole('link').click();
  const detail = loser.page.getByTestId('branch-detail');
  await expect(detail).toContainText('a reorg replaced it');
  await expect(detail).toContainText('short side 2');
  expect(new URL(loser.page.url()).hash).toMatch(new RegExp(`/forks/${lost.id}$`));
  await loser.page.keyboard.press('Escape');
  await expect(detail).toHaveCount(0);
  await expect(tree(loser)).toBeVisible();

  // Stored is the chain alone.
  await loser.page.reload();
  await expect(loser.page.getByTestId('no-forks')).toContainText('forgotten on reload');
});

test('the tree by keyboard, by axe and on a phone', async ({ room, relay }) => {
  const { loser, fork, end } = await splitAndHeal(room, relay);
  const { page } = loser;
  await loser.show('Forks');
  await expect(inTree(loser, 'stale')).toHaveCount(2);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  expect(await overflows(loser)).toBe(false);

  await inTree(loser, 'tip').focus();
  await expect(focused(loser)).toHaveAccessibleName(`Block ${end.height}, your tip`);
  await page.keyboard.press('ArrowDown');
  await expect(focused(loser)).toHaveAccessibleName(`Block ${fork.height + 2}, stale`);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(focused(loser)).toHaveAccessibleName(`Block ${fork.height}, in the chain`);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('branch-detail')).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflows(loser)).toBe(false);
  await page.keyboard.press('Escape');
  expect(await violations(page)).toEqual([]);
  expect(await overflows(loser)).toBe(false);

  // A block of the chain opens where the chain is.
  await inTree(loser, 'tip').click();
  await expect(page.getByTestId('block-detail')).toHaveAttribute('data-height', String(end.height));
});
