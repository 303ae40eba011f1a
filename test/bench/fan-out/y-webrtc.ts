/**
 * The same messages in a document that pages share by y-webrtc, which like tabchain uses simple-peer, and links each
 * with each: https://github.com/yjs/y-webrtc.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { build } from 'vite';
import { RIVALS } from '../measuring/rivals.ts';
import { delaysOf, rest, type Message } from './message.ts';

const TIMEOUT_MS = 120_000;

/** Of both packages, what is used of them. */
interface SharedList {
  readonly length: number;
  push(values: readonly string[]): void;
  observe(listener: () => void): void;
}
interface Provider {
  readonly room: { readonly webrtcConns: ReadonlyMap<string, { readonly connected: boolean }> } | null;
}
interface Library {
  readonly Y: { readonly Doc: new () => { getArray(name: string): SharedList } };
  readonly WebrtcProvider: new (room: string, doc: object, options: object) => Provider;
}

declare global {
  interface Window {
    YWebrtc?: Library;
    sharedList?: { readonly list: SharedList; readonly provider: Provider; readonly seenAtMs: number[] };
  }
}

/** `signaling`: address of its own server. `origin`: of some page that is there. */
export async function fanOutYWebrtc(
  browser: Browser,
  { origin, signaling }: { readonly origin: string; readonly signaling: string },
  receivers: number,
  messages: readonly Message[],
): Promise<number[]> {
  const script = await bundleLibrary();
  const pages: Page[] = [];
  try {
    for (let n = 0; n <= receivers; n++) {
      const context = await browser.newContext({ bypassCSP: true, serviceWorkers: 'block' });
      await context.addInitScript({ content: 'globalThis.__name = (value) => value;' });
      const page = await context.newPage();
      pages.push(page);
      await page.goto(`${origin}/healthz`);
      await page.addScriptTag({ content: script });
      await page.evaluate(share, [`room-of-${receivers}`, signaling] as const);
    }
    for (const page of pages)
      await page.waitForFunction(isLinked, receivers, { polling: 250, timeout: TIMEOUT_MS });

    const [author, ...others] = pages as [Page, ...Page[]];
    const sentAtMs: number[] = [];
    for (const message of messages) {
      sentAtMs.push(
        await author.evaluate((text) => {
          const atMs = Date.now();
          window.sharedList?.list.push([text]);
          return atMs;
        }, message),
      );
      await rest(receivers);
    }
    const hasAll = (count: number): boolean => (window.sharedList?.seenAtMs.length ?? 0) >= count;
    for (const page of others)
      await page.waitForFunction(hasAll, messages.length, { polling: 250, timeout: TIMEOUT_MS });
    const seen = await Promise.all(
      others.map((page) => page.evaluate(() => window.sharedList?.seenAtMs ?? [])),
    );
    return delaysOf(sentAtMs, seen);
  } finally {
    for (const page of pages) await page.context().close();
  }
}

/** In the page. */
function share([room, signaling]: readonly [string, string]): void {
  if (window.YWebrtc === undefined) throw new Error('the library is not here');
  const { Y, WebrtcProvider } = window.YWebrtc;
  const doc = new Y.Doc();
  const list = doc.getArray('messages');
  const seenAtMs: number[] = [];
  list.observe(() => {
    while (seenAtMs.length < list.length) seenAtMs.push(Date.now());
  });
  // By default a page links itself with some twenty others, which one more would make a second hop.
  const options = { signaling: [signaling], maxConns: 100, peerOpts: { config: { iceServers: [] } } };
  window.sharedList = { list, seenAtMs, provider: new WebrtcProvider(room, doc, options) };
}

/** In the page. */
function isLinked(count: number): boolean {
  const links = [...(window.sharedList?.provider.room?.webrtcConns.values() ?? [])];
  return links.filter(({ connected }) => connected).length === count;
}

/** As a script that puts both packages into the global `YWebrtc`. */
async function bundleLibrary(): Promise<string> {
  const entry = join(RIVALS, 'entries', 'y-webrtc.js');
  mkdirSync(join(RIVALS, 'entries'), { recursive: true });
  writeFileSync(entry, `export * as Y from 'yjs';\nexport { WebrtcProvider } from 'y-webrtc';\n`);
  const result = await build({
    configFile: false,
    root: RIVALS,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, lib: { entry, formats: ['iife'], name: 'YWebrtc' } },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !('output' in output)) throw new Error('nothing was built');
  return output.output[0].code;
}
