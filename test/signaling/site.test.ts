import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type RunningServer } from '../../signaling/server.ts';

let folder: string;
let server: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabchain-site-'));
  await mkdir(join(folder, 'page', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'not of the page');
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(folder, 'page', 'service-worker.js'), '0;');
  await writeFile(join(folder, 'page', 'manifest.webmanifest'), '{}');
  await writeFile(join(folder, 'page', 'assets', 'index-abc123.js'), 'export {};');
  server = await startServer({
    port: 0,
    host: '127.0.0.1',
    iceServers: [],
    pageDir: join(folder, 'page'),
  });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test.each(['/', '/index.html', '/?network=regtest', '/some/place'])(
  '%s is the page, always asked for',
  async (path) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html;charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await response.text()).toContain('<title>page</title>');
  },
);

test('an asset is kept for ever, its name changes with its content', async () => {
  const response = await fetch(`${server.url}/assets/index-abc123.js`);
  expect(response.headers.get('content-type')).toContain('javascript');
  expect(response.headers.get('cache-control')).toBe('public,max-age=31536000,immutable');
});

test.each([
  ['service-worker.js', 'javascript'],
  ['manifest.webmanifest', 'application/manifest+json'],
])('%s is always asked for: its name stays, its content changes', async (file, type) => {
  const response = await fetch(`${server.url}/${file}`);
  expect(response.headers.get('content-type')).toContain(type);
  expect(response.headers.get('cache-control')).toBe('no-cache');
});

test.each(['/assets/index-old.js', '/assets/', '/assets/old', '/favicon.ico'])(
  '%s is missing, not the page',
  async (path) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBe('no-store');
  },
);

test('the page may run its own scripts, workers and WebAssembly, and speak to WebSockets', async () => {
  const policy = (await fetch(server.url)).headers.get('content-security-policy');
  for (const rule of [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "connect-src 'self' ws: wss:",
  ]) {
    expect(policy).toContain(rule);
  }
});

test('only reading', async () => {
  expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200);
  expect((await fetch(server.url, { method: 'POST', body: 'x' })).status).toBe(405);
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '//secret.txt',
  '/assets/../../secret.txt',
])('%s does not leave the folder', async (path) => {
  expect(await rawGet(path)).not.toContain('not of the page');
});

test.each(['/%', '/%00', '//', '/?', '/#', '/assets/%ff', `/${'a/'.repeat(1000)}`])(
  '%s does not stop the server',
  async (path) => {
    await rawGet(path);
    expect((await fetch(server.url)).status).toBe(200);
  },
);

test.each(['bytes=5-2', 'bytes=x', 'bytes=-1', 'bytes=0-0,5-', 'bytes=99999-'])(
  'range %s is ignored',
  async (range) => {
    const response = await fetch(server.url, { headers: { range } });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('</title>');
  },
);

test('without a build it says how to make one, and serves it once it is there', async () => {
  const pageDir = join(folder, 'later');
  const unbuilt = await startServer({ port: 0, host: '127.0.0.1', iceServers: [], pageDir });
  try {
    const response = await fetch(unbuilt.url);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm start');
    await mkdir(pageDir);
    await writeFile(join(pageDir, 'index.html'), '<!doctype html><title>built</title>');
    expect(await (await fetch(unbuilt.url)).text()).toContain('built');
  } finally {
    await unbuilt.close();
  }
});

/** `fetch` tidies a path up before it sends it; this does not. */
function rawGet(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port: server.port, path }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
  });
}
