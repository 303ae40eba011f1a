/** Rooms as large as a class, and what becomes of one while its server is dead. */
import { expect, test, type OpenOptions, type Room } from './fixtures.ts';
import { accept, answer, invite, waitForPhase } from './inviting.ts';
import { countReached, graphOf } from './mesh-graph.ts';
import { waitForSameTip, type Tab } from './tab.ts';

/** As many as DESIGN promises for one room of one school class. */
const CLASS = 40;
const MIN_LINKS = 4;
const MAX_LINKS = 12;

const LONG = Boolean(process.env.TABCHAIN_LONG);
const MANY_TABS = 'Many tabs: npm run test:long';
test.setTimeout(8 * 60_000);

/** Opens tabs that compute nothing of their own accord. */
async function openIdle(room: Room, count: number, options?: OpenOptions): Promise<Tab[]> {
  const tabs: Tab[] = [];
  for (let n = 0; n < count; n++) {
    const tab = await room.open(options);
    await tab.setMode('Off');
    tabs.push(tab);
  }
  return tabs;
}

async function linkCounts(tabs: readonly Tab[]): Promise<number[]> {
  const slices = await Promise.all(tabs.map((tab) => tab.slice('peers')));
  return slices.map(({ peers }) => peers.filter(({ ready }) => ready).length);
}

/** Writes and mines a message in `author`'s tab, waits until all `tabs` have it, and prints how soon they had. */
async function sayToAll(author: Tab, memo: string, tabs: readonly Tab[]): Promise<void> {
  await author.setMode('On demand');
  await author.write(memo);
  await author.waitForBlock(memo, await author.name());
  const tip = await waitForSameTip(tabs, 1);
  await author.setMode('Off');

  // All clocks are one: the same machine's.
  const heardAtMs = async (tab: Tab): Promise<number> => {
    const { recent } = await tab.slice('chain');
    const block = recent.find(({ id }) => id === tip.id);
    expect(block?.memos.map((sealed) => sealed.memo)).toEqual([memo]);
    return block?.heardAtMs ?? NaN;
  };
  const minedAtMs = await heardAtMs(author);
  const others = tabs.filter((tab) => tab !== author);
  const delaysMs = (await Promise.all(others.map(heardAtMs)))
    .map((atMs) => atMs - minedAtMs)
    .sort((a, b) => a - b);
  console.log(
    `  from mined to seen, ms: p50 ${percentile(delaysMs, 0.5)}, p95 ${percentile(delaysMs, 0.95)}, ` +
      `last ${percentile(delaysMs, 1)}`,
  );
}

/** The value below which this share of all lies (nearest rank). */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? NaN;
}

test(`${CLASS} tabs are one mesh, and a message reaches all`, async ({ room }) => {
  test.skip(!LONG, MANY_TABS);
  const tabs = await openIdle(room, CLASS);
  let counts: number[] = [];
  await expect(async () => {
    counts = await linkCounts(tabs);
    expect(Math.min(...counts), `links ${counts.join(' ')}`).toBeGreaterThanOrEqual(MIN_LINKS);
    expect(Math.max(...counts), `links ${counts.join(' ')}`).toBeLessThanOrEqual(MAX_LINKS);
  }).toPass();
  console.log(`  links: ${counts.join(' ')}`);

  const [author] = tabs as [Tab];
  await sayToAll(author, 'hello, class', tabs);
  for (const tab of tabs) expect((await tab.slice('wire')).banned).toBe(0);
});

test('when the server restarts, twelve tabs rejoin one by one, and their links stay', async ({
  room,
  server,
}) => {
  test.skip(!LONG, MANY_TABS);
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

for (const { count, leaving, goneMs } of [
  { count: 5, leaving: 1, goneMs: 0 },
  { count: 12, leaving: 4, goneMs: 2 * 60_000 },
]) {
  const scene = `the server dead${goneMs > 0 ? ` for ${goneMs / 60_000} minutes` : ''}, ${leaving} of ${count} tabs closed`;
  test(`${scene}, 1 invited: the mesh is whole`, async ({ room, server, staticUrl }) => {
    test.skip(!LONG && count > 5, MANY_TABS);
    const opened = await openIdle(room, count);
    const enough = Math.min(MIN_LINKS, count - 1);
    await expect(async () =>
      expect(Math.min(...(await linkCounts(opened)))).toBeGreaterThanOrEqual(enough),
    ).toPass();

    await server.stop();
    const stoppedAtMs = Date.now();
    for (const tab of opened) await expect(tab.chip('signal')).toHaveAttribute('data-state', 'retrying');
    const before = (await linkCounts(opened)).join(' ');
    for (const { page } of opened.slice(0, leaving)) await page.close({ runBeforeUnload: true });
    const tabs = opened.slice(leaving);
    const [inviter] = tabs as [Tab];
    // The page itself has to come from somewhere.
    const [guest] = (await openIdle(room, 1, { url: staticUrl })) as [Tab];
    await accept(inviter, await answer(guest, await invite(inviter)));
    for (const tab of [inviter, guest]) {
      await waitForPhase(tab, 'connected');
      await tab.page.keyboard.press('Escape');
    }
    tabs.push(guest);

    // Those who live through it count the time.
    for (const { page } of tabs)
      await page.waitForFunction(
        ([sinceMs, forMs]) => Date.now() - sinceMs >= forMs,
        [stoppedAtMs, goneMs] as const,
        { timeout: goneMs + 60_000 },
      );
    const least = Math.min(MIN_LINKS, tabs.length - 1);
    await expect(async () => {
      const graph = await graphOf(tabs);
      const links = [...graph.values()];
      const said = `links ${links.map(({ length }) => length).join(' ')}`;
      // To nobody who is gone, either.
      expect(links.flat().filter((key) => !graph.has(key))).toEqual([]);
      expect(Math.min(...links.map(({ length }) => length)), said).toBeGreaterThanOrEqual(least);
      expect(countReached(graph), said).toBe(tabs.length);
    }).toPass({ timeout: 120_000 });
    for (const tab of tabs) await expect(tab.chip('signal')).toHaveAttribute('data-state', 'retrying');

    const { peers } = await guest.slice('peers');
    const routes = peers.map(({ route }) => route).sort();
    // By now it may have let go of who invited it (mesh.ts).
    const relayed = routes.filter((route) => route !== 'invitation');
    expect(new Set(relayed)).toEqual(new Set(['peers']));
    expect(relayed.length).toBeGreaterThanOrEqual(least - 1);
    console.log(
      `  links: ${before}; after ${Math.round((Date.now() - stoppedAtMs) / 1000)} s without the server ` +
        `${(await linkCounts(tabs)).join(' ')}, the guest's by ${routes.join(' ')}`,
    );
    await sayToAll(guest, 'from who was invited', tabs);
    await sayToAll(inviter, 'from who was here before', tabs);
    for (const tab of tabs) expect((await tab.slice('wire')).banned).toBe(0);
  });
}
