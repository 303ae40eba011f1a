import { test as base, type BrowserContext } from '@playwright/test';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { MESSAGES } from '../../web/node/messages.ts';
import { startSelectiveRelay, type SelectiveRelay } from './selective-relay.ts';
import { startStaticSite } from './static-site.ts';
import { Tab, watchPage } from './tab.ts';
import { startTestServer, type TestServer } from './test-server.ts';

export interface OpenOptions {
  /** Tabs of one context share storage, as tabs of one browser do. By default each tab has its own. */
  readonly context?: BrowserContext;
  /** Where the page comes from, without a slash at its end; the server by default. */
  readonly url?: string;
}

/** A fresh room, and the tabs that open its link. */
export interface Room {
  readonly secret: string;
  open(options?: OpenOptions): Promise<Tab>;
}

interface Fixtures {
  /** Query `?network=`: `regtest` makes a block in an instant. */
  network: 'room' | 'regtest';
  server: TestServer;
  relay: SelectiveRelay;
  /** Of a host that has the page and no signaling server, without a slash at its end. */
  staticUrl: string;
  room: Room;
}

export const test = base.extend<Fixtures>({
  network: ['regtest', { option: true }],

  // Playwright reads a fixture's needs from this pattern and insists on one.
  // eslint-disable-next-line no-empty-pattern
  server: async ({}, use) => {
    const server = await startTestServer();
    await use(server);
    await server.stop();
  },

  relay: async ({ server }, use) => {
    const relay = await startSelectiveRelay(server.port);
    await use(relay);
    await relay.close();
  },

  // eslint-disable-next-line no-empty-pattern
  staticUrl: async ({}, use) => {
    const site = await startStaticSite();
    await use(site.url);
    await site.stop();
  },

  room: async ({ browser, server, network }, use) => {
    const secret = newRoomSecret();
    const tabs: Tab[] = [];
    const contexts: BrowserContext[] = [];
    await use({
      secret,
      async open(options = {}) {
        let { context } = options;
        if (context === undefined) {
          context = await browser.newContext();
          contexts.push(context);
        }
        const page = await context.newPage();
        await page.addInitScript(watchPage, MESSAGES.signal.id);
        const tab = new Tab(page);
        tabs.push(tab);
        await page.goto(roomUrl(options.url ?? server.url, secret, network));
        return tab;
      },
    });
    for (const context of contexts) await context.close();
    base.expect(tabs.flatMap(({ uncaught }) => uncaught)).toEqual([]);
  },
});

export const { expect } = test;

export function roomUrl(url: string, secret: string, network: 'room' | 'regtest'): string {
  return `${url}/${network === 'room' ? '' : `?network=${network}`}#${secret}`;
}
