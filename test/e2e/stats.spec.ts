import type { Locator, Page } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

const HEADINGS = ['Hash rate', 'Time between blocks', 'Difficulty', 'From mined to heard here'] as const;

function chart(page: Page, heading: (typeof HEADINGS)[number]): Locator {
  return page.getByRole('region', { name: heading, exact: true });
}

test('each chart says that there is nothing yet, fills with the room’s blocks, and has a table', async ({
  room,
}) => {
  const watcher = await room.open();
  await watcher.show('Stats');
  for (const heading of HEADINGS.slice(1))
    await expect(chart(watcher.page, heading)).toContainText('Nothing yet');
  const writer = await room.open();
  await watcher.waitForLinks(1);
  for (let n = 1; n <= 3; n++) {
    await writer.write(`block ${n}`);
    await writer.waitForHeight(n);
  }
  // Three blocks of a peer, two pairs of neighbours.
  for (const [heading, points] of [
    ['Time between blocks', 2],
    ['Difficulty', 3],
    ['From mined to heard here', 3],
  ] as const) {
    const card = chart(watcher.page, heading);
    await expect(card.getByRole('img')).toHaveAttribute('data-points', String(points));
    await expect(card.locator('canvas')).toBeVisible();
    await card.getByRole('button', { name: 'Table' }).focus();
    await watcher.page.keyboard.press('Enter');
    await expect(card.getByRole('img')).toHaveCount(0);
    await expect(card.locator('tbody tr')).toHaveCount(points);
    // Newest first.
    await expect(card.locator('tbody th').first()).toHaveText('3');
    await watcher.page.keyboard.press('Enter');
    await expect(card.locator('canvas')).toBeVisible();
  }
  await expect(chart(watcher.page, 'Difficulty')).toContainText('hashes for a block, on average 2');
});

test('a page that did not hear the blocks has their times and difficulty, and says that it heard none', async ({
  room,
}) => {
  const writer = await room.open();
  for (let n = 1; n <= 30; n++) {
    await writer.write(`block ${n}`);
    await writer.waitForHeight(n);
  }
  await writer.page.reload();
  await writer.show('Stats');
  // More than the snapshot's newest: the rest was asked for.
  await expect(chart(writer.page, 'Difficulty').getByRole('img')).toHaveAttribute('data-points', '30');
  await expect(chart(writer.page, 'Time between blocks').getByRole('img')).toHaveAttribute(
    'data-points',
    '29',
  );
  await expect(chart(writer.page, 'From mined to heard here')).toContainText('Nothing yet');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong in the ${colorScheme} theme, and charts follow a phone’s width`, async ({
    room,
  }) => {
    const tab = await room.open();
    await tab.page.emulateMedia({ colorScheme });
    const writer = await room.open();
    await tab.waitForLinks(1);
    await writer.write('one');
    await waitForSameTip([tab, writer], 1);
    await tab.show('Stats');
    const difficulty = chart(tab.page, 'Difficulty');
    await expect(difficulty.locator('canvas')).toBeVisible();
    expect(await violations(tab.page)).toEqual([]);
    await difficulty.getByRole('button', { name: 'Table' }).click();
    expect(await violations(tab.page)).toEqual([]);
    await difficulty.getByRole('button', { name: 'Table' }).click();
    await tab.page.setViewportSize({ width: 390, height: 844 });
    await expect
      .poll(async () => (await difficulty.locator('canvas').boundingBox())?.width ?? Infinity)
      .toBeLessThan(390);
    expect(await violations(tab.page)).toEqual([]);
    expect(
      await tab.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      ),
    ).toBe(0);
  });
}
