import { setTimeout as pass } from 'node:timers/promises';
import { SeededRandom } from '../sim/seeded-random.ts';
import { expect, test } from './fixtures.ts';
import { waitForSameTip, type Tab } from './tab.ts';

const CRASHES = process.env.TABCHAIN_LONG ? 50 : 4;
/** A page loads, opens its store, syncs and takes several new blocks in this time: a kill may hit any of it. */
const MAX_LIFE_MS = 3_000;
/** A block is shown when it is accepted, and stored a moment later: two seconds' worth at the most. */
const MAX_UNSTORED_BLOCKS = 12;

/** Kills the renderer, the page's workers with it. */
async function crash({ page }: Tab): Promise<void> {
  const crashed = page.waitForEvent('crash');
  // Chromium's own way to ask for a crash. The call ends in an error, because the page that it would load is gone.
  await Promise.all([crashed, page.goto('chrome://crash').catch(() => undefined)]);
}

test('a crashed tab leaves its slot whole to the next one', async ({ room, browser }) => {
  const context = await browser.newContext();
  const tab = await room.open({ context });
  await tab.write('before the crash');
  await expect(tab.blockWith('before the crash')).toBeVisible();
  const key = await tab.key();
  const tip = await tab.tip();

  await crash(tab);

  const next = await room.open({ context });
  await expect(next.blockWith('before the crash')).toBeVisible();
  expect(await next.key()).toBe(key);
  expect(await next.tip()).toEqual(tip);
  await context.close();
});

test(`killed ${CRASHES} times while blocks arrive, a tab goes on from a store that is whole`, async ({
  room,
  browser,
}) => {
  test.setTimeout(120_000 + CRASHES * 20_000);
  const seed = Number(process.env.TABCHAIN_SEED ?? Date.now() % 1_000_000);
  console.log(`  TABCHAIN_SEED=${seed}`);
  const rng = new SeededRandom(seed);
  const producer = await room.open();
  await producer.setMode('Always');
  // So much its clock allows at once; from here on a few blocks come a second.
  await producer.waitForHeight(560);
  const context = await browser.newContext();
  let victim = await room.open({ context });
  await victim.waitForHeight(560);
  const key = await victim.key();

  let shown = 0;
  let loading = 0;
  for (let n = 0; n < CRASHES; n++) {
    await pass(rng.next() * MAX_LIFE_MS);
    const { slices, firstChain, status } = await victim.watched();
    if (firstChain === undefined) loading++;
    else {
      // Anything but an intact store would be said here, and healed.
      expect(status?.storage).toEqual({ kind: 'saved' });
      expect(firstChain.height).toBeGreaterThan(shown - MAX_UNSTORED_BLOCKS);
      shown = slices.chain?.height ?? 0;
    }
    await crash(victim);
    victim = await room.open({ context });
  }
  console.log(
    `  ${loading} of ${CRASHES} crashes hit a tab that was loading, the others one that took blocks`,
  );

  await producer.setMode('Off');
  await waitForSameTip([producer, victim], shown);
  expect(await victim.key()).toBe(key);
  await context.close();
});
