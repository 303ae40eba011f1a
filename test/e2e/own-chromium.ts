/**
 * A Chromium that Playwright does not hold, spoken to over the DevTools protocol: for tabs that get hidden and frozen.
 * Playwright tells all its pages that they have the focus, so they stay visible, and a visible page is never frozen.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';

export interface OwnChromium {
  /** Opens a tab in which `script` runs before the page's own. */
  open(url: string, script: string): Promise<OwnTab>;
  close(): Promise<void>;
}

export interface OwnTab {
  /** The value of an expression. A frozen page answers too: only its own tasks stand still. */
  evaluate<T>(expression: string): Promise<T>;
  /** Hides and freezes the page, as Chromium does with tabs in the background. Returns once the page was told. */
  freeze(): Promise<void>;
  resume(): Promise<void>;
}

interface Reply {
  readonly id?: number;
  readonly result?: object;
  readonly error?: { readonly message: string };
}

export interface SpawnedChromium {
  /** Where its DevTools protocol is spoken. */
  readonly devToolsUrl: string;
  readonly exited: Promise<unknown>;
}

/** `executablePath`: of a full Chromium (scripts/browsers.ts); `profile`: a folder for this browser alone. */
export async function spawnChromium(executablePath: string, profile: string): Promise<SpawnedChromium> {
  const child = spawn(
    executablePath,
    // No sandbox, like Playwright: as root there is none. Port 0 is any free one.
    [
      '--headless',
      '--no-sandbox',
      '--no-first-run',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return { exited: once(child, 'exit'), devToolsUrl: await devToolsUrlIn(child.stderr) };
}

/** As of `spawnChromium`. */
export async function startOwnChromium(executablePath: string, profile: string): Promise<OwnChromium> {
  const { devToolsUrl, exited } = await spawnChromium(executablePath, profile);
  const socket = new WebSocket(devToolsUrl);
  await once(socket, 'open');
  const send = commandsOver(socket);

  return {
    async open(url, script) {
      const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
      const attached = await send<{ sessionId: string }>('Target.attachToTarget', {
        targetId,
        flatten: true,
      });
      const { sessionId } = attached;
      await send('Page.enable', {}, sessionId);
      await send('Page.addScriptToEvaluateOnNewDocument', { source: script }, sessionId);
      await send('Page.navigate', { url }, sessionId);
      return {
        async evaluate<T>(expression: string): Promise<T> {
          const question = { expression, returnByValue: true, awaitPromise: true };
          const { result } = await send<{ result: { value: T } }>('Runtime.evaluate', question, sessionId);
          return result.value;
        },
        freeze: async () => void (await send('Page.setWebLifecycleState', { state: 'frozen' }, sessionId)),
        resume: async () => void (await send('Page.setWebLifecycleState', { state: 'active' }, sessionId)),
      };
    },
    async close() {
      await send('Browser.close');
      await exited;
      socket.terminate();
    },
  };
}

/** Chromium says on its error output where it listens. */
async function devToolsUrlIn(output: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of output) {
    text += String(chunk);
    const url = /ws:\/\/\S+/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`Chromium did not start: ${text}`);
}

function commandsOver(
  socket: WebSocket,
): <T extends object>(method: string, params?: object, sessionId?: string) => Promise<T> {
  const waiting = new Map<number, (reply: Reply) => void>();
  socket.on('message', (data: RawData) => {
    const reply = JSON.parse(String(data)) as Reply;
    if (reply.id === undefined) return;
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  let lastId = 0;
  return <T extends object>(method: string, params: object = {}, sessionId?: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, ({ result, error }) => {
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result as T);
      });
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
}
