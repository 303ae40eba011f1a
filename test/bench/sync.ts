/**
 * How long a tab takes to fetch a chain, and to open it again: `npm run bench -- sync`. Tabs of the real page in real
 * Chromium; beside each figure stands what the same pages take for the bytes alone and for the signatures alone.
 *
 * `--blocks 2000` takes another length than 10,000, `--long` measures 100,000 as well, `--json FILE` writes the
 * figures. All tabs share this machine's cores, as far as other processes leave them.
 */
import { parseArgs } from 'node:util';
import { chromium, type Browser } from '@playwright/test';
import { ensureChromium } from '../../scripts/browsers.ts';
import { buildPageIfNeeded } from '../../scripts/page-build.ts';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { startTestServer } from '../e2e/test-server.ts';
import type { Figures, JsonFigures, RestartFigures, SyncFigures } from './chain-sync/figures.ts';
import { transferJson } from './chain-sync/raw-transfer.ts';
import { printGrowth, printJson, printRestart, printSync } from './chain-sync/report.ts';
import { runRestart } from './chain-sync/restart-run.ts';
import { newContext, openTab, waitForChain } from './chain-sync/room-pages.ts';
import { openSources, runSync } from './chain-sync/sync-run.ts';
import { beginMeasurement } from './measuring/measurement.ts';
import { writeChain } from './written-chain/write-chain.ts';

const SHORT_BLOCKS = 1_000;
const LONG_BLOCKS = 100_000;
/** In the tutorial's way a block takes so long that these must do. */
const JSON_BLOCKS = 500;
/** Tabs that have the chain, when it is fetched from several. */
const SOURCES = 3;

const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: '10000' },
    long: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const blocks = Number(values.blocks);
const lengths = [...new Set([SHORT_BLOCKS, blocks, ...(values.long ? [LONG_BLOCKS] : [])])].sort(
  (a, b) => a - b,
);

interface OfLength {
  readonly one: SyncFigures;
  readonly restart: RestartFigures;
  /** The rest of the length that was asked for. */
  readonly several: SyncFigures | undefined;
  readonly json: JsonFigures | undefined;
}

async function measureLength(browser: Browser, origin: string, height: number): Promise<OfLength> {
  const room = { origin, secret: newRoomSecret() };
  const isWanted = height === blocks;
  const holding = await newContext(browser);
  const plan = { secret: room.secret, height, contents: 'transfers', slots: isWanted ? SOURCES : 1 } as const;
  await writeChain(holding, origin, plan);

  const sources = await openSources(holding, room, height, 1);
  const synced = await runSync(browser, room, height, sources);
  printSync(synced.figures);
  let json: JsonFigures | undefined;
  if (isWanted && sources[0] !== undefined) {
    const count = Math.min(JSON_BLOCKS, height);
    json = { blocks: count, ms: await transferJson(sources[0], synced.page, room.secret, count) };
    printJson(json, synced.figures);
  }
  for (const source of sources) await source.close();
  const restart = await runRestart(synced.page, room.secret, height);
  await synced.context.close();

  let several: SyncFigures | undefined;
  if (isWanted) {
    const again = await runSync(browser, room, height, await openSources(holding, room, height, SOURCES));
    several = again.figures;
    printSync(several);
    await again.context.close();
  }
  await holding.close();
  return { one: synced.figures, restart, several, json };
}

async function measureEmpty(browser: Browser, origin: string): Promise<RestartFigures> {
  const room = { origin, secret: newRoomSecret() };
  const context = await newContext(browser);
  const page = await openTab(context, room);
  await waitForChain(page, 0);
  const figures = await runRestart(page, room.secret, 0);
  await context.close();
  return figures;
}

const measurement = beginMeasurement('sync');
buildPageIfNeeded();
const server = await startTestServer();
const browser = await chromium.launch(await ensureChromium());
try {
  const empty = await measureEmpty(browser, server.url);
  const measured: OfLength[] = [];
  for (const height of lengths) measured.push(await measureLength(browser, server.url, height));
  const fromOne = measured.map(({ one }) => one);
  const figures: Figures = {
    sync: measured.flatMap(({ one, several }) => (several === undefined ? [one] : [one, several])),
    json: measured.find(({ json }) => json !== undefined)?.json ?? { blocks: 0, ms: 0 },
    restart: [empty, ...measured.map(({ restart }) => restart)],
  };
  printGrowth(fromOne, empty);
  printRestart(figures.restart);
  await measurement.finish(figures, `Chromium ${browser.version()}`, values.json);
} finally {
  await browser.close();
  await server.stop();
}
