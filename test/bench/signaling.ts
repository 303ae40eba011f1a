/**
 * npm run bench -- signaling [--quick]: what a signaling server bears on one core: joins, sockets held, payloads
 * relayed to one receiver and how long that takes. One tabchain, three on Redis, and two other servers that do the same.
 * Clients are one process on this machine, so times hold the client's own work too, equally for all.
 */
import { availableParallelism, loadavg } from 'node:os';
import { buildPageIfNeeded } from '../../scripts/page-build.ts';
import { findService, REDIS } from '../../scripts/services.ts';
import { quantile } from './measuring/quantile.ts';
import { installRivals } from './measuring/rivals.ts';
import { closeAll, joinAll, relay } from './signaling-load/clients.ts';
import { peerjs, tabchain, threeOnRedis, yWebrtc, type Contestant } from './signaling-load/servers.ts';

const QUICK = process.argv.includes('--quick');
const IDLE_SOCKETS = QUICK ? 1_000 : 10_000;
const JOINS_AT_ONCE = 50;
/** Each sends at most 36 a second: what tabchain lets one socket send for long is 40. */
const TALKERS = 450;
const RATES_PER_SECOND = QUICK ? [2_000] : [1_000, 3_000, 6_000, 10_000, 16_000];
const RATE_MS = QUICK ? 2_000 : 6_000;
/** About an offer, sealed. */
const PAYLOAD_CHARS = 1_024;

buildPageIfNeeded();
installRivals();
console.log(
  `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}; payloads of ${PAYLOAD_CHARS} characters, ` +
    `${TALKERS} talkers, ${RATE_MS / 1000} s at each rate`,
);
const contestants = [tabchain, yWebrtc, peerjs];
if (findService(REDIS) !== undefined) contestants.push(threeOnRedis);
for (const contestant of contestants) {
  await measureIdle(contestant);
  await measureRelay(contestant);
}
process.exit(0);

async function measureIdle({ name, dialect, start }: Contestant): Promise<void> {
  const server = await start();
  const before = server.memory();
  const usedBefore = server.processorSeconds();
  const startedMs = performance.now();
  const clients = await joinAll(dialect, server.origins, IDLE_SOCKETS, JOINS_AT_ONCE);
  const seconds = (performance.now() - startedMs) / 1000;
  const after = server.memory();
  const used = server.processorSeconds() - usedBefore;
  const perSocket = (after - before) / IDLE_SOCKETS / 1024;
  const columns = [
    `${clients.length} sockets held`,
    `${Math.round(IDLE_SOCKETS / seconds)} joins/s`,
    `${microseconds(used, IDLE_SOCKETS)} us of processor a join`,
    `${megabytes(after)} MB in all, ${megabytes(before)} MB without any`,
    `${perSocket.toFixed(1)} KiB a socket`,
  ];
  console.log(`${name.padEnd(26)} ${columns.join(', ')}`);
  closeAll(clients);
  await server.stop();
}

async function measureRelay({ name, dialect, start }: Contestant): Promise<void> {
  const server = await start();
  const clients = await joinAll(dialect, server.origins, TALKERS, JOINS_AT_ONCE);
  for (const perSecond of RATES_PER_SECOND) {
    const usedBefore = server.processorSeconds();
    const { sentPerSecond, receivedPerSecond, timesMs } = await relay(
      dialect,
      clients,
      perSecond,
      RATE_MS,
      PAYLOAD_CHARS,
    );
    const used = server.processorSeconds() - usedBefore;
    const at = (share: number): string =>
      quantile([...timesMs], share)
        .toFixed(1)
        .padStart(8);
    console.log(
      `${name.padEnd(26)} ${String(Math.round(sentPerSecond)).padStart(6)} sent/s, ` +
        `${String(Math.round(receivedPerSecond)).padStart(6)} relayed/s, ` +
        `p50${at(0.5)} ms, p95${at(0.95)} ms, p99${at(0.99)} ms, ` +
        `${microseconds(used, timesMs.length)} us of processor a payload`,
    );
  }
  closeAll(clients);
  await server.stop();
}

function microseconds(seconds: number, count: number): string {
  return ((seconds / count) * 1e6).toFixed(0).padStart(4);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
