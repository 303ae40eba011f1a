/** A room of tabs of the real page that are one mesh on this machine; the first one is the author, and in front. */
import type { Page } from '@playwright/test';
import { newRoomSecret } from '../../../signaling/room-links.ts';
import { roomUrl } from '../../e2e/fixtures.ts';
import { Tab, watchPage } from '../../e2e/tab.ts';
import type { Edge } from './bare-flood.ts';

/** Below it the mesh still grows. */
const MIN_LINKS = 4;
const PATIENCE_MS = 120_000;
const POLL_MS = 1_000;
const PENDING_POLL_MS = 50;

export class PropagationRoom {
  readonly tabs: readonly Tab[];

  private constructor(tabs: readonly Tab[]) {
    this.tabs = tabs;
  }

  /**
   * `newPage` opens a blank one, in front; `origin`: of the page, without a slash at its end; `watch` runs in each page before its own scripts. Resolves when the
   * mesh is there. To be closed.
   */
  static async open(
    newPage: () => Promise<Page>,
    origin: string,
    count: number,
    watch: () => void = () => undefined,
  ): Promise<PropagationRoom> {
    const secret = newRoomSecret();
    const tabs: Tab[] = [];
    const room = new PropagationRoom(tabs);
    try {
      for (let n = 0; n < count; n++) {
        const page = await newPage();
        // What turns this file into JavaScript names functions by a helper, which a page does not have.
        await page.addInitScript({ content: 'globalThis.__name = (value) => value;' });
        await page.addInitScript(watchPage, undefined);
        await page.addInitScript(watch);
        await page.goto(roomUrl(origin, secret, 'regtest'));
        const tab = new Tab(page);
        tabs.push(tab);
        await tab.setMode('Off');
      }
      const wanted = Math.min(MIN_LINKS, count - 1);
      await until(async () => Math.min(...(await room.links()).map((links) => links.length)) >= wanted);
      await room.author.page.bringToFront();
      return room;
    } catch (error) {
      await room.close();
      throw error;
    }
  }

  get pages(): Page[] {
    return this.tabs.map(({ page }) => page);
  }

  get author(): Tab {
    return this.tabs[0] as Tab;
  }

  get others(): readonly Tab[] {
    return this.tabs.slice(1);
  }

  /** When each tab had the block at `height`, by its own node, in ms since 1970; the author first. */
  heardAt(height: number): Promise<number[]> {
    return Promise.all(this.tabs.map((tab) => heardAt(tab, height)));
  }

  /** Until each of these tabs has so many messages that are in no block. */
  async pending(tabs: readonly Tab[], count: number): Promise<void> {
    const has = (wanted: number): boolean => (window.tabchainTest?.slices.mempool?.count ?? 0) >= wanted;
    for (const { page } of tabs)
      await page.waitForFunction(has, count, { polling: PENDING_POLL_MS, timeout: PATIENCE_MS });
  }

  /** That came into all tabs since they were opened. */
  async bytesIn(): Promise<number> {
    const all = await Promise.all(this.tabs.map((tab) => tab.bytesIn()));
    return all.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** The keys of the peers that each tab is linked to. */
  links(): Promise<string[][]> {
    return Promise.all(
      this.tabs.map(async (tab) => {
        const { peers } = (await tab.watched()).slices;
        return (peers?.peers ?? []).flatMap(({ ready, key }) => (ready && key !== undefined ? [key] : []));
      }),
    );
  }

  async edges(): Promise<Edge[]> {
    const keys = await Promise.all(this.tabs.map(async (tab) => (await tab.slice('account')).key));
    const links = await this.links();
    return links.flatMap((peers, from) =>
      peers.flatMap((key): Edge[] => {
        const to = keys.indexOf(key);
        return to > from ? [[from, to]] : [];
      }),
    );
  }

  async close(): Promise<void> {
    for (const page of this.pages) await page.close();
  }
}

async function heardAt(tab: Tab, height: number): Promise<number> {
  let heardAtMs: number | undefined;
  await until(async () => {
    const { chain } = (await tab.watched()).slices;
    heardAtMs = chain?.recent.find((block) => block.height === height)?.heardAtMs;
    return heardAtMs !== undefined;
  });
  return heardAtMs ?? NaN;
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const startMs = performance.now();
  while (!(await done())) {
    if (performance.now() - startMs > PATIENCE_MS) throw new Error('The room does not get there.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
