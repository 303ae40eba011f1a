import type { Page } from '@playwright/test';
import { debugEngine } from '../../e2e/engine-debugger.ts';
import type { HeapGrowth } from './figures.ts';

/** Between two looks, in ms. */
const LOOK_MS = 100;

type Send = <T>(method: string) => Promise<T>;

export interface HeapWatch {
  /** To be called once. */
  stop(): Promise<{ readonly page: HeapGrowth; readonly engine: HeapGrowth }>;
}

/** Watches what the page and its engine have in use from now on. */
export async function watchHeaps(page: Page): Promise<HeapWatch> {
  const session = await page.context().newCDPSession(page);
  const engine = await debugEngine(page);
  const watched = await Promise.all([
    watchHeap((method) => session.send(method as 'Runtime.getHeapUsage') as Promise<never>),
    watchHeap((method) => engine.send(method)),
  ]);
  return {
    async stop() {
      const [ofPage, ofEngine] = await Promise.all(watched.map((heap) => heap.stop()));
      await session.detach();
      await engine.detach();
      return { page: ofPage as HeapGrowth, engine: ofEngine as HeapGrowth };
    },
  };
}

async function watchHeap(send: Send): Promise<{ stop(): Promise<HeapGrowth> }> {
  const inUse = async (): Promise<number> => {
    const { usedSize, backingStorageSize } = await send<{ usedSize: number; backingStorageSize: number }>(
      'Runtime.getHeapUsage',
    );
    return usedSize + backingStorageSize;
  };
  await send('HeapProfiler.collectGarbage');
  const beforeBytes = await inUse();
  let mostBytes = beforeBytes;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      mostBytes = Math.max(mostBytes, await inUse());
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await watching;
      return { beforeBytes, mostBytes };
    },
  };
}
