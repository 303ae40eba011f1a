import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';
import { invite } from './inviting.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong in the ${colorScheme} theme`, async ({ page, server, room }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(server.url);
    await expect(page.getByRole('button', { name: 'Open a room' })).toBeVisible();
    expect(await violations(page)).toEqual([]);

    const tab = await room.open();
    const peer = await room.open();
    await tab.page.emulateMedia({ colorScheme });
    await peer.write('something to show');
    await expect(tab.blockWith('something to show')).toBeVisible();
    expect(await violations(tab.page)).toEqual([]);
    await tab.blockWith('something to show').click();
    await expect(tab.page.getByText('80 bytes, by field')).toBeVisible();
    expect(await violations(tab.page)).toEqual([]);
    await tab.page.keyboard.press('Escape');
    await tab.show('Network');
    await expect(tab.peers).toHaveCount(1);
    expect(await violations(tab.page)).toEqual([]);
    await tab.page.getByRole('button', { name: 'Share' }).click();
    await expect(tab.page.getByText('Anyone with this link can read and write.')).toBeVisible();
    expect(await violations(tab.page)).toEqual([]);

    const link = await invite(tab);
    expect(await violations(tab.page)).toEqual([]);
    const guest = await room.open();
    await guest.page.emulateMedia({ colorScheme });
    await guest.page.goto(link.slice(0, -20));
    await expect(guest.page.getByRole('alert').filter({ hasText: 'missing or changed' })).toBeVisible();
    expect(await violations(guest.page)).toEqual([]);
  });
}
