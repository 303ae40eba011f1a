import { firefox } from '@playwright/test';
import { findFirefox } from '../../scripts/browsers.ts';
import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

const installed = findFirefox();

test('Chromium and Firefox are nodes of one room', async ({ room }) => {
  test.skip(
    installed === undefined,
    'There is no Firefox here: install it, or set TABCHAIN_FIREFOX to its path.',
  );
  const browser = await firefox.launch(installed);
  const context = await browser.newContext();
  const chromiumTab = await room.open();
  const firefoxTab = await room.open({ context });
  const secondChromiumTab = await room.open();
  const tabs = [chromiumTab, firefoxTab, secondChromiumTab];
  for (const tab of tabs) await tab.waitForLinks(2);

  await firefoxTab.write('from Firefox');
  await chromiumTab.write('from Chromium');

  // On a busy machine the others lose patience and help: who seals what is chance.
  for (const tab of tabs) {
    await expect(tab.blockWith('from Firefox')).toContainText(await firefoxTab.name());
    await expect(tab.blockWith('from Chromium')).toContainText(await chromiumTab.name());
  }
  await waitForSameTip(tabs);
  await browser.close();
});
