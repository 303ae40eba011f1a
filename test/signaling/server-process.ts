import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, vi } from 'vitest';

/** Starting Node.js with a TypeScript loader on a busy machine. */
export const START_WAIT = { timeout: 60_000, interval: 20 };

/** `npm start`'s server in a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** All that it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: Promise<number | null>;
}

/** One that listens. */
export interface ListeningProcess extends ServerProcess {
  readonly port: number;
  /** Of the page, without a slash at its end. */
  readonly url: string;
  /** By SIGTERM. Gives the exit code. */
  stop(): Promise<number | null>;
}

const running: ServerProcess[] = [];

afterAll(async () => {
  for (const { child, exitCode } of running.splice(0)) {
    child.kill('SIGKILL');
    await exitCode;
  }
});

/** It is killed when the file's tests have run. */
export function spawnServer(args: readonly string[], env: Record<string, string> = {}): ServerProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'signaling/main.ts', ...args], {
    env: { ...process.env, HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const started: ServerProcess = {
    child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    exitCode: once(child, 'close').then(([code]: (number | null)[]) => code ?? null),
  };
  running.push(started);
  return started;
}

/** On a free port of this machine; resolves when it prints its link. */
export async function startProcess(
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<ListeningProcess> {
  const started = spawnServer(args, { PORT: '0', ...env });
  const ended = started.exitCode.then((code) => {
    throw new Error(`the server ended with code ${code}: ${started.stderr}`);
  });
  const link = () => started.stdout.match(/(https?:\/\/127\.0\.0\.1:(\d+))\/#[\w-]{22}\s/);
  const [, url = '', port = ''] = await Promise.race([vi.waitUntil(link, START_WAIT), ended]);
  ended.catch(() => undefined); // it will end some day, and then nobody waits for its link
  return Object.defineProperties(started, {
    port: { value: Number(port) },
    url: { value: url },
    stop: {
      value() {
        started.child.kill('SIGTERM');
        return started.exitCode;
      },
    },
  }) as ListeningProcess;
}
