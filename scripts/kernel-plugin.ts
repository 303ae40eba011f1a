import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** `import bytes from './search.ts?kernel=simd'` */
const QUERY = /\?kernel=(simd|scalar)$/;
/** What the two kernels differ in: the file that takes the place of lanes.ts. */
const LANES = { simd: 'lanes.ts', scalar: 'lanes-scalar.ts' };
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub'];
/** Where what was compiled is kept: a compilation takes seconds, and the sources hardly ever change. */
const CACHE = join(import.meta.dirname, '../node_modules/.cache/tabchain-kernel');

/**
 * Vite plugin: makes a module of AssemblyScript source. Its default export is the WebAssembly in Base64: a worker
 * that has it in its own script need not wait for it, loses no message meanwhile, and can't fail to fetch it.
 */
export function kernel(): Plugin {
  return {
    name: 'tabchain:kernel',
    // Before Vite takes the source for TypeScript.
    enforce: 'pre',
    async load(id) {
      const match = QUERY.exec(id);
      if (match === null) return undefined;
      const entry = id.slice(0, match.index);
      const sources = readSources(entry, match[1] === 'simd' ? 'simd' : 'scalar');
      for (const name of [basename(entry), ...Object.values(LANES), 'sha256.ts'])
        this.addWatchFile(join(dirname(entry), name));
      const wasm = await compileOnce(sources);
      return `export default '${Buffer.from(wasm).toString('base64')}';`;
    },
  };
}
