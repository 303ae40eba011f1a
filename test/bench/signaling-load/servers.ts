/** The servers that are compared, each in processes of its own that share one core, if the system can do that. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from '../../../scripts/programs.ts';
import { answers, freePort } from '../../loopback-port.ts';
import { RIVALS } from '../measuring/rivals.ts';
import { PEERJS, TABCHAIN, Y_WEBRTC, type Dialect } from './dialects.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PATIENCE_MS = 30_000;

export interface Contestant {
  readonly name: string;
  readonly dialect: Dialect;
  start(): Promise<RunningContestant>;
}

export interface RunningContestant {
  /** ws: addresses, without a path; clients take them in turn. */
  readonly origins: readonly string[];
  /** Resident memory of all its processes, in bytes; NaN where /proc does not tell. Redis is not counted. */
  memory(): number;
  /** Processor time that all its processes have used, in seconds; NaN likewise. */
  processorSeconds(): number;
  stop(): Promise<void>;
}

export const tabchain: Contestant = {
  name: 'tabchain',
  dialect: TABCHAIN,
  start: () => startAll([tabchainCommand()]),
};

export const threeOnRedis: Contestant = {
  name: 'tabchain, three on Redis',
  dialect: TABCHAIN,
  async start() {
    const port = await freePort();
    const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '']);
    await untilListening(port);
    const instances = [1, 2, 3].map(() => tabchainCommand({ REDIS_URL: `redis://127.0.0.1:${port}` }));
    const running = await startAll(instances);
    return {
      ...running,
      async stop() {
        await running.stop();
        await end(redis);
      },
    };
  },
};

export const peerjs: Contestant = {
  name: 'peer (peerjs-server)',
  dialect: PEERJS,
  start: () => {
    const script = join(RIVALS, 'node_modules/peer/dist/bin/peerjs.js');
    return startAll([(port) => ({ args: [script, '--port', `${port}`, '--concurrent_limit', '20000'] })]);
  },
};

export const yWebrtc: Contestant = {
  name: 'y-webrtc',
  dialect: Y_WEBRTC,
  start: () => {
    const script = join(RIVALS, 'node_modules/y-webrtc/bin/server.js');
    return startAll([(port) => ({ args: [script], env: { PORT: `${port}` } })]);
  },
};

type Command = (port: number) => { readonly args: string[]; readonly env?: Record<string, string> };

/** Limits out of the way: all clients come from one address here. */
function tabchainCommand(env: Record<string, string> = {}): Command {
  const most = ['--max-sockets', '20000', '--max-sockets-per-address', '20000'];
  return (port) => ({
    args: [
      join(ROOT, 'dist/server/main.js'),
      ...['--port', `${port}`, '--host', '127.0.0.1', '--max-joins-per-minute', '1000000', ...most],
    ],
    env,
  });
}

async function startAll(commands: readonly Command[]): Promise<RunningContestant> {
  const taskset = onPath(['taskset']);
  const children: ChildProcess[] = [];
  const origins: string[] = [];
  for (const command of commands) {
    const port = await freePort();
    const { args, env = {} } = command(port);
    // One core: what one process of Node.js has anyway, and its garbage collector too.
    const argv = [process.execPath, ...args];
    const [file = '', ...rest] =
      taskset === undefined || commands.length > 1 ? argv : [taskset, '-c', '0', ...argv];
    children.push(
      spawn(file, rest, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } }),
    );
    await untilListening(port);
    origins.push(`ws://127.0.0.1:${port}`);
  }
  return {
    origins,
    memory: () => children.reduce((sum, { pid }) => sum + residentBytes(pid), 0),
    processorSeconds: () => children.reduce((sum, { pid }) => sum + processorSeconds(pid), 0),
    async stop() {
      await Promise.all(children.map(end));
    },
  };
}

/** taskset becomes the program that it starts, so its process is the server's. */
function residentBytes(pid: number | undefined): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return NaN;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1]) * 1024;
}

/** Linux counts in hundredths of a second, in its own threads too: proc_pid_stat(5), utime and stime. */
function processorSeconds(pid: number | undefined): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return NaN;
  // The second field, the name, may hold anything, and ends with the last parenthesis.
  const [, fields = ''] = /.*\) (.*)/.exec(readFileSync(file, 'utf8')) ?? [];
  const [utime, stime] = fields.split(' ').slice(11, 13);
  return (Number(utime) + Number(stime)) / 100;
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

async function untilListening(port: number): Promise<void> {
  const startedMs = performance.now();
  while (!(await answers(port))) {
    if (performance.now() - startedMs > PATIENCE_MS) throw new Error('A server did not start listening.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
