/**
 * How soon a block reaches a whole room: `npm run bench -- propagation`. So many tabs of the real page in real Chromium
 * are one mesh on this machine, in one window. One, in front, writes messages and seals them; the others hash nothing. All read one clock. Each
 * block has a message that was written just then, or many that all tabs have; the latter also in a room whose nodes know
 * no compact blocks. Beside it, in the same tabs and the same graph, a bare flood (propagation/bare-flood.ts).
 *
 * `--tabs 5,10` takes other sizes, `--blocks 20` another number of blocks, `--messages 5` in each of the latter,
 * `--json FILE` writes the figures.
 */
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import { buildPageIfNeeded } from '../../scripts/page-build.ts';
import { startTestServer } from '../e2e/test-server.ts';
import { beginMeasurement } from './measuring/measurement.ts';
import { spreadOf, type Spread } from './measuring/spread.ts';
import { serveObservedPage } from './observed-page/serve.ts';
import { floodTimes, joinBare } from './propagation/bare-flood.ts';
import type { KnownFigures, RoomFigures } from './propagation/figures.ts';
import { openWindow } from './propagation/one-window.ts';
import { PropagationRoom } from './propagation/room.ts';
import { sealKnown, sealMessages } from './propagation/sealing.ts';

const { values } = parseArgs({
  options: {
    tabs: { type: 'string', default: '5,10,20,40' },
    blocks: { type: 'string', default: '8' },
    messages: { type: 'string', default: '20' },
    json: { type: 'string' },
  },
});
const BLOCKS = Number(values.blocks);
/** A sender has room for 25 pending ones. */
const MESSAGES = Number(values.messages);

const measurement = beginMeasurement('propagation');
buildPageIfNeeded();
const server = await startTestServer();
const wholeServer = await serveObservedPage('whole-blocks', {
  'web/engine/worker.ts': '../propagation/whole-blocks.ts',
});
const window = await openWindow();
try {
  const figures: RoomFigures[] = [];
  for (const count of values.tabs.split(',').map(Number))
    figures.push(await measure(() => window.context.newPage(), count));
  await measurement.finish(figures, `Chromium ${window.version}`, values.json);
} finally {
  await window.close();
  await server.stop();
  await wholeServer.close();
}

async function measure(newPage: () => Promise<Page>, count: number): Promise<RoomFigures> {
  const room = await PropagationRoom.open(newPage, server.url, count);
  try {
    const links = (await room.links()).flat().length / count;
    console.log(`\n${count} tabs, ${links.toFixed(1)} links each:`);
    const sealed = await sealMessages(room, 1, BLOCKS);
    const single = {
      acceptedMs: spreadOf(sealed.delaysMs),
      sealedMs: spreadOf(sealed.sealedMs),
      bytes: sealed.bytes,
    };
    print('one message: found by one -> accepted by each other', single.acceptedMs);
    print('the message: written -> sealed and shown by its tab', single.sealedMs);
    printBytes('received by a node for it and its block', single.bytes);
    const compact = await measureKnown(room, 1 + BLOCKS, 'compact');
    await joinBare(room.pages, await room.edges());
    const floodMs = spreadOf(await floodTimes(room.pages, BLOCKS));
    print('bound: 300 bytes flooded over bare channels', floodMs);
    await room.close();
    const whole = await measureWhole(newPage, count);
    return { tabs: count, links, blocks: BLOCKS, single, compact, whole, floodMs };
  } finally {
    await room.close();
  }
}

async function measureWhole(newPage: () => Promise<Page>, count: number): Promise<KnownFigures> {
  const room = await PropagationRoom.open(newPage, wholeServer.url, count);
  try {
    return await measureKnown(room, 1, 'whole');
  } finally {
    await room.close();
  }
}

async function measureKnown(
  room: PropagationRoom,
  from: number,
  how: 'compact' | 'whole',
): Promise<KnownFigures> {
  const { delaysMs, bytes } = await sealKnown(room, from, BLOCKS, MESSAGES);
  const figures = { messages: MESSAGES, acceptedMs: spreadOf(delaysMs), bytes };
  print(`${MESSAGES} known messages, ${how}: found -> accepted`, figures.acceptedMs);
  printBytes('received by a node for such a block', bytes);
  return figures;
}

function print(what: string, { p50, p95, most }: Spread): void {
  console.log(
    `  ${what.padEnd(54)} p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, most ${most.toFixed(0)} ms`,
  );
}

function printBytes(what: string, bytes: number): void {
  console.log(`  ${what.padEnd(54)} ${Math.round(bytes).toLocaleString('en')} bytes`);
}
