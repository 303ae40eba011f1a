/** `npm pack`, and what becomes of its tarball in an empty folder: page and signaling by one command. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { Tab } from './tab.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let folder: string;
let server: ChildProcess | undefined;

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabchain-package-'));
});

test.afterEach(async () => {
  // npx and the server that it started.
  if (server?.pid !== undefined && server.exitCode === null) process.kill(-server.pid);
  await rm(folder, { recursive: true });
});

test('npx tabchain serves a room from the packed package', async ({ browser }) => {
  // The page was built before the browser tests.
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
  const [tarball = ''] = await readdir(folder);
  expect(tarball).toMatch(/^tabchain-.*\.tgz$/);
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`], {
    cwd: folder,
  });
  // What the page is built of is in the build.
  for (const name of ['svelte', 'vite', 'd3-force', 'simple-peer']) {
    expect(existsSync(join(folder, 'node_modules', name)), name).toBe(false);
  }

  const link = await startInFolder();
  const a = new Tab(await (await browser.newContext()).newPage());
  const b = new Tab(await (await browser.newContext()).newPage());
  for (const tab of [a, b]) await tab.page.goto(link);
  for (const tab of [a, b]) await tab.waitForLinks(1);
});

/** Runs `npx tabchain` and gives the link that it prints. */
async function startInFolder(): Promise<string> {
  const child = spawn('npx', ['--no-install', 'tabchain', '--port', '0', '--host', '127.0.0.1'], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  server = child;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const link = () => /http:\/\/127\.0\.0\.1:\d+\/#[\w-]{22}(?=\s)/.exec(output)?.[0];
  await expect.poll(link, { message: 'a link' }).toBeDefined();
  return link() ?? '';
}
