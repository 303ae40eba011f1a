/**
 * Abuse of a server in a process of its own: refused, counted, survived. With TABCHAIN_LONG the same a hundred times
 * over, and the memory that is in use must not grow with it.
 */
import { describe, expect, test, vi } from 'vitest';
import { ATTACKS } from './attacks.ts';
import { readMetrics, refusals } from './running-servers.ts';
import { connectPeer } from './test-peer.ts';
import { startProcess } from './server-process.ts';

const ROOM = '00112233445566778899aabbccddeeff';
const WAIT = { timeout: 20_000, interval: 50 };
vi.setConfig({ testTimeout: process.env.TABCHAIN_LONG ? 30 * 60_000 : 60_000 });

/** Small limits, so that few sockets go over them. */
const SMALL = ['--max-sockets-per-address', '60', '--max-joins-per-minute', '150'];

test('each attack is refused and counted, and harms no one else', async () => {
  const server = await startProcess(SMALL);
  const bystanders = [await connectPeer(server.url), await connectPeer(server.url)] as const;
  const [a, b] = bystanders;
  const { id: aId } = await a.join(ROOM);
  const { id: bId } = await b.join(ROOM);
  for (const [name, { counts, run }] of Object.entries(ATTACKS)) {
    const before = counts === 'stays' ? 0 : ((await refusals(server, counts)) ?? 0);
    await run(server, name === 'fragments of one byte' ? 600 : 200);
    if (counts !== 'stays') {
      await vi.waitFor(
        async () => expect(await refusals(server, counts), name).toBeGreaterThan(before),
        WAIT,
      );
    }
    a.send({ type: 'signal', to: bId, payload: 'c2VhbGVk' });
    expect(await b.next(), name).toEqual({ type: 'signal', from: aId, payload: 'c2VhbGVk' });
  }
  await vi.waitFor(async () => expect((await readMetrics(server)).get('tabchain_sockets')).toBe(2), WAIT);
  expect((await readMetrics(server)).get('tabchain_rooms')).toBe(1);
  expect(await server.stop()).toBe(0);
});

describe.runIf(process.env.TABCHAIN_LONG)('for long', () => {
  test('memory is bounded', async () => {
    const server = await startProcess(['--max-joins-per-minute', '1000000']);
    const rounds = 20;
    const used: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const { run } of Object.values(ATTACKS)) await run(server, 1_000);
      const metrics = await readMetrics(server);
      expect(metrics.get('tabchain_rooms')).toBeLessThan(500);
      used.push(metrics.get('process_resident_memory_bytes') ?? Infinity);
    }
    // 10,000 rooms from one address, at the limits of every server.
    await ATTACKS['many rooms from one address']?.run(server, 10_000);
    expect(await refusals(server, 'address-full')).toBeGreaterThanOrEqual(9_000);
    await vi.waitFor(async () => expect((await readMetrics(server)).get('tabchain_sockets')).toBe(0), WAIT);
    console.log(`resident MB after each round: ${used.map((bytes) => Math.round(bytes / 1e6)).join(' ')}`);
    expect(Math.max(...used.slice(rounds / 2))).toBeLessThan(300e6);
    expect(await server.stop()).toBe(0);
  });
});
