/**
 * How soon the workers of a node hear of news, and its peers of a find: `npm run bench -- latency`. Two tabs of the
 * real page in real Chromium are a room. The one that is measured mines with a worker on each core and never finds
 * anything; the other writes messages and seals them, which on regtest takes two hashes.
 */
import { chromium, type Page } from '@playwright/test';
import { availableParallelism, loadavg } from 'node:os';
import { ensureChromium } from '../../scripts/browsers.ts';
import { newRoomSecret } from '../../signaling/room-links.ts';
import type { PowMode } from '../../web/node/snapshot.ts';
import { roomUrl } from '../e2e/fixtures.ts';
import { Tab } from '../e2e/tab.ts';
import { quantile } from './measuring/quantile.ts';
import { serveObservedPage } from './observed-page/serve.ts';

/** Of each kind; a sender has room for 25 pending messages, so they come in rounds and are sealed in between. */
const ROUNDS = 6;
const SAMPLES_A_ROUND = 10;
/** A sample begins up to so much after the end of the one before, in ms: at any moment of a job's life. */
const MAX_PAUSE_MS = 120;
/** By then a page has shown what there was to show. */
const REST_MS = 200;
const CORES = availableParallelism();

/** Times in ms of each thing that was measured, in the order of the first ones. */
class Samples {
  readonly #times = new Map<string, number[]>();

  add(what: string, ms: number): void {
    const times = this.#times.get(what);
    if (times) times.push(ms);
    else this.#times.set(what, [ms]);
  }

  print(goals: ReadonlyMap<string, string>): void {
    for (const [what, times] of this.#times) {
      const at = (share: number): string => quantile(times, share).toFixed(1).padStart(6);
      const columns = `${times.length} times, p50${at(0.5)} ms, p95${at(0.95)} ms, most${at(1)} ms`;
      console.log(`${what.padEnd(58)} ${columns}   ${goals.get(what) ?? ''}`);
    }
  }
}

/** A new block reaches a peer whole or in its compact form, and is announced by its header or by that form. */
const BLOCK_IN = 'in (block|compactBlock)';
const BLOCK_OUT = 'out (headers|compactBlock)';

const PEERS_TRANSACTION = "a peer's transaction: its frame -> in all workers' job";
const OWN_TRANSACTION = "the user's transaction: the order -> in all workers' job";
const PEERS_BLOCK = "a peer's block: its frame -> all workers on top of it";
/** Its message was written a moment before, so that it has to be asked for: a round trip more. */
const UNKNOWN_BLOCK = 'the same, its transaction still unknown';
const STOP = 'stop: the order -> the last hash of all workers';
const ON_DEMAND = "on demand: the user's order -> a worker at work";
const GOSSIP = 'found: posted by the worker -> in the first channel';
const WHOLE = 'the whole way: the order -> the sealed block in the channel';

const WITHIN_50 = 'goal: p95 below 50 ms';
const GOALS = new Map([
  ...[PEERS_TRANSACTION, OWN_TRANSACTION, PEERS_BLOCK, STOP, ON_DEMAND].map(
    (what) => [what, WITHIN_50] as const,
  ),
  [GOSSIP, 'goal: p50 below 5 ms'],
]);

console.log(`Load before: ${loadavg()[0]?.toFixed(1)} on ${CORES} cores.`);
const server = await serveObservedPage();
const browser = await chromium.launch(await ensureChromium());
let lastRequestId = 1_000_000;
try {
  const url = roomUrl(server.url, newRoomSecret(), 'regtest');
  const miner = await open(url);
  const peer = await open(url);
  await new Tab(miner).waitForLinks(1);

  await holdFinds(miner, true);

  const quiet = new Samples();
  await setMode(miner, 'off');
  await setMode(peer, 'on-demand');
  // The first round is for the compilers.
  await sample(() => sealAtPeer(miner, peer, new Samples(), false));
  for (let round = 0; round < ROUNDS; round++) {
    await sample(() => sealAtPeer(miner, peer, quiet, false));
    await sample(() => findAtPeer(miner, peer, quiet, false));
  }

  const busy = new Samples();
  await setMode(miner, 'always');
  await miner.evaluate((count) => window.observer.time('order pow', 'task', count), CORES);
  for (let round = 0; round < ROUNDS; round++) {
    await setMode(peer, 'off');
    await sample(async () => {
      await during([miner], () => write(peer));
      busy.add(PEERS_TRANSACTION, await time(miner, 'in tx', 'task transactions', CORES));
    });
    await sample(async () => {
      await during([miner], () => write(miner));
      busy.add(OWN_TRANSACTION, await time(miner, 'order compose', 'task transactions', CORES));
    });
    await setMode(peer, 'on-demand');
    await sample(() => sealAtPeer(miner, peer, busy, true));
    await sample(() => findAtPeer(miner, peer, busy, true));
    await sample(async () => {
      await during([miner], () => setMode(miner, 'off'));
      busy.add(STOP, await time(miner, 'order pow', 'stop', CORES));
      await during([miner], () => setMode(miner, 'always'));
      await time(miner, 'order pow', 'task', CORES);
    });
  }
  console.log(`\nChromium ${browser.version()}, a node with ${CORES} workers at work on ${CORES} cores:`);
  busy.print(GOALS);
  console.log('\nno other node at work:');
  quiet.print(GOALS);
} finally {
  await browser.close();
  await server.close();
}

async function open(url: string): Promise<Page> {
  const page = await (await browser.newContext({ serviceWorkers: 'block' })).newPage();
  await page.goto(url);
  return page;
}

async function sample(take: () => Promise<void>): Promise<void> {
  for (let taken = 0; taken < SAMPLES_A_ROUND; taken++) {
    await pause(Math.random() * MAX_PAUSE_MS);
    await take();
  }
}

/** The peer writes a message and seals it at once, its own worker beside those of the miner. */
async function sealAtPeer(miner: Page, peer: Page, samples: Samples, isMining: boolean): Promise<void> {
  await during([miner, peer], () => write(peer));
  samples.add(WHOLE, await time(peer, 'order compose', BLOCK_OUT, 1));
  samples.add(ON_DEMAND, await time(peer, 'order compose', 'task', 1));
  if (isMining) {
    samples.add(UNKNOWN_BLOCK, await time(miner, BLOCK_IN, 'task parent', CORES));
  } else {
    await time(miner, BLOCK_IN, BLOCK_IN, 1);
  }
}

/** As in a room, where a block is found long after what is in it was written, when the page is at rest. */
async function findAtPeer(miner: Page, peer: Page, samples: Samples, isMining: boolean): Promise<void> {
  await holdFinds(peer, true);
  await during([peer], () => write(peer));
  await time(peer, 'order compose', 'task', 1);
  await pause(REST_MS);
  await during([miner, peer], () => holdFinds(peer, false));
  samples.add(GOSSIP, await time(peer, 'found', BLOCK_OUT, 1));
  if (isMining) samples.add(PEERS_BLOCK, await time(miner, BLOCK_IN, 'task parent', CORES));
}

/** Does it, and has these pages remember only what happens from now on. */
async function during(pages: readonly Page[], act: () => Promise<void>): Promise<void> {
  await Promise.all(pages.map((page) => page.evaluate(() => window.observer.forget())));
  await act();
}

function time(page: Page, from: string, to: string, workers: number): Promise<number> {
  return page.evaluate(([first, last, count]) => window.observer.time(first, last, count), [
    from,
    to,
    workers,
  ] as const);
}

function write(page: Page): Promise<void> {
  const draft = { memo: `message ${lastRequestId}`, recipient: undefined, amount: 0, fee: 0 };
  const order = { type: 'compose', requestId: (lastRequestId += 1), draft } as const;
  return page.evaluate((message) => window.observer.order(message), order);
}

function holdFinds(page: Page, hold: boolean): Promise<void> {
  return page.evaluate((value) => window.observer.holdFinds(value), hold);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function setMode(page: Page, mode: PowMode): Promise<void> {
  const order = { type: 'pow', mode, workers: CORES } as const;
  return page.evaluate((message) => window.observer.order(message), order);
}
