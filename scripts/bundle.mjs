import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { compileCatalogueIfNeeded } from './catalogue.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Everything that the build reads. */
const SOURCES = [
  'index.html',
  'package-lock.json',
  'scripts/catalogue.mjs',
  'scripts/kernel-plugin.ts',
  'scripts/offline-plugin.ts',
  'signaling',
  'vite.config.ts',
  'web',
];
/** Written after a build that went through; its date is the build's. */
const STAMP = join(root, 'dist/built');

/** Builds the page to dist/page and the server to dist/server, unless the last build is newer than the sources. */
export async function bundleIfNeeded() {
  if (existsSync(STAMP) && SOURCES.every((path) => newestMs(join(root, path)) < statSync(STAMP).mtimeMs))
    return;
  await bundle();
}

export async function bundle() {
  // Before the clock is read: what is compiled is older than the build that takes it in.
  await compileCatalogueIfNeeded();
  // A source that is saved during the build is newer than it.
  const startedAt = new Date();
  const vite = await import('vite');
  const options = { root, logLevel: 'warn' };
  console.log('Building the page and the server...');
  await vite.build(options);
  // Node.js 20 does not run TypeScript, hence a bundle. Its dependencies stay in node_modules.
  await vite.build({
    ...options,
    build: {
      ssr: 'signaling/main.ts',
      outDir: 'dist/server',
      copyPublicDir: false,
      // The page's groups would leave main.js empty, and it finds the page by where it lies itself.
      rolldownOptions: { output: { codeSplitting: true } },
    },
  });
  writeFileSync(STAMP, '');
  utimesSync(STAMP, startedAt, startedAt);
}

/** Date of the last change below `path`. A folder's own date tells of files that were removed from it. */
function newestMs(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
