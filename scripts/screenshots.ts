/**
 * npm run screenshots: makes the pictures of docs/ again, which the README shows, from the running page.
 * npm run screenshots -- --all FOLDER: each view and state, wide and narrow, light and dark, to be looked at.
 */
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { ensureChromium } from './browsers.ts';
import { buildPageIfNeeded } from './page-build.ts';
import { shootForReadme } from './screenshots/readme.ts';
import { shootRealStates } from './screenshots/real-states.ts';
import { shootPlayedStates } from './screenshots/played-states.ts';

const { values } = parseArgs({ options: { all: { type: 'string' } } });
const folder = values.all ?? 'docs';

buildPageIfNeeded();
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch(await ensureChromium());
try {
  if (values.all === undefined) await shootForReadme(browser, folder);
  else {
    await shootPlayedStates(browser, folder);
    await shootRealStates(browser, folder);
  }
} finally {
  await browser.close();
}
