import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { expect, test } from './fixtures.ts';
import { invite } from './inviting.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong on the page as it is now, one line each. */
async function violations(page: Page): Promise<string[]> {
  // What is still fading in has no contrast yet. An endless animation (something is under way) is not waited for.
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
  // In the page's own world, where its security policy does not apply to us.
  await page.evaluate(axeSource);
  const results = await page.evaluate(() => {
    const { axe } = window as unknown as { readonly axe: { run(): Promise<AxeResults> } };
    return axe.run();
  });
  return results.violations.flatMap(({ id, help, nodes }) => {
    return nodes.map(({ html }) => `${id}: ${help}: ${html}`);
  });
}

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
