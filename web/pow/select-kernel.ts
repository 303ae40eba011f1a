import type { PowKernel } from './job-messages.ts';
import scalar from './kernel/search.ts?kernel=scalar';
import simd from './kernel/search.ts?kernel=simd';
import { prepareNobleSearch } from './noble-search.ts';
import type { PrepareSearch } from './search.ts';
import { loadWasmSearch } from './wasm-search.ts';

export interface Kernel {
  readonly name: PowKernel;
  readonly prepareSearch: PrepareSearch;
}

/** The fastest one that runs here. */
export function selectKernel(): Kernel {
  return (
    tryWasm('wasm-simd', simd) ??
    tryWasm('wasm', scalar) ?? { name: 'noble', prepareSearch: prepareNobleSearch }
  );
}

/** Undefined without SIMD or without WebAssembly, and where a page's policy forbids it. */
function tryWasm(name: PowKernel, base64: string): Kernel | undefined {
  try {
    return { name, prepareSearch: loadWasmSearch(base64) };
  } catch {
    return undefined;
  }
}
