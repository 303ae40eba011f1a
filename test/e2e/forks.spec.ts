import type { Locator } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, test, type Room } from './fixtures.ts';
import type { SelectiveRelay } from './selective-relay.ts';
import { waitForSameTip, type Tab, type Tip } from './tab.ts';

interface Split {
  /** Of the side whose blocks were replaced: the one that made them, and the other. */
  readonly loser: Tab;
  readonly witness: Tab;
  readonly fork: Tip;
  /** Where the losing side's chain ended. */
  readonly lost: Tip;
  readonly end: Tip;
}

/** Two halves of a room that mined apart and are one again. */
async function splitAndHeal(room: Room, relay: SelectiveRelay): Promise<Split> {
  const names = ['a', 'b', 'c', 'd'];
  const tabs = [];
  for (const name of names) tabs.push(await room.open({ url: relay.urlFor(name) }));
  const [a, b, c, d] = tabs;
  if (!a || !b || !c || !d) throw new Error('four tabs were opened');
  for (const tab of tabs) await tab.waitForLinks(3);
  // One tab of each half mines: others would help it on a slow machine, and make rivals that no test can count on.
  for (const tab of [b, c, d]) await tab.setMode('Off');
  await a.write('before the split');
  const fork = await waitForSameTip(tabs, 1);

  relay.separate(['a', 'b'], ['c', 'd']);
  for (const tab of tabs) await tab.muteSignals(true);
  for (const tab of tabs) await tab.cutLinks();
  for (const tab of tabs) await tab.waitForLinks(1);
  for (const memo of ['short side 1', 'short side 2']) {
    await a.write(memo);
    await expect(b.blockWith(memo)).toBeVisible();
  }
  const lost = await waitForSameTip([a, b], fork.height + 2);
  await c.setMode('On demand');
  for (const memo of ['long side 1', 'long side 2', 'long side 3', 'long side 4']) {
    await c.write(memo);
    await expect(d.blockWith(memo)).toBeVisible();
  }
  const long = await waitForSameTip([c, d], fork.height + 4);
  // Nobody mines while the chains meet: what went back to pending could be sealed below the long side's end.
  for (const tab of [a, c]) await tab.setMode('Off');

  relay.unite();
  for (const tab of tabs) await tab.muteSignals(false);
  for (const name of names) relay.disconnect(name);
  await waitForSameTip(tabs, long.height);
  await a.setMode('On demand');
  const end = await waitForSameTip(tabs, long.height + 1);
  return { loser: a, witness: b, fork, lost, end };
}

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
