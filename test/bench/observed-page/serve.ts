import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { startServer, type RunningServer } from '../../../signaling/server.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Which observer, a path from this folder, runs before which entry of the page. */
export type Observers = Readonly<Record<string, string>>;

const OBSERVERS: Observers = {
  'web/main.ts': 'page-observer.ts',
  'web/engine/worker.ts': 'engine-observer.ts',
  'web/pow/worker.ts': 'pow-observer.ts',
};

/** Builds and serves the real page; only its entries each begin with an import more. `name`: of what is built. */
export async function serveObservedPage(
  name = 'observed-page',
  observers = OBSERVERS,
): Promise<RunningServer> {
  const outDir = join(ROOT, 'node_modules/.cache', `tabchain-${name}`);
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'warn',
    plugins: [observe(observers)],
    worker: { plugins: () => [observe(observers)] },
    build: { outDir, emptyOutDir: true },
  });
  return startServer({ port: 0, pageDir: outDir, iceServers: [] });
}

function observe(observers: Observers): Plugin {
  return {
    name: 'tabchain:observe',
    enforce: 'pre',
    transform(code, id) {
      const [path = ''] = id.split('?');
      const observer = observers[path.slice(ROOT.length + 1).replaceAll('\\', '/')];
      if (observer === undefined) return undefined;
      return { code: `import ${JSON.stringify(join(import.meta.dirname, observer))};\n${code}`, map: null };
    },
  };
}
