/**
 * npm run demo [-- --tabs 8]: plays the scene of the README in headless tabs against a server of its own, and says
 * each step as it happens. Exit codes: 0 the nodes agreed, 1 they did not, 2 bad arguments.
 */
import { parseArgs } from 'node:util';
import { chromium, type Browser } from '@playwright/test';
import { newRoomSecret } from '../signaling/room-links.ts';
import { Tab } from '../test/e2e/tab.ts';
import { startTestServer } from '../test/e2e/test-server.ts';
import { ensureChromium } from './browsers.ts';
import { buildPageIfNeeded } from './page-build.ts';

const MIN_TABS = 3;
/** One process bears 100; beyond 50 a laptop is only busy with itself. */
const MAX_TABS = 50;
/** A block takes seconds on average, and now and then minutes. */
const STEP_TIMEOUT_MS = 240_000;
const POLL_MS = 100;

const tabCount = readTabCount();
if (typeof tabCount === 'string') {
  console.error(tabCount);
  process.exit(2);
}
try {
  buildPageIfNeeded();
  const browser = await chromium.launch(await ensureChromium());
  try {
    console.log(await play(browser, tabCount));
  } finally {
    await browser.close();
  }
} catch (error) {
  console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/** The number of tabs, or a sentence that says what is wrong with the arguments. */
function readTabCount(): number | string {
  const usage = `Use "npm run demo -- --tabs N" with a whole number N from ${MIN_TABS} to ${MAX_TABS}.`;
  try {
    const { values } = parseArgs({ options: { tabs: { type: 'string', default: String(MIN_TABS) } } });
    const count = /^\d{1,3}$/.test(values.tabs) ? Number(values.tabs) : NaN;
    return count >= MIN_TABS && count <= MAX_TABS ? count : usage;
  } catch {
    return usage; // an unknown option, or one without its value
  }
}

/** Returns the closing line. */
async function play(browser: Browser, count: number): Promise<string> {
  const server = await startTestServer();
  const url = `${server.url}/#${newRoomSecret()}`;
  say(`A signaling server at ${server.url}, and a new room.`);

  const tabs: Tab[] = [];
  const names: string[] = [];
  for (let n = 1; n <= count; n++) {
    const context = await browser.newContext();
    const tab = new Tab(await context.newPage());
    await tab.page.goto(url);
    const name = await tab.name();
    say(`Tab ${n} is ${name}.`);
    tabs.push(tab);
    names.push(name);
  }
  for (const [n, tab] of tabs.entries()) {
    await until(`${names[n]} is linked`, () => hasState(tab, 'peers', 'linked'));
  }
  say(`All ${count} are linked.`);

  const [a, b] = tabs;
  const c = tabs[2];
  if (a === undefined || b === undefined || c === undefined) throw new Error('The scene takes three tabs.');
  await write(c, names[2], 'Hello P2P');
  await shownByAll('Hello P2P');

  await b.setMode('Always');
  say(`${names[1]} mines, whether or not there is something to write down.`);
  await write(a, names[0], 'Hello from the other end');
  await shownByAll('Hello from the other end');
  await b.setMode('Off');

  await until('all nodes have the same tip', async () => {
    const tips = await Promise.all(tabs.map((tab) => tab.tip()));
    return new Set(tips.map(({ id }) => id)).size === 1;
  });
  const { height, id } = await a.tip();
  await server.stop();
  return `converged: ${count} nodes, height ${height}, tip ${id}`;

  async function write(tab: Tab, name: string | undefined, memo: string): Promise<void> {
    await tab.write(memo);
    say(`${name} writes "${memo}".`);
  }

  async function shownByAll(memo: string): Promise<void> {
    await Promise.all(
      tabs.map(async (tab, n) => {
        const block = tab.blockWith(memo);
        await until(`${names[n]} shows "${memo}" in a block`, () => block.isVisible());
        const producer = /mined by\s+(.+)/.exec(await block.innerText())?.[1];
        say(
          `${names[n]} shows it in block #${await block.getAttribute('data-height')}, mined by ${producer}.`,
        );
      }),
    );
  }
}

async function hasState(tab: Tab, chip: 'peers' | 'chain', state: string): Promise<boolean> {
  return (await tab.chip(chip).getAttribute('data-state')) === state;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const startedMs = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedMs > STEP_TIMEOUT_MS) {
      throw new Error(`waited ${STEP_TIMEOUT_MS / 1000} s in vain until ${what}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function say(line: string): void {
  console.log(line);
}
