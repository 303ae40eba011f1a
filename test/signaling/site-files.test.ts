/** Files of the page that are asked for and not read to their end. */
import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { refusals, start } from './running-servers.ts';

/** More than the system's buffers of one connection take. */
const BIG = 32 * 1024 * 1024;
const WAIT = { timeout: 10_000, interval: 10 };
vi.setConfig({ testTimeout: 3 * WAIT.timeout });

let folder: string;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  folder = await mkdtemp(join(tmpdir(), 'tabchain-site-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'assets', 'big.js'), Buffer.alloc(BIG, 'x'));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await rm(folder, { recursive: true });
});

/** Asks for the big file that many times at once and reads its first bytes only. */
async function ask(port: number, times = 1, headers = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.write(`GET /assets/big.js HTTP/1.1\r\nHost: x\r\n${headers}\r\n`.repeat(times));
  await new Promise((resolve) => socket.once('readable', resolve));
  return socket;
}

describe.skipIf(process.platform !== 'linux')('as the system counts them', () => {
  async function openFiles(): Promise<number> {
    const names = await readdir('/proc/self/fd');
    const targets = names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ''));
    return (await Promise.all(targets)).filter((target) => target.startsWith(folder)).length;
  }
  const untilOpen = (count: number) => vi.waitFor(async () => expect(await openFiles()).toBe(count), WAIT);

  test('a download that is broken off leaves no file open', async () => {
    const { port } = await start({ pageDir: folder });
    for (let i = 0; i < 10; i += 1) await ask(port);
    await untilOpen(10);
    for (const socket of sockets) socket.destroy();
    await untilOpen(0);
  });

  test('nor do those that wait behind it on its connection', async () => {
    const { port } = await start({ pageDir: folder });
    const socket = await ask(port, 10);
    await untilOpen(10);
    socket.destroy();
    await untilOpen(0);
  });
});

test('above the limit, nothing is opened, and the next one is served again', async () => {
  const server = await start({ pageDir: folder, limits: { maxOpenFiles: 2 } });
  const socket = await ask(server.port, 2);
  const refused = await fetch(server.url);
  expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('Reload')]);
  expect(await refusals(server, 'too-many-files')).toBe(1);
  socket.destroy();
  await vi.waitFor(async () => expect((await fetch(server.url)).status).toBe(200), WAIT);
});

test('one that nobody reads is broken off', async () => {
  const server = await start({ pageDir: folder, limits: { maxOpenFiles: 1, stallMs: 50 } });
  await ask(server.port);
  await vi.waitFor(async () => expect((await fetch(server.url)).status).toBe(200), WAIT);
});

test('one that is seen and can’t be opened breaks off its own request', async () => {
  // A socket in the file system is such a one. So is any file when the process has too many open.
  const odd = createServer().listen(join(folder, 'assets', 'odd.js'));
  try {
    const server = await start({ pageDir: folder });
    // An error that nobody hears would fail this test's run.
    await expect(fetch(`${server.url}/assets/odd.js`).then((response) => response.text())).rejects.toThrow();
    expect((await fetch(server.url)).status).toBe(200);
  } finally {
    await new Promise((resolve) => odd.close(resolve));
  }
});

describe('a request that offers HTTP/2 on the way', () => {
  async function get(port: number, path: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n` +
        'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n',
    );
    await new Promise((resolve) => socket.once('close', resolve));
    return Buffer.concat(chunks).toString();
  }

  test.each(['/', '/readyz', '/metrics', '/signal'])('is answered as any other: %s', async (path) => {
    const { port } = await start({ pageDir: folder });
    expect(await get(port, path)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test('has the whole of a file, if it reads it', async () => {
    const { port } = await start({ pageDir: folder, limits: { stallMs: 10_000 } });
    const answer = await get(port, '/assets/big.js');
    expect(answer.length - answer.indexOf('\r\n\r\n') - 4).toBe(BIG);
  });

  test('is broken off, if it does not', async () => {
    const server = await start({ pageDir: folder, limits: { maxOpenFiles: 1, stallMs: 50 } });
    await ask(server.port, 1, 'Connection: Upgrade\r\nUpgrade: h2c\r\n');
    await vi.waitFor(async () => expect((await fetch(server.url)).status).toBe(200), WAIT);
  });
});
