import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { findService, REDIS } from '../../scripts/services.ts';
import { vi } from 'vitest';
import { answers, freePort } from '../loopback-port.ts';

/** Why a test of several instances is skipped here; undefined where it can run. */
export const NO_REDIS = findService(REDIS) === undefined ? 'redis-server is not installed' : undefined;

/** A real Redis on this machine's loopback that keeps nothing on disk: after a restart it is empty. */
export interface RedisServer {
  readonly url: string;
  /** As when its machine loses power. */
  kill(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      const killed = child;
      child = undefined;
      if (killed === undefined) return;
      killed.kill('SIGKILL');
      await once(killed, 'close');
    },
    async start() {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      const started = spawn(findService(REDIS) ?? REDIS.command, args, {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      child = started;
      await vi.waitUntil(() => answers(port), { timeout: 20_000, interval: 50 });
    },
  };
  await server.start();
  return server;
}
