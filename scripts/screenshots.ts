/** npm run screenshots: makes docs/room.png, which the README shows, from the running page. */
import { mkdirSync } from 'node:fs';
import { chromium, expect } from '@playwright/test';
import { newRoomSecret } from '../signaling/room-links.ts';
import { Tab, waitForSameTip } from '../test/e2e/tab.ts';
import { startTestServer } from '../test/e2e/test-server.ts';
import { ensureChromium } from './browsers.ts';
import { buildPageIfNeeded } from './page-build.ts';

const FILE = 'docs/room.png';
/** Written by turns. The network with instant blocks, or this would take minutes. */
const MEMOS = [
  'Hello P2P',
  'Who mined this?',
  'You did: look at the row.',
  'And who keeps it?',
  'All of us.',
];

buildPageIfNeeded();
const server = await startTestServer();
const browser = await chromium.launch(await ensureChromium());
const url = `${server.url}/?network=regtest#${newRoomSecret()}`;
const tabs: Tab[] = [];
for (let n = 0; n < 3; n++) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
  const tab = new Tab(await context.newPage());
  await tab.page.goto(url);
  tabs.push(tab);
}
for (const tab of tabs) await tab.waitForLinks(tabs.length - 1);
for (const [n, memo] of MEMOS.entries()) {
  await tabs[n % tabs.length]?.write(memo);
  await waitForSameTip(tabs, n + 1);
}
for (const tab of tabs) await expect(tab.page.getByTestId('toast')).toHaveCount(0, { timeout: 30_000 });
mkdirSync('docs', { recursive: true });
await tabs[0]?.page.screenshot({ path: FILE });
console.log(FILE);
await browser.close();
await server.stop();
