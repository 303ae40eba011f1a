/**
 * From a written message to its block on the wire, in a real room of two
 * Chromium tabs: `npm run bench -- seal`. On regtest a block takes two hashes,
 * so what is left is the way: page, engine, template, worker, engine, page,
 * channel. It bounds from above both how long on-demand mode takes to start
 * and how long a found block takes from its worker to the peers.
 */
import { chromium, type Page } from '@playwright/test';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { MESSAGES } from '../../web/node/messages.ts';
import { ensureChromium } from '../../scripts/browsers.ts';
import { startTestServer } from '../e2e/test-server.ts';
import { roomUrl } from '../e2e/fixtures.ts';
import { Tab } from '../e2e/tab.ts';

const MESSAGE_COUNT = 60;
/** After a frame's length (u32) comes the message's id. */
const ID_OFFSET = 4;

declare global {
  interface Window {
    sentFrames?: { readonly id: number; readonly atMs: number }[];
  }
}

const server = await startTestServer();
const browser = await chromium.launch(await ensureChromium());
try {
  const secret = newRoomSecret();
  const open = async (): Promise<Page> => {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript(recordFrames, ID_OFFSET);
    await page.goto(roomUrl(server.url, secret, 'regtest'));
    return page;
  };
  const writer = new Tab(await open());
  const reader = new Tab(await open());
  await writer.waitForLinks(1);

  const delays: number[] = [];
  for (let n = 1; n <= MESSAGE_COUNT; n++) {
    await writer.page.evaluate(() => (window.sentFrames = []));
    await writer.write(`message ${n}`);
    await reader.waitForHeight(n);
    const sent = (await writer.page.evaluate(() => window.sentFrames)) ?? [];
    const announced = sent.find(({ id }) => id === MESSAGES.inv.id);
    const sealed = sent.find(({ id }) => id === MESSAGES.headers.id);
    if (!announced || !sealed) throw new Error(`message ${n}: the writer announced nothing`);
    delays.push(sealed.atMs - announced.atMs);
  }
  delays.sort((a, b) => a - b);
  const at = (share: number) => (delays[Math.floor(share * delays.length)] ?? NaN).toFixed(1);
  console.log(
    `${MESSAGE_COUNT} messages, from "inv" (pending) to "headers" (found) on the writer's channel: ` +
      `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1 - 1e-9)} ms`,
  );
} finally {
  await browser.close();
  await server.stop();
}

/** Runs in the page: keeps the id and the time of each message that leaves. */
function recordFrames(idOffset: number): void {
  const send = RTCDataChannel.prototype.send;
  RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
    const bytes = data instanceof Uint8Array ? data : undefined;
    window.sentFrames?.push({ id: bytes?.[idOffset] ?? 0, atMs: performance.now() });
    (send as (data: unknown) => void).call(this, data);
  } as typeof send;
}
