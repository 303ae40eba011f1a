import { expect, test, type Room } from './fixtures.ts';
import { waitForSameTip, type Tab } from './tab.ts';

/** As many as DESIGN promises for one room of one school class. */
const CLASS = 40;
const MIN_LINKS = 4;
const MAX_LINKS = 12;

const LONG = Boolean(process.env.TABCHAIN_LONG);
test.skip(!LONG, 'Many tabs: npm run test:long');
test.setTimeout(8 * 60_000);

/** Opens tabs that compute nothing of their own accord. */
async function openIdle(room: Room, count: number): Promise<Tab[]> {
  const tabs: Tab[] = [];
  for (let n = 0; n < count; n++) {
    const tab = await room.open();
    await tab.setMode('Off');
    tabs.push(tab);
  }
  return tabs;
}

async function linkCounts(tabs: readonly Tab[]): Promise<number[]> {
  const slices = await Promise.all(tabs.map((tab) => tab.slice('peers')));
  return slices.map(({ peers }) => peers.filter(({ ready }) => ready).length);
}

/** The value below which this share of all lies (nearest rank). */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? NaN;
}

test(`${CLASS} tabs are one mesh, and a message reaches all`, async ({ room }) => {
  const tabs = await openIdle(room, CLASS);
  let counts: number[] = [];
  await expect(async () => {
    counts = await linkCounts(tabs);
    expect(Math.min(...counts), `links ${counts.join(' ')}`).toBeGreaterThanOrEqual(MIN_LINKS);
    expect(Math.max(...counts), `links ${counts.join(' ')}`).toBeLessThanOrEqual(MAX_LINKS);
  }).toPass();
  console.log(`  links: ${counts.join(' ')}`);

  const [author] = tabs as [Tab];
  await author.setMode('On demand');
  await author.write('hello, class');
  await author.waitForBlock('hello, class', await author.name());
  const tip = await waitForSameTip(tabs, 1);

  // All clocks are one: the same machine's.
  const heard = await Promise.all(
    tabs.map(async (tab) => {
      const { recent } = await tab.slice('chain');
      const block = recent.find(({ id }) => id === tip.id);
      expect(block?.memos.map(({ memo }) => memo)).toEqual(['hello, class']);
      return block?.heardAtMs ?? NaN;
    }),
  );
  const [mined = NaN, ...others] = heard;
  const delaysMs = others.map((atMs) => atMs - mined).sort((a, b) => a - b);
  console.log(
    `  from mined to seen, ms: p50 ${percentile(delaysMs, 0.5)}, p95 ${percentile(delaysMs, 0.95)}, ` +
      `last ${percentile(delaysMs, 1)}`,
  );
  for (const tab of tabs) expect((await tab.slice('wire')).banned).toBe(0);
});

test('when the server restarts, twelve tabs rejoin one by one, and their links stay', async ({
  room,
  server,
}) => {
  const tabs = await openIdle(room, 12);
  await expect(async () =>
    expect(Math.min(...(await linkCounts(tabs)))).toBeGreaterThanOrEqual(MIN_LINKS),
  ).toPass();
  const before = await Promise.all(tabs.map((tab) => tab.openLinks()));

  await server.stop();
  const dueMs: number[] = [];
  for (const tab of tabs) {
    await expect(tab.chip('signal')).toHaveAttribute('data-state', 'retrying');
    const { signaling } = await tab.status();
    if (signaling.kind === 'retrying') dueMs.push(signaling.atMs);
  }
  expect(await Promise.all(tabs.map((tab) => tab.openLinks()))).toEqual(before);
  await server.restart();
  for (const tab of tabs)
    await expect(tab.chip('signal')).toHaveAttribute('data-state', 'connected', { timeout: 90_000 });

  // Each has drawn its own moment: a server that comes back is not met by the whole room at once.
  expect(new Set(dueMs).size).toBeGreaterThan(dueMs.length / 2);
  const after = await Promise.all(tabs.map((tab) => tab.openLinks()));
  // Who hears of other peers may trade a link for a better one (mesh.ts): that is its choice, and never all of them.
  const kept = before.map((links, n) => links.filter((link) => after[n]?.includes(link)).length);
  console.log(`  links kept: ${kept.map((count, n) => `${count}/${before[n]?.length}`).join(' ')}`);
  expect(Math.min(...kept)).toBeGreaterThan(0);
  const [author] = tabs as [Tab];
  await author.setMode('On demand');
  await author.write('nothing was lost');
  for (const tab of tabs) await expect(tab.blockWith('nothing was lost')).toBeVisible();
});
