import { join } from 'node:path';
import { build } from 'vite';
import { kernel } from '../../../scripts/kernel-plugin.ts';
import { startServer, type RunningServer } from '../../../signaling/server.ts';

const OUT_DIR = join(import.meta.dirname, '../../../node_modules/.cache/tabchain-pow-page');

/** Builds the page as the real one is built, and serves it as the real one is: with its security policy. */
export async function servePowPage(): Promise<RunningServer> {
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'warn',
    plugins: [kernel()],
    worker: { format: 'es', plugins: () => [kernel()] },
    build: { target: 'es2023', outDir: OUT_DIR, emptyOutDir: true },
  });
  return startServer({ port: 0, pageDir: OUT_DIR, iceServers: [] });
}
