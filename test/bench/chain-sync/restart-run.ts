/** A tab is reloaded whose slot holds a chain, and nobody else is there. */
import type { Page } from '@playwright/test';
import { debugEngine } from '../../e2e/engine-debugger.ts';
import type { RestartFigures } from './figures.ts';
import { callInPage, waitForChain } from './room-pages.ts';

const RELOADS = 5;

/** `height`: of the chain that the page's node has and has stored. */
export async function runRestart(page: Page, secret: string, height: number): Promise<RestartFigures> {
  const ms: number[] = [];
  for (let n = 0; n < RELOADS; n++) {
    await page.reload();
    const { runningMs = NaN } = await waitForChain(page, height);
    ms.push(runningMs);
  }
  const engine = await debugEngine(page);
  const engineBytes = await engine.heapBytes();
  await engine.detach();
  const raw = [];
  for (let n = 0; n < RELOADS && height > 0; n++) raw.push(await callInPage(page, 'readRaw', secret));
  return {
    blocks: height,
    ms,
    engineBytes,
    rawMs: raw.map((read) => read.ms),
    rawBytes: raw[0]?.bytes ?? 0,
  };
}
