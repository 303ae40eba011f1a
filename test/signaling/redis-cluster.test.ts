/** What is logged of a Redis; test/signaling/cluster.test.ts has a real one. */
import { expect, test, vi } from 'vitest';
import { createLog } from '../../signaling/log.ts';
import { createRedisCluster } from '../../signaling/redis-cluster.ts';

const WAIT = { timeout: 20_000, interval: 20 };
vi.setConfig({ testTimeout: 2 * WAIT.timeout });

// Nobody listens on port 1. A name may stand for several addresses.
test.each(['127.0.0.1', 'localhost'])('one that never was there, on %s, is told of once', async (host) => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const members = { deliver: () => false, unreachable: () => undefined, members: () => [] };
  const cluster = createRedisCluster({ url: `redis://${host}:1`, maxRoomMembers: 200, log }, members);
  try {
    await vi.waitUntil(() => lines.length > 0, WAIT);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      msg: expect.stringContaining('REDIS_URL') as string,
      error: expect.stringContaining('ECONNREFUSED') as string,
    });
  } finally {
    await cluster.close();
  }
  expect(lines).toHaveLength(1);
});
