import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger, createServer, type ViteDevServer } from 'vite';
import { WebSocket } from 'ws';
import { signaling } from '../../signaling/vite-plugin.ts';
import { connectPeer } from './test-peer.ts';

/** Vite takes its time on a busy machine. */
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let root: string;
let vite: ViteDevServer;
let url: string;
let printed: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tabchain-vite-'));
  await writeFile(join(root, 'index.html'), '<!doctype html><title>dev</title>');
  printed = [];
  const customLogger = createLogger('info');
  customLogger.info = (message) => printed.push(message);
  vite = await createServer({
    configFile: false,
    root,
    customLogger,
    plugins: [signaling()],
    server: { port: 0, host: '127.0.0.1' },
  });
  await vite.listen();
  url = vite.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? '';
});

afterEach(async () => {
  await vite.close();
  await rm(root, { recursive: true });
});

test('signaling, the page and hot reload share one port', async () => {
  const peer = await connectPeer(url);
  expect(await peer.join('00112233445566778899aabbccddeeff')).toMatchObject({ members: 1 });
  expect(await (await fetch(url)).text()).toContain('<title>dev</title>');
  const hotReload = new WebSocket(
    `${url.replace('http', 'ws')}/?token=${vite.config.webSocketToken}`,
    'vite-hmr',
  );
  const greeting = await new Promise((resolve, reject) => {
    hotReload.once('message', (data) => resolve(JSON.parse(String(data))));
    hotReload.once('error', reject);
  });
  expect(greeting).toEqual({ type: 'connected' });
});

test('room links are printed below the addresses', () => {
  vite.printUrls();
  expect(printed.join('\n')).toMatch(new RegExp(`${url}/#[\\w-]{22}\n`));
});

test('sockets do not outlive it', async () => {
  const peer = await connectPeer(url);
  await peer.join('00112233445566778899aabbccddeeff');
  await vite.close();
  await peer.closed;
});
