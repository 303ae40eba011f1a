/**
 * Whether the page stays at hand when its chain is long: `npm run bench -- page`. The real page in real Chromium, in a
 * room at height 20,000 that went through the real store. How soon its newest blocks are seen, which tasks of its main
 * thread are long (50 ms or more) while somebody uses it, and while it fetches such a chain on busy cores.
 *
 * `--height 5000` takes another height, `--only list` or `--only sync` one half. Where other processes have a core
 * meanwhile a task lasts longer than it computes: each stage tells both.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { ensureChromium } from '../../scripts/browsers.ts';
import { benchLongList } from './tall-room/long-list.ts';
import { benchSync } from './tall-room/sync.ts';

const { values } = parseArgs({
  options: { height: { type: 'string', default: '20000' }, only: { type: 'string' } },
});
const height = Number(values.height);

const load = (): string => `${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`;
console.log(`Load before: ${load()}.`);
const browser = await chromium.launch(await ensureChromium());
try {
  console.log(`Chromium ${browser.version()}, a room at height ${height.toLocaleString('en')}.`);
  if (values.only !== 'sync') await benchLongList(browser, height);
  if (values.only !== 'list') await benchSync(browser, height);
} finally {
  await browser.close();
}
console.log(`\nLoad after: ${load()}.`);
