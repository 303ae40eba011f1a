import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { CLOSE_GOING_AWAY } from '../../signaling/protocol.ts';
import { startServer, type RunningServer } from '../../signaling/server.ts';
import { connectPeer } from './test-peer.ts';

/** Starting Node.js with a TypeScript loader on a busy machine. */
const WAIT = { timeout: 30_000, interval: 20 };

interface Run {
  readonly child: ChildProcess;
  output: string;
  readonly exitCode: Promise<number | null>;
}

const runs: Run[] = [];
let blocker: RunningServer | undefined;

function run(env: Record<string, string>): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', 'signaling/main.ts'], {
    env: { ...process.env, HOST: '127.0.0.1', ...env },
  });
  const started: Run = {
    child,
    output: '',
    exitCode: once(child, 'close').then(([code]: (number | null)[]) => code ?? null),
  };
  const collect = (chunk: Buffer) => (started.output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  runs.push(started);
  return started;
}

afterEach(async () => {
  for (const { child, exitCode } of runs.splice(0)) {
    child.kill('SIGKILL');
    await exitCode;
  }
  await blocker?.close();
  blocker = undefined;
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'prints a link that works, and ends well on %s',
  async (signal) => {
    const main = run({ PORT: '0' });
    const link = () => main.output.match(/(http:\/\/127\.0\.0\.1:\d+)\/#[\w-]{22}\s/)?.[1];
    const url = await vi.waitUntil(link, WAIT);
    const peer = await connectPeer(url);
    await peer.join('00112233445566778899aabbccddeeff');
    main.child.kill(signal);
    expect(await peer.closed).toBe(CLOSE_GOING_AWAY);
    expect(await main.exitCode).toBe(0);
  },
  WAIT.timeout,
);

test(
  'a taken port is one sentence with the way out',
  async () => {
    blocker = await startServer({ port: 0, host: '127.0.0.1', pageDir: 'no-such-folder', iceServers: [] });
    const { port } = blocker;
    const taken = run({ PORT: String(port) });
    expect(await taken.exitCode).toBe(1);
    expect(taken.output.trim().split('\n')).toEqual([
      `Port ${port} is taken, perhaps by another tabchain. Stop what uses it, or choose another port: ` +
        `PORT=${port + 1} npm start`,
    ]);
  },
  WAIT.timeout,
);

test(
  'an option that makes no sense is one sentence too',
  async () => {
    const wrong = run({ PORT: 'eighty' });
    expect(await wrong.exitCode).toBe(2);
    expect(wrong.output).toMatch(/^PORT must be .*"eighty".*\n$/);
  },
  WAIT.timeout,
);
