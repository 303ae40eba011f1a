/** What takes a true chain to be looked at: blocks, transactions, accounts, searches and dialogs, and the landing page. */
import { expect, type Browser } from '@playwright/test';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { roomUrl } from '../../test/e2e/fixtures.ts';
import { waitForSameTip } from '../../test/e2e/tab.ts';
import { startTestServer } from '../../test/e2e/test-server.ts';
import { LOOKS, openTab, PATIENT, shoot, waitForNoToast, WIDE } from './look.ts';

const MEMOS = ['Hello P2P', 'Who mined this?', 'A message that is a little longer than the others.', 'ok'];

export async function shootRealStates(browser: Browser, folder: string): Promise<void> {
  const server = await startTestServer();
  const link = roomUrl(server.url, newRoomSecret(), 'regtest');
  const friend = await openTab(browser, WIDE, link);
  for (const { name: look, options } of LOOKS) {
    const tab = await openTab(browser, options, link);
    const { page } = tab;
    await tab.waitForLinks(1, PATIENT);
    await friend.waitForLinks(1, PATIENT);
    const take = async (state: string): Promise<void> => {
      await page.waitForTimeout(SETTLE_MS);
      await shoot(page, folder, `${look}-${state}`);
    };
    for (const [n, memo] of MEMOS.entries()) {
      await (n % 2 === 0 ? friend : tab).write(memo);
      await expect(tab.blockWith(memo).first()).toBeVisible(PATIENT);
    }
    await waitForSameTip([tab, friend]);
    await waitForNoToast(page);
    await take('real-chain');

    await tab.blockWith('Hello P2P').first().getByRole('link').first().click();
    await expect(page.getByRole('dialog')).toBeVisible(PATIENT);
    await take('block');
    await page
      .getByRole('dialog')
      .getByRole('link', { name: /Hello P2P|[0-9a-f]{8}/ })
      .first()
      .click();
    await take('block-link');
    await page.goto(`${link}/account/${await friend.key()}`);
    await take('account');
    await page.goto(`${link}/search/P2P`);
    await take('search');
    await page.goto(`${link}/search/nothing-like-that`);
    await take('search-none');
    await page.goto(link);
    await page.getByRole('button', { name: 'Share' }).click();
    await take('share');
    await page.keyboard.press('Escape');
    await page.getByTestId('my-name').first().click();
    await take('you');
    await page.keyboard.press('Escape');
    for (const view of ['Network', 'Forks', 'Stats', 'Wire']) {
      await page.getByRole('link', { name: view, exact: true }).click();
      await friend.write(`while ${view} is open`);
      await take(`real-${view.toLowerCase()}`);
    }
    const landing = await page.context().newPage();
    await landing.goto(server.url);
    await landing.waitForTimeout(SETTLE_MS);
    await shoot(landing, folder, `${look}-landing`);
    await page.context().close();
    await friend.waitForLinks(0, PATIENT);
  }
  await friend.page.context().close();
  await server.stop();
}

/** Until a view is fetched and drawn. These pictures are looked at, not compared. */
const SETTLE_MS = 700;
