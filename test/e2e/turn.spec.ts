/** Tabs that no direct way connects: TURN, with passwords that the signaling server makes and coturn checks. */
import { join } from 'node:path';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../signaling/server.ts';
import { expect, test } from './fixtures.ts';
import { Tab, waitForSameTip } from './tab.ts';
import { NO_TURN, startTurnServer, TURN_SECRET, type TurnServer } from './turn-server.ts';

/** Connections to coturn that a tab makes for one link: by UDP and by TCP. */
const OF_ONE_TAB = 2;

test.skip(NO_TURN !== undefined, NO_TURN);

let turn: TurnServer;
let server: RunningServer | undefined;

test.beforeEach(async () => {
  turn = await startTurnServer();
});

test.afterEach(async () => {
  await server?.close();
  await turn.stop();
});

/** A room's address under which tabs use relays only. */
async function relayOnlyRoom(options: Partial<ServerOptions>): Promise<string> {
  const pageDir = join(import.meta.dirname, '../../dist/page');
  const { turnUrls } = turn;
  server = await startServer({ port: 0, host: '127.0.0.1', pageDir, turnUrls, turnTtlS: 600, ...options });
  return `${server.url}/?network=regtest&ice=relay#${newRoomSecret()}`;
}

test('two tabs that may only use relays form a link and sync', async ({ browser }) => {
  const room = await relayOnlyRoom({ turnSecret: TURN_SECRET });
  const [a, b] = [await openTab(), await openTab()];
  for (const tab of [a, b]) await tab.waitForLinks(1);
  await a.write('by way of a relay');
  await expect(b.blockWith('by way of a relay')).toBeVisible();
  await waitForSameTip([a, b], 1);
  await expect.poll(() => usersOf(/ALLOCATE processed, success/).length).toBeGreaterThan(OF_ONE_TAB);
  // What coturn takes for a user, the part after the colon, is their common address.
  expect(new Set(usersOf(/ALLOCATE processed, success/)).size).toBe(1);

  async function openTab(): Promise<Tab> {
    const tab = new Tab(await (await browser.newContext()).newPage());
    await tab.page.goto(room);
    return tab;
  }
});

for (const [what, options] of [
  ['of another secret', { turnSecret: 'south-wind' }],
  ['that are over', { turnSecret: TURN_SECRET, turnTtlS: -60 }],
] as const) {
  test(`passwords ${what} get no relay, and the tabs no link`, async ({ browser }) => {
    const room = await relayOnlyRoom(options);
    const tabs: Tab[] = [];
    for (let i = 0; i < 2; i += 1) {
      const tab = new Tab(await (await browser.newContext()).newPage());
      await tab.page.goto(room);
      tabs.push(tab);
    }
    await expect.poll(() => usersOf(/Unauthorized/).length).toBeGreaterThan(OF_ONE_TAB);
    for (const tab of tabs) await tab.waitForLinks(0);
  });
}

/** Whom coturn's log names in lines that match: once for each connection to it, without the time in front. */
function usersOf(line: RegExp): string[] {
  const users = new Map<string, string>();
  for (const text of turn.log().split('\n')) {
    const [, session, user] = /session (\d+):.*<\d{10}:([0-9a-f]{16})>/.exec(text) ?? [];
    if (session !== undefined && user !== undefined && line.test(text)) users.set(session, user);
  }
  return [...users.values()];
}
