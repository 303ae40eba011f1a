/**
 * How far the database is behind while a chain arrives at full speed, and what storing a block costs:
 * `npm run bench -- writes`. A fresh tab of the real page in real Chromium fetches a chain from another; then the same
 * with somebody who drags the list of blocks through the chain meanwhile. Beside it, the same values in the same
 * batches, written by idb-keyval alone.
 *
 * `--blocks 2000` takes another length than 10,000, `--json FILE` writes the figures. That no block is ever stored by
 * half is no matter of speed: test/unit/store/chain-store.test.ts kills a tab at each value of a batch.
 */
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { ensureChromium } from '../../scripts/browsers.ts';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { newContext } from './chain-sync/room-pages.ts';
import { openSources } from './chain-sync/sync-run.ts';
import { beginMeasurement } from './measuring/measurement.ts';
import { serveObservedPage } from './observed-page/serve.ts';
import type { WriteFigures } from './store-writes/figures.ts';
import { printWrites } from './store-writes/report.ts';
import { runWrites } from './store-writes/write-run.ts';
import { writeChain } from './written-chain/write-chain.ts';

const { values } = parseArgs({
  options: { blocks: { type: 'string', default: '10000' }, json: { type: 'string' } },
});
const height = Number(values.blocks);

const measurement = beginMeasurement('writes');
const server = await serveObservedPage('store-writes', {
  'web/engine/worker.ts': '../store-writes/engine-observer.ts',
});
const browser = await chromium.launch(await ensureChromium());
try {
  const room = { origin: server.url, secret: newRoomSecret() };
  const holding = await newContext(browser);
  await writeChain(holding, server.url, { secret: room.secret, height, contents: 'transfers', slots: 1 });
  await openSources(holding, room, height, 1);
  const figures: WriteFigures[] = [];
  for (const reader of [false, true]) {
    const run = await runWrites(browser, room, height, reader);
    printWrites(run);
    figures.push(run);
  }
  await measurement.finish(figures, `Chromium ${browser.version()}`, values.json);
} finally {
  await browser.close();
  await server.close();
}
