/**
 * How soon a message of one tab is in all others: `npm run bench -- fan-out`. Tabs of the real page in real Chromium are
 * a room, in which messages are signed, passed on by a mesh and verified; beside it, between as many pages, the same
 * messages in a document shared by y-webrtc (downloaded), and over a bare data channel to each.
 *
 * `--receivers 5,10` takes other numbers, `--json FILE` writes the figures.
 */
import { parseArgs } from 'node:util';
import { chromium, type Browser } from '@playwright/test';
import { ensureChromium } from '../../scripts/browsers.ts';
import { buildPageIfNeeded } from '../../scripts/page-build.ts';
import { startTestServer } from '../e2e/test-server.ts';
import type { FanOutFigures } from './fan-out/figures.ts';
import { messagesOf } from './fan-out/message.ts';
import { fanOutTabchain } from './fan-out/tabchain.ts';
import { fanOutYWebrtc } from './fan-out/y-webrtc.ts';
import { beginMeasurement } from './measuring/measurement.ts';
import { installRivals } from './measuring/rivals.ts';
import { spreadOf, type Spread } from './measuring/spread.ts';
import { yWebrtc } from './signaling-load/servers.ts';

const { values } = parseArgs({
  options: { receivers: { type: 'string', default: '5,10,20' }, json: { type: 'string' } },
});
/** A sender of tabchain has room for 25 pending ones. */
const MESSAGES = 20;
const BYTES = 300;

const measurement = beginMeasurement('fan-out');
buildPageIfNeeded();
installRivals();
const server = await startTestServer();
const rival = await yWebrtc.start();
const browser = await chromium.launch(await ensureChromium());
try {
  const figures: FanOutFigures[] = [];
  for (const receivers of values.receivers.split(',').map(Number))
    figures.push(await measure(browser, receivers));
  await measurement.finish(figures, `Chromium ${browser.version()}`, values.json);
} finally {
  await browser.close();
  await server.stop();
  await rival.stop();
}

async function measure(chromiumBrowser: Browser, receivers: number): Promise<FanOutFigures> {
  const messages = messagesOf(MESSAGES, BYTES);
  console.log(`\n${MESSAGES} messages of ${BYTES} bytes from one tab to ${receivers} others:`);
  const room = await fanOutTabchain(chromiumBrowser, server.url, receivers, messages);
  const tabchainMs = spreadOf(room.delaysMs);
  print('tabchain: signed, passed on by the mesh, verified', tabchainMs);
  const addresses = { origin: server.url, signaling: rival.origins[0] ?? '' };
  const yWebrtcMs = spreadOf(await fanOutYWebrtc(chromiumBrowser, addresses, receivers, messages));
  print('y-webrtc: a link to each, neither signed nor verified', yWebrtcMs);
  const bareMs = spreadOf(room.bareMs);
  print('bound: these bytes over a bare channel to each', bareMs);
  return { receivers, messages: MESSAGES, bytes: BYTES, tabchainMs, yWebrtcMs, bareMs };
}

function print(what: string, { p50, p95, most }: Spread): void {
  console.log(
    `  ${what.padEnd(56)} p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, most ${most.toFixed(0)} ms`,
  );
}
