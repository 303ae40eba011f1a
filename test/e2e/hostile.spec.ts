import type { Page } from '@playwright/test';
import { debugEngine } from './engine-debugger.ts';
import { expect, roomUrl, test } from './fixtures.ts';
import type { AttackName, FloodName } from './hostile-attacks.ts';
import { bundled } from './page-bundle.ts';
import { waitForSameTip, watchPage, type Tab } from './tab.ts';

/** Far above what the bounds of all per-peer structures come to. Identities are free, so they are the real guard. */
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;

/**
 * The rules of which each attack breaks one, as the victim counts them; none where the page hangs up before its node
 * hears of it. A key that was not proved is not banned: it may be somebody else's.
 */
const EXPECTED: Record<AttackName, { readonly rules: readonly string[]; readonly banned: boolean }> = {
  'garbage frames': { rules: ['bad-frame', 'unknown-message', 'oversize', 'malformed'], banned: true },
  'a length of 4 GiB': { rules: ['oversize'], banned: true },
  'a frame of 200 KiB': { rules: ['bad-frame'], banned: true },
  'a message that does not decode': { rules: ['malformed'], banned: true },
  'text instead of frames': { rules: [], banned: false },
  'another room': { rules: ['wrong-room'], banned: false },
  'another protocol': { rules: ['wrong-protocol'], banned: false },
  'somebody else’s key': { rules: ['bad-proof'], banned: false },
  'messages before the handshake': { rules: ['out-of-order'], banned: false },
  'no handshake at all': { rules: ['handshake-timeout'], banned: false },
  'half a handshake': { rules: ['handshake-timeout'], banned: false },
  'a second hello': { rules: ['out-of-order'], banned: true },
  'headers that are no chain': { rules: ['headers-discontinuous'], banned: true },
  'a header without work': { rules: ['bad-bits', 'insufficient-work'], banned: true },
  'cheap headers': { rules: ['unrequested'], banned: true },
  'a signal signed by somebody else': { rules: ['bad-proof'], banned: true },
  'a signal that pretends to be fresh': { rules: ['ttl-not-counted'], banned: true },
  ...floods([
    'ping',
    'pong',
    'getHeaders',
    'headers',
    'inv',
    'getData',
    'notFound',
    'block',
    'tx',
    'sendCompact',
    'compactBlock',
    'getBlockTxn',
    'blockTxn',
    'getPeers',
    'peers',
    'signal',
    'unroutable',
  ]),
};

type Flood<Name extends string> = `flood of ${Name}`;

function floods<Name extends FloodName>(names: readonly Name[]) {
  const expected = { rules: ['flood', 'unrequested'], banned: true };
  return Object.fromEntries(names.map((name) => [`flood of ${name}`, expected])) as Record<
    Flood<Name>,
    typeof expected
  >;
}

/** Bytes in use in the engine's worker, garbage collected. */
async function engineHeapBytes(page: Page): Promise<number> {
  const engine = await debugEngine(page);
  const bytes = await engine.heapBytes();
  await engine.detach();
  return bytes;
}

async function pageHeapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** Keeps count of the tasks over 50 ms, in which a page answers nobody (W3C Long Tasks). */
function watchLongTasks(): void {
  const durationsMs: number[] = ((globalThis as { longTasksMs?: number[] }).longTasksMs = []);
  new PerformanceObserver((list) =>
    durationsMs.push(...list.getEntries().map((entry) => entry.duration)),
  ).observe({ type: 'longtask' });
}

test('a hostile page is refused and banned; the honest ones stay responsive and small', async ({
  room,
  server,
  browser,
}) => {
  test.setTimeout(6 * 60_000);
  const a = await room.open();
  const b = await room.open();
  const honest: Tab[] = [a, b];
  for (const tab of honest) await tab.waitForLinks(1);
  await a.write('before the storm');
  await waitForSameTip(honest, 1);
  const [link] = await a.openLinks();
  for (const { page } of honest) await page.evaluate(watchLongTasks);
  const engineBytes = await engineHeapBytes(a.page);
  const pageBytes = await pageHeapBytes(a.page);

  // The server's policy lets a page run no scripts but its own.
  const context = await browser.newContext({ bypassCSP: true });
  const hostile = await context.newPage();
  await hostile.addInitScript(watchPage);
  // The landing page: it has the server's address, and no node of its own.
  await hostile.goto(roomUrl(server.url, '', 'regtest'));
  await hostile.addScriptTag({ content: await bundled('hostile-page.ts', 'Hostile') });

  let banned = 0;
  for (const [name, expected] of Object.entries(EXPECTED) as [AttackName, (typeof EXPECTED)[AttackName]][]) {
    const count = async (tab: Tab): Promise<number> => {
      const { refusals } = await tab.slice('wire');
      return expected.rules.reduce((sum, rule) => sum + (refusals[rule] ?? 0), 0);
    };
    const before = await Promise.all(honest.map(count));
    const done = hostile.evaluate(
      ([attackName, secret]) =>
        (globalThis as unknown as { Hostile: typeof import('./hostile-page.ts') }).Hostile.attack(
          attackName,
          secret,
        ),
      [name, room.secret] as const,
    );
    // Meanwhile somebody uses the page.
    await a.show('Network');
    await a.show('Chain');
    const result = await done;

    expect(result, name).toMatchObject({ victims: honest.length, hungUp: honest.length });
    if (expected.banned) {
      banned++;
      expect(result.admittedAgain, name).toBe(false);
    }
    for (const [n, tab] of honest.entries()) {
      if (expected.rules.length > 0)
        await expect
          .poll(() => count(tab), { message: name, timeout: 20_000 })
          .toBeGreaterThan(before[n] ?? NaN);
      await expect
        .poll(async () => (await tab.slice('wire')).banned, { message: name, timeout: 20_000 })
        .toBe(banned);
    }
  }
  await context.close();

  await b.write('after the storm');
  await expect(a.blockWith('after the storm')).toBeVisible();
  // Never lost: nobody was blamed for what another did.
  expect(await a.openLinks()).toContain(link);
  for (const tab of honest) await tab.waitForLinks(1);

  for (const { page } of honest) {
    const tasksMs = await page.evaluate(() => (globalThis as { longTasksMs?: number[] }).longTasksMs ?? []);
    console.log(`  long tasks: ${tasksMs.length}, the longest ${Math.round(Math.max(0, ...tasksMs))} ms`);
  }
  const engineGrowth = (await engineHeapBytes(a.page)) - engineBytes;
  const pageGrowth = (await pageHeapBytes(a.page)) - pageBytes;
  const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  console.log(`  heap growth: engine ${mib(engineGrowth)} MiB, page ${mib(pageGrowth)} MiB`);
  expect(engineGrowth).toBeLessThan(MAX_GROWTH_BYTES);
  expect(pageGrowth).toBeLessThan(MAX_GROWTH_BYTES);
});
