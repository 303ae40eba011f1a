import type { BrowserContext } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { waitForSameTip, type Tab } from './tab.ts';

const CORRECTED = 'test/clock-corrected';

/**
 * Sets the device's clock wrong, as far as a node can tell: it lives in a worker, and asks `Date.now`. A page that
 * remembers CORRECTED has the right time from its next load on.
 */
async function setClock(context: BrowserContext, aheadMs: number): Promise<void> {
  await context.addInitScript(
    ([shiftMs, corrected]) => {
      if (sessionStorage.getItem(corrected)) return;
      window.Worker = class extends Worker {
        constructor(url: string | URL, options?: WorkerOptions) {
          // The import comes first wherever it stands; the node starts only when it is told to.
          const script = `import ${JSON.stringify(String(url))};
          const now = Date.now;
          Date.now = () => now() + ${shiftMs};`;
          super(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })), options);
        }
      };
    },
    [aheadMs, CORRECTED] as const,
  );
}

test('a clock that is ten minutes off is said, costs nobody anything, and changes no rule', async ({
  room,
  browser,
}) => {
  const ahead = await browser.newContext();
  const behind = await browser.newContext();
  await setClock(ahead, 10 * 60_000);
  await setClock(behind, -10 * 60_000);
  const right = [await room.open(), await room.open(), await room.open()];
  const early = await room.open({ context: ahead });
  const late = await room.open({ context: behind });
  const tabs = [...right, early, late];
  for (const tab of tabs) await tab.waitForLinks(4);

  await expect(early.notice('clock')).toContainText(/(599|600|601) seconds ahead of its peers/);
  await expect(late.notice('clock')).toContainText(/(599|600|601) seconds behind its peers/);
  // Two clocks of five are not the most.
  for (const tab of right) await expect(tab.notice('clock')).toHaveCount(0);

  // Whoever has the time right holds a block from the future back, and blames nobody.
  await early.write('from the future');
  await expect(early.blockWith('from the future')).toBeVisible();
  // Or it would seal its message again on top of whatever it hears, each time in the future.
  await early.setMode('Off');
  const [writer] = right as [Tab];
  for (const memo of ['one', 'two', 'three']) {
    await writer.write(`by the right time: ${memo}`);
    await expect(writer.blockWith(`by the right time: ${memo}`)).toBeVisible();
  }
  // The chain with most work is followed by the tab that is ahead, too. To the other one all this is the future.
  await waitForSameTip([...right, early], 3);
  expect((await late.tip()).height).toBe(0);
  for (const tab of tabs) {
    await tab.waitForLinks(4);
    expect((await tab.slice('wire')).banned).toBe(0);
  }

  await late.page.evaluate((key) => sessionStorage.setItem(key, 'yes'), CORRECTED);
  await late.page.reload();
  await waitForSameTip(tabs, 3);
  await expect(late.notice('clock')).toHaveCount(0);
  for (const tab of [early, late]) await tab.page.context().close();
});
