/** A fresh tab of the observed page fetches a chain; what its engine noted of its writes is the outcome. */
import type { Browser, Page } from '@playwright/test';
import { debugEngine } from '../../e2e/engine-debugger.ts';
import { callInPage, newContext, openTab, waitForChain, type RoomLink } from '../chain-sync/room-pages.ts';
import { waitUntilStored } from '../chain-sync/sync-run.ts';
import { figuresOf, type WriteFigures } from './figures.ts';
import { OBSERVED_WRITES, type ObservedWrites } from './observed-writes.ts';

/** The bound is the best of so many. */
const RAW_ROUNDS = 3;
/** Of somebody who drags the list's scroll bar about: a jump in so many ms, to where the list has nothing yet. */
const JUMP_MS = 100;

export async function runWrites(
  browser: Browser,
  room: RoomLink,
  height: number,
  reader: boolean,
): Promise<WriteFigures> {
  const context = await newContext(browser);
  try {
    const page = await openTab(context, room);
    if (reader) await page.evaluate(startReader, JUMP_MS);
    await waitForChain(page, height);
    await waitUntilStored(page, room.secret, height);
    const observed = await readObserved(page);
    if (reader) await page.evaluate(() => clearInterval(window.reader));
    let rawMs = Infinity;
    for (let round = 0; round < RAW_ROUNDS; round++)
      rawMs = Math.min(
        rawMs,
        await callInPage(
          page,
          'writeRaw',
          room.secret,
          observed.batches.map(({ values }) => ({ values })),
        ),
      );
    return figuresOf(observed, reader, rawMs);
  } finally {
    await context.close();
  }
}

async function readObserved(page: Page): Promise<ObservedWrites> {
  const engine = await debugEngine(page);
  const { result } = await engine.send<{ readonly result: { readonly value: string } }>('Runtime.evaluate', {
    expression: `JSON.stringify(${OBSERVED_WRITES})`,
    returnByValue: true,
  });
  await engine.detach();
  return JSON.parse(result.value) as ObservedWrites;
}

declare global {
  interface Window {
    reader?: number;
  }
}

/** In the page. */
function startReader(jumpMs: number): void {
  let jumps = 0;
  window.reader = window.setInterval(() => {
    // Steps by the golden ratio come everywhere and nowhere twice.
    scrollTo({ top: document.documentElement.scrollHeight * ((++jumps * 0.618) % 1) });
  }, jumpMs);
}
