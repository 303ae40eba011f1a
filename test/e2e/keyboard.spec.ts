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

/** A dialog that is behind the user's own name. */
async function openOwn(page: Page, name: 'Export key' | 'Import key' | 'Chain file'): Promise<void> {
  await page.getByTestId('my-name').first().click();
  await page.getByRole('button', { name }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
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

test('what a button does never takes the focus away with it, and news are heard in dialogs, too', async ({
  room,
}) => {
  const tab = await room.open();
  const { page } = tab;
  const news = page.locator('[aria-live=polite]');
  const press = async (name: string) => {
    await page.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
  };

  await openOwn(page, 'Export key');
  await press('Show the key');
  await expect(page.getByTestId('key-text')).toBeFocused();
  await page.keyboard.press('Escape');

  await openOwn(page, 'Import key');
  await page.getByLabel('Key', { exact: true }).fill('no key');
  await press('Whose key is it?');
  await expect(page.getByRole('dialog').locator(news)).toContainText('This is no key');
  await page.keyboard.press('Escape');
  await expect(news).toHaveCount(1);
  await expect(page.locator('dialog')).toHaveCount(0);

  await tab.write('for a file');
  await expect(tab.blockWith('for a file')).toBeVisible();
  await openOwn(page, 'Chain file');
  await press('Check all blocks');
  await expect(page.getByTestId('check-outcome')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Check all blocks' })).toBeFocused();
  await page.keyboard.press('Escape');

  await tab.show('Wire');
  await press('Pause');
  await expect(page.getByRole('button', { name: 'Resume' })).toBeFocused();
});

test('/ searches and ? lists the keys, whichever view is looked at and whatever is chosen there', async ({
  room,
}) => {
  const tab = await room.open();
  const { page } = tab;
  for (const view of ['Network', 'Forks', 'Stats', 'Wire', 'Chain'] as const) {
    // On the Network tab that leaves the focus on a radio button.
    await tab.show(view);
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('/');
    await expect(page.getByTestId('search')).toBeFocused();
    await page.keyboard.type('/?');
    await expect(page.getByTestId('search')).toHaveValue('/?');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  }
});
