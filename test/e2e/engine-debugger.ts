/** Chromium's DevTools protocol, spoken with the worker that a page's node lives in. */
import type { CDPSession, Page } from '@playwright/test';

export interface EngineDebugger {
  /** Bytes in use, garbage collected: objects, and the buffers of arrays. */
  heapBytes(): Promise<number>;
  /** A command of the protocol. */
  send<T>(method: string, params?: object): Promise<T>;
  detach(): Promise<void>;
}

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The page must have started its engine. */
export async function debugEngine(page: Page): Promise<EngineDebugger> {
  const session = await page.context().newCDPSession(page);
  const sessionId = await findEngine(session);
  const waiting = new Map<number, (reply: Reply) => void>();
  let lastId = 0;
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const reply = JSON.parse(message) as Reply;
    waiting.get(reply.id ?? NaN)?.(reply);
  });

  async function send<T>(method: string, params: object = {}): Promise<T> {
    const id = ++lastId;
    const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await session.send('Target.sendMessageToTarget', { sessionId, message });
    const { error, result } = await replied;
    waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result as T;
  }

  return {
    async heapBytes() {
      await send('HeapProfiler.collectGarbage');
      const usage = await send<{ usedSize: number; backingStorageSize: number }>('Runtime.getHeapUsage');
      return usage.usedSize + usage.backingStorageSize;
    },
    send,
    detach: () => session.detach(),
  };
}

async function findEngine(session: CDPSession): Promise<string> {
  const found = new Promise<string>((resolve) => {
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      // The name that the page gives its worker.
      if (targetInfo.title === 'engine') resolve(sessionId);
    });
  });
  // Not `flatten`: Playwright's session has no way to speak to a session below it but in envelopes.
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  return found;
}
