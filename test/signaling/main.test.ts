import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CLOSE_GOING_AWAY } from '../../signaling/protocol.ts';
import { readMetrics, start } from './running-servers.ts';
import { spawnServer, startProcess, START_WAIT } from './server-process.ts';
import { connectPeer } from './test-peer.ts';

const ROOM = '00112233445566778899aabbccddeeff';
vi.setConfig({ testTimeout: 2 * START_WAIT.timeout });

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabchain-main-'));
});

afterEach(() => rm(folder, { recursive: true }));

test.each(['SIGTERM', 'SIGINT'] as const)('prints a link that works, and ends well on %s', async (signal) => {
  const main = await startProcess();
  const peer = await connectPeer(main.url);
  await peer.join(ROOM);
  main.child.kill(signal);
  expect(await peer.closed).toBe(CLOSE_GOING_AWAY);
  expect(await main.exitCode).toBe(0);
  expect(main.stderr).toBe('');
});

test('drains: not ready for newcomers at first, closed to all in the end', async () => {
  const main = await startProcess(['--drain', '2', '--log-level', 'info']);
  const peer = await connectPeer(main.url);
  await peer.join(ROOM);
  main.child.kill('SIGTERM');
  await vi.waitFor(async () => expect((await fetch(`${main.url}/readyz`)).status).toBe(503), START_WAIT);
  peer.send({ type: 'ping' });
  expect(await peer.next()).toEqual({ type: 'pong' });
  expect(await peer.closed).toBe(CLOSE_GOING_AWAY);
  expect(await main.exitCode).toBe(0);
  const logged = main.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string });
  expect(logged.map(({ msg }) => msg)).toEqual(['listening', 'stopping', 'stopped']);
});

test('tells Prometheus of the process too', async () => {
  const metrics = await readMetrics(await startProcess());
  for (const name of [
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
    'tabchain_sockets',
  ]) {
    expect(metrics.has(name), name).toBe(true);
  }
});

test('a taken port is one sentence with the way out', async () => {
  const { port } = await start();
  const taken = spawnServer([], { PORT: String(port) });
  expect(await taken.exitCode).toBe(1);
  expect(taken.stderr).toBe(
    `Port ${port} is taken, perhaps by another tabchain. Stop what uses it, or choose another port: ` +
      `PORT=${port + 1} npm start\n`,
  );
});

test('the way out of the last port is not the one after it', async () => {
  // Somebody else may have it just now, which is as good.
  await start({ port: 65_535 }).catch(() => undefined);
  const taken = spawnServer([], { PORT: '65535' });
  expect(await taken.exitCode).toBe(1);
  expect(taken.stderr).toContain('PORT=8080 npm start');
});

test('an option that makes no sense is one sentence too', async () => {
  const wrong = spawnServer(['--port', 'eighty']);
  expect(await wrong.exitCode).toBe(2);
  expect(wrong.stdout).toBe('');
  expect(wrong.stderr).toMatch(/^--port must be .*"eighty".*\n$/);
});

test('--help explains and exits', async () => {
  const help = spawnServer(['--help']);
  expect(await help.exitCode).toBe(0);
  expect(help.stdout).toContain('--redis-url <url>');
});

test('--https makes a certificate, and keeps it', async () => {
  const first = await startProcess(['--https', '--state-dir', join(folder, 'state')]);
  expect(first.url).toMatch(/^https:/);
  expect(first.stdout).toContain('self-signed');
  const cert = await readFile(join(folder, 'state/cert.pem'), 'utf8');
  const key = join(folder, 'state/key.pem');
  expect(await secureStatus(`${first.url}/readyz`, cert)).toBe(200);
  expect((await stat(key)).mode & 0o077).toBe(0);
  expect(await first.stop()).toBe(0);

  const given = await startProcess(['--cert', join(folder, 'state/cert.pem'), '--key', key]);
  expect(await secureStatus(`${given.url}/readyz`, cert)).toBe(200);
  expect(given.stdout).not.toContain('self-signed');
});

test('a certificate that is not there is one sentence', async () => {
  const main = spawnServer(['--cert', join(folder, 'no.pem'), '--key', join(folder, 'no.pem')]);
  expect(await main.exitCode).toBe(1);
  expect(main.stderr).toMatch(/^The file or folder \S+no\.pem can't be used \(ENOENT\).*\n$/);
});

/** The status of a page of a server whose certificate is `ca`, and of no other. */
function secureStatus(url: string, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}
