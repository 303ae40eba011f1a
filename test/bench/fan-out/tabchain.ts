/** Messages from one tab of a tabchain room to all others. */
import type { Browser } from '@playwright/test';
import type { FromEngine, ToEngine } from '../../../web/engine/messages.ts';
import { floodTimes, joinBare, type Edge } from '../propagation/bare-flood.ts';
import { PropagationRoom } from '../propagation/room.ts';
import { delaysOf, rest, type Message } from './message.ts';

interface MessageWatch {
  /** When the page had the first, second, ... message that is in no block, in ms since 1970. */
  readonly seenAtMs: number[];
  /** Writes one. */
  send(memo: string): void;
}

declare global {
  interface Window {
    messageWatch?: MessageWatch;
  }
}

export interface RoomFanOut {
  readonly delaysMs: readonly number[];
  /** Over a bare channel to each, between the same pages. */
  readonly bareMs: readonly number[];
}

export async function fanOutTabchain(
  browser: Browser,
  origin: string,
  receivers: number,
  messages: readonly Message[],
): Promise<RoomFanOut> {
  // A context each, as the other contestant's: in one, pages would pass on its messages without any link.
  const newPage = async () => (await browser.newContext({ serviceWorkers: 'block' })).newPage();
  const room = await PropagationRoom.open(newPage, origin, receivers + 1, watchMessages);
  try {
    const [author, ...others] = room.pages as [(typeof room.pages)[0], ...typeof room.pages];
    const sentAtMs: number[] = [];
    for (const message of messages) {
      sentAtMs.push(
        await author.evaluate((memo) => {
          const atMs = Date.now();
          window.messageWatch?.send(memo);
          return atMs;
        }, message),
      );
      await rest(receivers);
    }
    await room.pending(room.tabs, messages.length);
    const seen = await Promise.all(
      others.map((page) => page.evaluate(() => window.messageWatch?.seenAtMs ?? [])),
    );
    const star = others.map((_, n): Edge => [0, n + 1]);
    await joinBare(room.pages, star);
    return { delaysMs: delaysOf(sentAtMs, seen), bareMs: await floodTimes(room.pages, messages.length) };
  } finally {
    await room.close();
  }
}

/** Runs in a page before its own scripts. */
function watchMessages(): void {
  const seenAtMs: number[] = [];
  let order: (message: ToEngine) => void = () => undefined;
  let lastRequestId = 1_000_000;
  window.messageWatch = {
    seenAtMs,
    send: (memo) =>
      order({
        type: 'compose',
        requestId: (lastRequestId += 1),
        draft: { memo, recipient: undefined, amount: 0, fee: 0 },
      }),
  };
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data }: MessageEvent<FromEngine>) => {
        if (data.type !== 'slice' || data.slice !== 'mempool') return;
        while (seenAtMs.length < data.value.count) seenAtMs.push(Date.now());
      });
    }

    override postMessage(message: ToEngine, transfer?: unknown): void {
      if (message.type === 'start') order = (other) => this.postMessage(other);
      super.postMessage(message, (transfer ?? []) as Transferable[]);
    }
  };
}
