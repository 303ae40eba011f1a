/** The kernels in real engines, each of which compiles WebAssembly in its own way, under the page's own policy. */
import { chromium, expect, firefox, test, type LaunchOptions, type Page } from '@playwright/test';
import { findChromium, findFirefox } from '../../scripts/browsers.ts';
import type { RunningServer } from '../../signaling/server.ts';
import { servePowPage } from '../bench/pow-page/serve.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const HEADERS = 100_000;
/** In parts: a page that is busy for longer than this many take is called unresponsive. */
const HEADERS_AT_ONCE = 5000;

const GENESIS =
  '01000000' +
  '0000000000000000000000000000000000000000000000000000000000000000' +
  '3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a' +
  '29ab5f49ffff001d1dac2b7c';
const GENESIS_NONCE = 2_083_236_893;
const GENESIS_TARGET = 0xffffn << 208n;

const firefoxChoice = findFirefox();
let server: RunningServer;

test.beforeAll(async () => {
  server = await servePowPage();
  console.log(`SEED=${SEED}`);
});
test.afterAll(() => server.close());

/** Opens the page in a browser of its own, started like this. */
async function inBrowser(
  name: 'Chromium' | 'Firefox',
  options: LaunchOptions,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const browser =
    name === 'Chromium'
      ? await chromium.launch({ ...findChromium(), ...options })
      : await firefox.launch({ ...firefoxChoice, ...options });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await use(page);
  } finally {
    await browser.close();
  }
}

/** Bitcoin's first block, found by a worker from some hundred nonces before. */
async function expectGenesis(page: Page): Promise<void> {
  const found = await page.evaluate(
    ([header, target, nonce]) => window.powPage.findInWorker(header, target, nonce - 5000, nonce + 5000),
    [`${GENESIS.slice(0, -8)}00000000`, GENESIS_TARGET, GENESIS_NONCE] as const,
  );
  expect(found).toBe(GENESIS);
}

for (const name of ['Chromium', 'Firefox'] as const) {
  test(`${name}: the kernels are right`, async () => {
    test.skip(name === 'Firefox' && firefoxChoice === undefined, 'no Firefox here');
    await inBrowser(name, {}, async (page) => {
      expect(await page.evaluate((seed) => window.powPage.runCases(seed), SEED)).toEqual([]);
      for (let done = 0; done < HEADERS; done += HEADERS_AT_ONCE) {
        const args = [SEED + done, HEADERS_AT_ONCE] as const;
        await page.evaluate(([seed, headers]) => window.powPage.compare(seed, headers), args);
      }
    });
  });

  test(`${name}: a worker uses SIMD and finds Bitcoin's genesis block`, async () => {
    test.skip(name === 'Firefox' && firefoxChoice === undefined, 'no Firefox here');
    await inBrowser(name, {}, async (page) => {
      expect(await page.evaluate(() => window.powPage.kernelOfWorker())).toBe('wasm-simd');
      await expectGenesis(page);
    });
  });
}

// Flags of V8: of a processor that is too old, and of an engine that must not make machine code.
for (const { without, flag, kernel } of [
  { without: 'SIMD', flag: '--no-enable-sse4-1', kernel: 'wasm' },
  { without: 'WebAssembly', flag: '--jitless', kernel: 'noble' },
]) {
  test(`without ${without} a worker uses ${kernel} and finds the genesis block too`, async () => {
    test.skip(without === 'SIMD' && process.arch !== 'x64', 'only an x86 can be told that it has no SIMD');
    await inBrowser('Chromium', { args: [`--js-flags=${flag}`] }, async (page) => {
      expect(await page.evaluate(() => window.powPage.kernelOfWorker())).toBe(kernel);
      await expectGenesis(page);
    });
  });
}
