import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const QUERY = /\?kernel=(simd|scalar)$/;
const LANES = { simd: 'lanes.ts', scalar: 'lanes-scalar.ts' };
/**
 * Not `-O3`: its passes move each value to where it is first used. The engines compile for the processor, and they keep
 * the order that they are given; in that of the source the kernel is a tenth faster. So only passes that tidy up.
 */
const PASSES = [
  'remove-unused-brs',
  'remove-unused-names',
  'merge-blocks',
  'precompute-propagate',
  'vacuum',
  'remove-unused-brs',
  'remove-unused-names',
  'merge-blocks',
  'coalesce-locals',
  'reorder-locals',
  'vacuum',
];
const OPTIONS = ['--optimizeLevel', '0', '--runPasses', PASSES.join(), '--noAssert', '--runtime', 'stub'];
/** AssemblyScript has decorators for functions, but TypeScript, and so every other tool, only for classes. */
const INLINE = { comment: '// @inline\n', decorator: '@inline\n' };
/** Compiling takes seconds, and the sources hardly ever change. */
const CACHE = join(import.meta.dirname, '../node_modules/.cache/tabchain-kernel');

/**
 * Vite plugin: `import base64 from './search.ts?kernel=simd'` compiles AssemblyScript and gives the WebAssembly in
 * Base64. In the worker's own script it can't fail to load, and no message to the worker is lost while it does.
 */
export function kernel(): Plugin {
  return {
    name: 'tabchain:kernel',
    // Before Vite takes the source for TypeScript.
    enforce: 'pre',
    config() {
      // A first build spends most of its time in here. That is as it should be, and nothing to warn of.
      const rolldownOptions = { checks: { pluginTimings: false } };
      return { build: { rolldownOptions }, worker: { rolldownOptions } };
    },
    load: {
      filter: { id: QUERY },
      async handler(id) {
        const variant = id.endsWith('simd') ? 'simd' : 'scalar';
        const entry = id.replace(QUERY, '');
        const sources = readSources(dirname(entry));
        for (const name of sources.keys()) this.addWatchFile(join(dirname(entry), name));
        // The two kernels have one source, but for this file.
        const lanes = sources.get(LANES[variant]);
        if (lanes === undefined) throw new Error(`There is no ${LANES[variant]} beside ${entry}.`);
        sources.set('lanes.ts', lanes);
        const features = variant === 'simd' ? ['--enable', 'simd'] : [];
        const wasm = await compileOnce(basename(entry), sources, [...OPTIONS, ...features]);
        return `export default '${Buffer.from(wasm).toString('base64')}';`;
      },
    },
  };
}

function readSources(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const read = (name: string): string =>
    readFileSync(join(folder, name), 'utf8').replaceAll(INLINE.comment, INLINE.decorator);
  return new Map(names.map((name) => [name, read(name)]));
}

async function compileOnce(
  entry: string,
  sources: ReadonlyMap<string, string>,
  options: readonly string[],
): Promise<Uint8Array> {
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json') as { version: string };
  const key = JSON.stringify([version, options, entry, ...sources]);
  const file = join(CACHE, `${createHash('sha256').update(key).digest('hex')}.wasm`);
  if (existsSync(file)) return readFileSync(file);
  const wasm = await compile(entry, sources, options);
  mkdirSync(CACHE, { recursive: true });
  // Another process may be at the same: neither must ever read half a file.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, wasm);
  renameSync(draft, file);
  return wasm;
}

async function compile(
  entry: string,
  sources: ReadonlyMap<string, string>,
  options: readonly string[],
): Promise<Uint8Array> {
  // Not at the top: it takes a second to load, and hardly ever is there something to compile.
  const { main } = await import('assemblyscript/asc');
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await main([entry, '--outFile', 'kernel.wasm', ...options], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile(_, contents) {
      if (typeof contents !== 'string') wasm = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === undefined) throw new Error(`${entry} does not compile:\n${String(stderr)}`);
  return wasm;
}
