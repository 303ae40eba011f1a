import { describe, expect, test, vi } from 'vitest';
import scalar from '../../../web/pow/kernel/search.ts?kernel=scalar';
import simd from '../../../web/pow/kernel/search.ts?kernel=simd';
import { prepareNobleSearch } from '../../../web/pow/noble-search.ts';
import { selectKernel } from '../../../web/pow/select-kernel.ts';
import { loadWasmSearch, VERSIONS } from '../../../web/pow/wasm-search.ts';
import { compareWithPlainSearch, KERNEL_CASES } from './kernel-cases.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
console.log(`SEED=${seed}`);

const SIMD = { prepare: loadWasmSearch(simd), versions: VERSIONS };
const SCALAR = { prepare: loadWasmSearch(scalar), versions: VERSIONS };
const SIMD_ONE = { prepare: loadWasmSearch(simd, 1), versions: 1 };
const SCALAR_ONE = { prepare: loadWasmSearch(scalar, 1), versions: 1 };
const NOBLE = { prepare: prepareNobleSearch, versions: 1 };

describe.each([
  ['SIMD', SIMD],
  ['SIMD, one version', SIMD_ONE],
  ['scalar', SCALAR],
  ['noble', NOBLE],
])('the kernel: %s', (_, kernel) => {
  test.each(KERNEL_CASES)('$name', ({ run }) => run(kernel, seed));
});

test('the kernels agree with a plain search on 100,000 random headers and targets', () => {
  compareWithPlainSearch([SIMD_ONE.prepare, SCALAR_ONE.prepare], 1, seed, 94_000);
  compareWithPlainSearch([NOBLE.prepare], 1, seed + 1, 1000);
  compareWithPlainSearch([SIMD.prepare, SCALAR.prepare], VERSIONS, seed + 2, 5000);
}, 120_000);

describe('selectKernel', () => {
  test('takes SIMD where there is some', () => {
    expect(selectKernel().name).toBe('wasm-simd');
  });

  test('does without SIMD', () => {
    // As an engine that does not know the instructions.
    const { Module } = WebAssembly;
    let modules = 0;
    const module = vi.spyOn(WebAssembly, 'Module').mockImplementation(function (bytes: BufferSource) {
      modules += 1;
      if (modules === 1) throw new WebAssembly.CompileError('invalid SIMD opcode');
      return new Module(bytes);
    });
    expect(selectKernel().name).toBe('wasm');
    module.mockRestore();
  });

  test('does without WebAssembly', () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(selectKernel()).toEqual({ name: 'noble', prepareSearch: prepareNobleSearch });
    vi.unstubAllGlobals();
  });
});
