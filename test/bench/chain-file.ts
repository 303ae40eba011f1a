/**
 * The chain as a file: `npm run bench -- chain-file`. A tab of the real page in real Chromium saves its chain, piece by
 * piece, and another browser without peers loads it, every block verified. How long that takes, and how much memory it
 * takes meanwhile beside the file's size.
 *
 * `--blocks 2000` takes another length than 10,000, `--long` 100,000 as well, `--json FILE` writes the figures.
 */
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { ensureChromium } from '../../scripts/browsers.ts';
import { buildPageIfNeeded } from '../../scripts/page-build.ts';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { startTestServer } from '../e2e/test-server.ts';
import { runChainFile } from './chain-file/file-run.ts';
import type { ChainFileFigures, HeapGrowth, WatchedRun } from './chain-file/figures.ts';
import { beginMeasurement } from './measuring/measurement.ts';

const LONG_BLOCKS = 100_000;

const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: '10000' },
    long: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const lengths = [...new Set([Number(values.blocks), ...(values.long ? [LONG_BLOCKS] : [])])];

const measurement = beginMeasurement('chain-file');
buildPageIfNeeded();
const server = await startTestServer();
const browser = await chromium.launch(await ensureChromium());
try {
  const figures: ChainFileFigures[] = [];
  for (const height of lengths) {
    const run = await runChainFile(browser, { origin: server.url, secret: newRoomSecret() }, height);
    print(run);
    figures.push(run);
  }
  await measurement.finish(figures, `Chromium ${browser.version()}`, values.json);
} finally {
  await browser.close();
  await server.stop();
}

function print({ blocks, fileBytes, save, load, nativeMs }: ChainFileFigures): void {
  console.log(`\n${blocks.toLocaleString('en')} blocks of 5 transfers, a file of ${mega(fileBytes)}:`);
  printRun('saved', save, blocks);
  printRun('loaded, verified and stored', load, blocks);
  console.log(`  bound: its signatures alone, native: ${nativeMs.toFixed(0)} ms`);
}

function printRun(what: string, { ms, page, engine }: WatchedRun, blocks: number): void {
  console.log(`  ${what} in ${ms.toFixed(0)} ms, ${(ms / blocks).toFixed(3)} ms a block`);
  console.log(`    in use, before and at most: page ${growth(page)}, engine ${growth(engine)}`);
}

function growth({ beforeBytes, mostBytes }: HeapGrowth): string {
  return `${mega(beforeBytes)} and ${mega(mostBytes)}`;
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
