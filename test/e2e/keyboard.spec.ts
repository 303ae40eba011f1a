import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { Tab } from './tab.ts';

/** More than all controls of a view: who has not met it by then never will. */
const MAX_STEPS = 80;

/** Presses Tab until what has the focus has this name, as whoever has no mouse would. */
async function tabTo(page: Page, role: 'button' | 'link' | 'radio' | 'textbox', name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  for (let step = 0; step < MAX_STEPS; step++) {
    if ((await wanted.and(page.locator(':focus')).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no ${role} "${name}" within ${MAX_STEPS} steps of the Tab key`);
}

test('the whole way without a mouse: open a room, invite, write, look at everything, change the language', async ({
  page,
  server,
  room,
}) => {
  const press = (key: string) => page.keyboard.press(key);
  await page.goto(`${server.url}/?network=regtest`);
  await tabTo(page, 'textbox', 'Room link or name');
  await page.keyboard.type(room.secret);
  await press('Enter');
  const tab = new Tab(page);
  await expect(page.getByTestId('compose-input')).toBeVisible();

  await tabTo(page, 'button', 'Share');
  await press('Enter');
  await expect(page.getByRole('dialog')).toContainText('Anyone with this link can read and write.');
  await press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const friend = await room.open();
  await tab.waitForLinks(1);

  await tabTo(page, 'textbox', 'Write something to everyone’s chain');
  await page.keyboard.type('without a mouse');
  await press('Enter');
  await expect(friend.blockWith('without a mouse')).toBeVisible();

  for (const [view, shown] of [
    ['Network', 'Peers'],
    ['Forks', 'No forks yet'],
    ['Stats', 'Hash rate'],
    ['Wire', 'Messages as they pass'],
    ['Chain', 'Blocks'],
  ] as const) {
    await tabTo(page, 'link', view);
    await press('Enter');
    await expect(page.getByRole('heading', { name: shown, exact: true }).first()).toBeVisible();
  }

  // Radio buttons are one stop: the arrows choose among them, and go round. The other way is "Always", which would
  // mine a hundred blocks here, each with a link to pass.
  await tabTo(page, 'radio', 'On demand');
  await press('ArrowLeft');
  await expect(page.getByRole('radio', { name: 'Off', exact: true })).toBeChecked();

  await tabTo(page, 'button', '日本語');
  await press('Enter');
  await tabTo(page, 'button', 'English');
  await press('Enter');
  await expect(page.getByRole('button', { name: 'Share', exact: true })).toBeVisible();
  await expect(tab.blockWith('without a mouse')).toBeVisible();
});
