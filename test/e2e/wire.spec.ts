import { readFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';
import type { Tab } from './tab.ts';

const rowsOf = (tab: Tab): Locator => tab.page.getByTestId('wire-row');

/** Choosing in a filter leaves only such rows. */
async function choose(tab: Tab, label: string, option: string): Promise<void> {
  await tab.page.getByRole('combobox', { name: label, exact: true }).selectOption({ label: option });
}

test('messages show as they pass; one opens field by field and byte by byte; what is shown can be saved', async ({
  room,
}) => {
  const writer = await room.open();
  const watcher = await room.open();
  await watcher.waitForLinks(1);
  await watcher.show('Wire');
  await writer.write('seen on the wire');
  const announced = watcher.page.locator('[data-testid=wire-row][data-name=inv][data-direction=received]');
  await expect(announced).not.toHaveCount(0);
  await expect(announced.first()).toContainText(await writer.name());
  await expect(announced.first()).toContainText(/items 1 · kind tx · id [0-9a-f]{4}…[0-9a-f]{4}/);

  await choose(watcher, 'Type', 'inv');
  await choose(watcher, 'Direction', 'Received');
  await choose(watcher, 'Peer', await writer.name());
  await expect(watcher.page.locator('[data-testid=wire-row]:not([data-name=inv])')).toHaveCount(0);
  await watcher.page.getByRole('button', { name: 'Pause', exact: true }).click();

  // By keyboard, as by mouse.
  await rowsOf(watcher).first().focus();
  await watcher.page.keyboard.press('Enter');
  const detail = watcher.page.getByTestId('wire-detail');
  await expect(detail).toContainText('Announces what the sender has');
  const id = detail.locator('[data-path="items 0 id"]');
  await id.locator('summary').click();
  await expect(id.locator('details > code')).toHaveText(/^[0-9a-f]{64}$/);
  // The first byte is the type's id, the second the list's length.
  await expect(detail.getByTestId('wire-bytes')).toContainText(/^00\s*07\s*01\s*01/);
  await watcher.page.keyboard.press('Escape');
  await expect(detail).toHaveCount(0);
  await expect(rowsOf(watcher).first()).toBeFocused();

  const shown = await rowsOf(watcher).count();
  const downloading = watcher.page.waitForEvent('download');
  await watcher.page.getByRole('button', { name: 'Save' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^tabchain-wire-.*\.jsonl$/);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(shown);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    type: 'inv',
    direction: 'received',
    peer: await writer.key(),
    size: 35,
    fields: { items: [{ kind: 'tx' }] },
    cut: false,
  });
});

test('a pause keeps what is shown and counts what passes; leaving the view ends the watching', async ({
  room,
}) => {
  const writer = await room.open();
  const watcher = await room.open();
  await watcher.waitForLinks(1);
  await watcher.show('Wire');
  await expect(watcher.page.getByTestId('wire-empty')).toContainText('Nothing has passed since');
  await writer.write('before the pause');
  await expect(rowsOf(watcher)).not.toHaveCount(0);
  await watcher.page.getByRole('button', { name: 'Pause', exact: true }).click();
  const kept = await rowsOf(watcher).first().getAttribute('data-number');
  await writer.write('during the pause');
  await expect(watcher.page.getByTestId('wire-summary')).toContainText(/[1-9]\d* messages? ha(s|ve) passed/);
  expect(await rowsOf(watcher).first().getAttribute('data-number')).toBe(kept);
  await watcher.page.getByRole('button', { name: 'Resume' }).click();
  await expect(rowsOf(watcher).first()).not.toHaveAttribute('data-number', kept ?? '');

  await watcher.page.getByRole('button', { name: 'Clear' }).click();
  await watcher.show('Chain');
  await expect(watcher.blockWith('during the pause')).toBeVisible();
  await watcher.show('Wire');
  await writer.write('after coming back');
  await expect(rowsOf(watcher)).not.toHaveCount(0);
  // Numbers begin anew with the watching.
  const oldest = await rowsOf(watcher).last().getAttribute('data-number');
  expect(Number(oldest)).toBe(1);
});

test('the counters tell of messages and bytes, and of broken rules in words', async ({ room }) => {
  const alone = await room.open();
  await alone.show('Wire');
  await expect(alone.page.getByText('Nothing yet: this tab has had no peer so far.')).toBeVisible();
  await expect(alone.page.getByTestId('wire-refusals')).toContainText('every message so far kept the rules');
  await expect(alone.page.getByTestId('wire-refusals')).toContainText('No peer is banned.');
  await room.open();
  const hello = alone.page.getByTestId('wire-counts').locator('[data-name=hello]');
  await expect(hello).toContainText(/hello\s*1\s*179 B\s*1\s*179 B/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong in the ${colorScheme} theme, and a phone scrolls one way only`, async ({
    room,
  }) => {
    const tab = await room.open();
    await tab.page.emulateMedia({ colorScheme });
    const writer = await room.open();
    await tab.waitForLinks(1);
    await tab.show('Wire');
    await writer.write('something to look at');
    await expect(rowsOf(tab)).not.toHaveCount(0);
    expect(await violations(tab.page)).toEqual([]);
    await tab.page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(tab.page)).toEqual([]);
    const tooWide = () =>
      tab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await tooWide()).toBe(0);
    await rowsOf(tab).first().click();
    await expect(tab.page.getByTestId('wire-detail')).toBeVisible();
    expect(await violations(tab.page)).toEqual([]);
    expect(await tooWide()).toBe(0);
  });
}
