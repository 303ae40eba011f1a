import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { startServer, type RunningServer } from '../../../signaling/server.ts';

const ROOT = join(import.meta.dirname, '../../..');
const OUT_DIR = join(ROOT, 'node_modules/.cache/tabchain-observed-page');

/** Which observer runs before which entry. */
const OBSERVERS = new Map([
  ['web/main.ts', 'page-observer.ts'],
  ['web/engine/worker.ts', 'engine-observer.ts'],
  ['web/pow/worker.ts', 'pow-observer.ts'],
]);

/** Builds and serves the real page; only its three entries each begin with an import more. */
export async function serveObservedPage(): Promise<RunningServer> {
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'warn',
    plugins: [observe()],
    worker: { plugins: () => [observe()] },
    build: { outDir: OUT_DIR, emptyOutDir: true },
  });
  return startServer({ port: 0, pageDir: OUT_DIR, iceServers: [] });
}

function observe(): Plugin {
  return {
    name: 'tabchain:observe',
    enforce: 'pre',
    transform(code, id) {
      const [path = ''] = id.split('?');
      const observer = OBSERVERS.get(path.slice(ROOT.length + 1).replaceAll('\\', '/'));
      if (observer === undefined) return undefined;
      return { code: `import ${JSON.stringify(join(import.meta.dirname, observer))};\n${code}`, map: null };
    },
  };
}
