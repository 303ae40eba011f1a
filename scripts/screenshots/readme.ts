/** The README's pictures: a room of six tabs, five of them wide, and one that was split and came together again. */
import { expect, type Browser } from '@playwright/test';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { roomUrl } from '../../test/e2e/fixtures.ts';
import { startSelectiveRelay } from '../../test/e2e/selective-relay.ts';
import { splitAndHeal } from '../../test/e2e/split.ts';
import { waitForSameTip, type Tab } from '../../test/e2e/tab.ts';
import { startTestServer } from '../../test/e2e/test-server.ts';
import { openTab, PATIENT, PHONE, shoot, waitForNoToast, WIDE } from './look.ts';

/** Written by turns. On the test network, where a block takes an instant, or this would take minutes. */
const MEMOS = [
  'Hello P2P',
  'Who mined this?',
  'You did: look at the row.',
  'And who keeps it?',
  'All of us. Close your tab, it comes back with the whole chain.',
  'Can I take a message out again?',
  'No. That is the point.',
];
const LIGHT = { ...WIDE, colorScheme: 'light' } as const;

export async function shootForReadme(browser: Browser, folder: string): Promise<void> {
  const server = await startTestServer();
  await shootRoom(browser, server.url, folder);
  const relay = await startSelectiveRelay(server.port);
  await shootForks(browser, relay, folder);
  await relay.close();
  await server.stop();
}

async function shootRoom(browser: Browser, url: string, folder: string): Promise<void> {
  const link = roomUrl(url, newRoomSecret(), 'regtest');
  const tabs: Tab[] = [];
  for (let n = 0; n < 5; n++) tabs.push(await openTab(browser, LIGHT, link));
  const phone = await openTab(browser, { ...PHONE, colorScheme: 'light' }, link);
  tabs.push(phone);
  for (const tab of tabs) await tab.waitForLinks(tabs.length - 1, PATIENT);
  for (const [n, memo] of MEMOS.entries()) {
    // The phone lets the others work.
    await tabs[n % (tabs.length - 1)]?.write(memo);
    await waitForSameTip(tabs, n + 1);
  }
  for (const tab of tabs) await waitForNoToast(tab.page);
  const [first] = tabs;
  if (first === undefined) throw new Error('tabs were opened');

  await shoot(first.page, folder, 'room');
  await first.page.emulateMedia({ colorScheme: 'dark' });
  await shoot(first.page, folder, 'room-dark');
  await first.page.emulateMedia({ colorScheme: 'light' });

  await first.page.goto(`${link}/block/2`);
  await expect(first.page.getByRole('dialog')).toBeVisible(PATIENT);
  await shoot(first.page, folder, 'block');
  await first.page.keyboard.press('Escape');

  await first.page.getByRole('link', { name: 'Network', exact: true }).click();
  await expect(first.page.getByTestId('graph-node')).toHaveCount(tabs.length, PATIENT);
  await shoot(first.page, folder, 'network');
  await shoot(phone.page, folder, 'phone');
  for (const tab of tabs) await tab.page.context().close();
}

async function shootForks(
  browser: Browser,
  relay: Awaited<ReturnType<typeof startSelectiveRelay>>,
  folder: string,
): Promise<void> {
  const secret = newRoomSecret();
  const opened: Tab[] = [];
  const { loser } = await splitAndHeal(
    {
      async open({ url = '' } = {}) {
        const tab = await openTab(browser, LIGHT, roomUrl(url, secret, 'regtest'));
        opened.push(tab);
        return tab;
      },
    },
    relay,
  );
  await waitForNoToast(loser.page);
  await loser.page.getByRole('link', { name: 'Forks', exact: true }).click();
  await expect(loser.page.getByTestId('block-tree')).toBeVisible(PATIENT);
  await shoot(loser.page, folder, 'forks');
  for (const tab of opened) await tab.page.context().close();
}
