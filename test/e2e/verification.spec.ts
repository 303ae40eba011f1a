import { writeChain } from '../bench/written-chain/write-chain.ts';
import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

const BLOCKS = 60;

declare global {
  interface Window {
    /** Of the page's verification workers. */
    started?: number;
    failed?: number;
  }
}

/** Runs in a page before its own scripts. `script`: what those workers get instead of theirs. */
function watchVerification(script: string | undefined): void {
  Object.assign(window, { started: 0, failed: 0 });
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      const isWatched = options?.name === 'verification';
      super(isWatched && script !== undefined ? script : url, options);
      if (!isWatched) return;
      window.started = (window.started ?? 0) + 1;
      this.addEventListener('error', () => (window.failed = (window.failed ?? 0) + 1));
    }
  };
}

const CASES = [
  { title: 'in a worker', script: undefined },
  { title: 'in the engine where no such worker starts', script: '/no-such-script.js' },
];

for (const { title, script } of CASES)
  test(`a chain’s signatures are verified ${title}`, async ({ browser, server, room }) => {
    const holding = await browser.newContext({ bypassCSP: true });
    const plan = { secret: room.secret, height: BLOCKS, contents: 'transfers', slots: 1 } as const;
    await writeChain(holding, server.url, plan);
    const source = await room.open({ context: holding });
    await source.waitForHeight(BLOCKS);

    const context = await browser.newContext();
    await context.addInitScript(watchVerification, script);
    const tab = await room.open({ context });
    await waitForSameTip([source, tab], BLOCKS);
    const page = tab.page;
    expect(await page.evaluate(() => window.started)).toBeGreaterThan(0);
    const isLost = await page.evaluate(() => (window.failed ?? 0) > 0);
    expect(isLost).toBe(script !== undefined);
    // Both go on as nodes.
    await tab.write('and a message');
    await source.waitForBlock('and a message', await tab.name());
    await context.close();
    await holding.close();
  });
