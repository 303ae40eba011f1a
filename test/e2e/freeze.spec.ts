import { findFullChromium, NO_FULL_CHROMIUM } from '../../scripts/browsers.ts';
import { expect, roomUrl, test } from './fixtures.ts';
import { startOwnChromium, type OwnTab } from './own-chromium.ts';
import { watchPage } from './tab.ts';

/** Two blocks a second and more: they come while the tab is frozen. */
const BLOCKS = 40;
/** What the product promises for a tab that is thawed. */
const ON_TIP = { timeout: 15_000 };

const LONG = Boolean(process.env.TABCHAIN_LONG);

const heightOf = (tab: OwnTab): Promise<number> =>
  tab.evaluate<number>('window.tabchainTest?.slices.chain?.height ?? -1');
const linksOf = (tab: OwnTab): Promise<number> =>
  tab.evaluate<number>(
    '(window.tabchainTest?.slices.peers?.peers ?? []).filter(({ ready }) => ready).length',
  );

test.describe('a frozen tab', () => {
  for (const until of ['blocks have come', 'its peer has given it up'] as const) {
    test(`frozen until ${until}, it is on the tip soon after`, async ({ room, server }, testInfo) => {
      test.skip(until !== 'blocks have come' && !LONG, 'A silent peer is given up after 90 s: test:long');
      const { executablePath } = findFullChromium() ?? {};
      test.skip(executablePath === undefined, NO_FULL_CHROMIUM);
      if (executablePath === undefined) return;
      const awake = await room.open();
      // A chain that has used up the time that its clock allows: from here on the blocks come a few a second, and not
      // by the hundred.
      await awake.setMode('Always');
      await awake.waitForHeight(560);
      await awake.setMode('Off');
      const browser = await startOwnChromium(executablePath, testInfo.outputPath('profile'));
      try {
        const url = roomUrl(server.url, room.secret, 'regtest');
        const frozen = await browser.open(
          url,
          `(${String(watchPage)})();
          document.addEventListener('freeze', () => { window.frozenOnce = true; });`,
        );
        await awake.waitForLinks(1);
        const { height: before } = await awake.tip();
        await expect.poll(() => heightOf(frozen)).toBe(before);

        await frozen.freeze();
        await expect.poll(() => frozen.evaluate('window.frozenOnce')).toBe(true);
        await awake.setMode('Always');
        await awake.waitForHeight(before + BLOCKS);
        await awake.setMode('Off');
        if (until === 'its peer has given it up')
          await expect(awake.chip('peers')).toContainText('none yet', { timeout: 150_000 });
        // Nothing of its own has run: Chromium freezes the workers with their page.
        expect(await heightOf(frozen)).toBe(before);
        const { height } = await awake.tip();
        await frozen.resume();

        await expect.poll(() => heightOf(frozen), ON_TIP).toBe(height);
        await expect.poll(() => linksOf(frozen), ON_TIP).toBe(1);
        const counts = await frozen.evaluate<object>('window.tabchainTest.slices.wire');
        expect(counts).toMatchObject({ banned: 0, refusals: {} });
        expect(await awake.slice('wire')).toMatchObject({ banned: 0 });
      } finally {
        await browser.close();
      }
    });
  }
});
