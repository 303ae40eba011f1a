/**
 * Finds the browsers that tests, demo and screenshots run in, and installs them where they are missing.
 * The order: what an environment variable says, Playwright's own browser, one of the system, then installing.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, firefox } from '@playwright/test';
import { installByApt, isDebianRoot, namedProgram, onPath, run } from './programs.ts';

/** What Playwright's `launch` needs to know of a browser. */
export interface BrowserChoice {
  /** undefined: the browser that Playwright brought. */
  readonly executablePath?: string;
  /** `moz-firefox`: a Firefox that Playwright did not patch. */
  readonly channel?: 'moz-firefox';
}

const NO_CHROMIUM =
  'No Chromium was found and none could be installed: run "npx playwright install chromium", or install Chromium, ' +
  'Chrome or Edge and set TABCHAIN_CHROMIUM to its path.';

/** Why a test is skipped. */
export const NO_FULL_CHROMIUM =
  'There is only a headless shell here: install Chromium or Chrome, or set TABCHAIN_CHROMIUM to its path.';

/** The same engine without a browser's own windows, which take several times the processor time of our page. */
const HEADLESS_SHELL = 'chromium-headless-shell';
const CHROMIUM_COMMANDS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'chrome.exe',
  'msedge.exe',
];
const FIREFOX_COMMANDS = ['firefox-esr', 'firefox', 'firefox.exe'];
/** macOS and Windows keep applications off the PATH. */
const APPLICATION_FOLDERS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const FIREFOX_FOLDERS = [
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/** A Chromium that is there already. @throws Error if TABCHAIN_CHROMIUM names a file that isn't. */
export function findChromium(): BrowserChoice | undefined {
  const executablePath = namedProgram('TABCHAIN_CHROMIUM');
  if (executablePath !== undefined) return { executablePath };
  if (existsSync(chromium.executablePath())) return {};
  const path = onPath([HEADLESS_SHELL, ...CHROMIUM_COMMANDS]) ?? APPLICATION_FOLDERS.find(existsSync);
  return path === undefined ? undefined : { executablePath: path };
}

/**
 * Likewise one with all that belongs to a browser's windows: only there pages are hidden, frozen, or kept to come back
 * to. undefined also where there is nothing but the headless shell.
 */
export function findFullChromium(): { readonly executablePath: string } | undefined {
  const playwrights = existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
  const path =
    namedProgram('TABCHAIN_CHROMIUM') ??
    playwrights ??
    onPath(CHROMIUM_COMMANDS) ??
    APPLICATION_FOLDERS.find(existsSync);
  return path === undefined ? undefined : { executablePath: path };
}

/** A Firefox that is there already. The tests that want one are skipped without it, and say why. */
export function findFirefox(): BrowserChoice | undefined {
  const executablePath = namedProgram('TABCHAIN_FIREFOX');
  if (executablePath !== undefined) return { executablePath, channel: 'moz-firefox' };
  if (existsSync(firefox.executablePath())) return {};
  const system = onPath(FIREFOX_COMMANDS) ?? FIREFOX_FOLDERS.find(existsSync);
  return system === undefined ? undefined : { executablePath: system, channel: 'moz-firefox' };
}

/** A Chromium, installed if need be. @throws Error with a sentence for the person at the keyboard. */
export async function ensureChromium(): Promise<BrowserChoice> {
  const found = findChromium();
  if (found !== undefined) return found;
  console.log('No Chromium found: installing one for the browser tests...');
  for (const install of [installByPlaywright, installChromiumByApt, installFromNpm]) {
    const path = await install();
    // For the processes that this one starts, which look for themselves.
    if (path !== undefined) process.env.TABCHAIN_CHROMIUM = path;
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error(NO_CHROMIUM);
}

/**
 * For the browser tests: as `ensureChromium`, and what some of them want besides, where that takes no more than asking.
 * Without it those tests are skipped.
 */
export async function ensureTestBrowsers(): Promise<void> {
  await ensureChromium();
  if (findFullChromium() === undefined) installByApt('chromium');
  if (findFirefox() === undefined) installByApt('firefox-esr');
}

function installByPlaywright(): undefined {
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
  run(process.execPath, [cli, 'install', 'chromium']);
  // Its libraries, where that is possible without asking for a password. Not before there is a browser to use them.
  if (existsSync(chromium.executablePath()) && isDebianRoot()) {
    run(process.execPath, [cli, 'install-deps', 'chromium']);
  }
}

function installChromiumByApt(): undefined {
  // Not every release has the shell; a full browser does as well.
  installByApt(HEADLESS_SHELL);
  if (findChromium() === undefined) installByApt('chromium');
}

/** For build machines that reach only an npm registry: a headless Chromium packed into a package, for Linux on x64. */
async function installFromNpm(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(tmpdir(), 'tabchain-chromium');
  run('npm', ['install', '--no-save', '--no-audit', '--prefix', folder, '@sparticuz/chromium@147']);
  const entry = join(folder, 'node_modules/@sparticuz/chromium/build/esm/index.js');
  if (!existsSync(entry)) return undefined;
  // Only its path: the arguments it suggests put everything in one process, where WebRTC dies.
  const { default: packed } = (await import(entry)) as { default: { executablePath(): Promise<string> } };
  return packed.executablePath();
}
