import { sha256d } from '../core/hash.ts';
import { hashMeetsTarget } from '../core/target.ts';
import { assertSearchable, NONCE_OFFSET, type PrepareSearch } from './search.ts';

/** How many versions each nonce is tried with, so that they share what does not depend on the version. */
export const VERSIONS = 8;
/** The lowest of the version's bits that are free (BIP320: 13 to 28). */
const FIRST_FREE_BIT = 13;

/** What kernel/search.ts exports. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly HEADER: WebAssembly.Global<'i32'>;
  readonly GROUP: WebAssembly.Global<'i32'>;
  prepare(version: number): void;
  search(nonce: number, groups: number, versions: number, limit: number): number;
}

/** The search in WebAssembly. @throws Error where the engine has no WebAssembly, not all of it, or may not use it. */
export function loadWasmSearch(base64: string, versions = VERSIONS): PrepareSearch {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const kernel = exports as unknown as KernelExports;
  const groupNonces = kernel.GROUP.value;
  /** What the kernel's memory is prepared for; it has room for one search. */
  let prepared: readonly Uint8Array[] | undefined;

  return (header, target) => {
    assertSearchable(header, target);
    const candidates = Array.from({ length: versions }, (_, index) => rollVersion(header, index));
    /** What the kernel looks at: the target's highest word. */
    const limit = Number(target >> 224n);

    function prepareKernel(): void {
      const memory = new Uint8Array(kernel.memory.buffer);
      for (const [index, candidate] of candidates.entries()) {
        memory.set(candidate, kernel.HEADER.value);
        kernel.prepare(index);
      }
      prepared = candidates;
    }

    function hitWith(nonce: number): Uint8Array | undefined {
      return candidates.find((candidate) => {
        new DataView(candidate.buffer).setUint32(NONCE_OFFSET, nonce, true);
        return hashMeetsTarget(sha256d(candidate), target);
      });
    }

    return (from, to) => {
      if (prepared !== candidates) prepareKernel();
      let nonce = from;
      while (nonce < to) {
        const groups = Math.ceil((to - nonce) / groupNonces);
        const missed = kernel.search(nonce, groups, versions, limit);
        nonce += missed * groupNonces;
        if (missed === groups) break;
        // The last group may reach beyond `to`, and even beyond the last nonce: what is there is not ours to find.
        for (const end = Math.min(nonce + groupNonces, to); nonce < end; nonce += 1) {
          const hit = hitWith(nonce);
          if (hit === undefined) continue;
          const nonces = nonce - from + 1;
          return { found: Uint8Array.from(hit), nonces, hashes: nonces * versions };
        }
      }
      return { found: undefined, nonces: to - from, hashes: (to - from) * versions };
    };
  };
}

/** The header with another of its versions; 0 is its own. */
export function rollVersion(header: Uint8Array, index: number): Uint8Array {
  const rolled = Uint8Array.from(header);
  const view = new DataView(rolled.buffer);
  view.setInt32(0, view.getInt32(0, true) ^ (index << FIRST_FREE_BIT), true);
  return rolled;
}
