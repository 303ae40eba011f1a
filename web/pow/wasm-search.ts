import { sha256d } from '../core/hash.ts';
import { hashMeetsTarget } from '../core/target.ts';
import { assertSearchable, NONCE_OFFSET, type PrepareSearch } from './search.ts';

/** What kernel/search.ts exports. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly HEADER: WebAssembly.Global<'i32'>;
  readonly GROUP: WebAssembly.Global<'i32'>;
  prepare(): void;
  search(nonce: number, groups: number, limit: number): number;
}

/** The search in WebAssembly. @throws Error where the engine has no WebAssembly, not all of it, or may not use it. */
export function loadWasmSearch(base64: string): PrepareSearch {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const kernel = exports as unknown as KernelExports;
  const groupNonces = kernel.GROUP.value;
  /** The kernel's memory has room for one header. */
  let prepared: Uint8Array | undefined;

  return (header, target) => {
    assertSearchable(header, target);
    const candidate = Uint8Array.from(header);
    const nonceView = new DataView(candidate.buffer, NONCE_OFFSET, 4);
    /** What the kernel looks at: the target's highest word. */
    const limit = Number(target >> 224n);

    function hits(nonce: number): boolean {
      nonceView.setUint32(0, nonce, true);
      return hashMeetsTarget(sha256d(candidate), target);
    }

    return (from, to) => {
      if (prepared !== candidate) {
        new Uint8Array(kernel.memory.buffer, kernel.HEADER.value).set(candidate);
        kernel.prepare();
        prepared = candidate;
      }
      let nonce = from;
      while (nonce < to) {
        const groups = Math.ceil((to - nonce) / groupNonces);
        const missed = kernel.search(nonce, groups, limit);
        nonce += missed * groupNonces;
        if (missed === groups) break;
        // The last group may reach beyond `to`, and even beyond the last nonce: what is there is not ours to find.
        for (const end = Math.min(nonce + groupNonces, to); nonce < end; nonce += 1)
          if (hits(nonce)) return { nonce, count: nonce - from + 1 };
      }
      return { nonce: undefined, count: to - from };
    };
  };
}
