/** Ways to compute sha256d of a header, nonce after nonce: ours, and what else a page could use. */
import { sha256 } from '@noble/hashes/sha2.js';
import { createSHA256 } from 'hash-wasm';
import scalar from '../../../web/pow/kernel/search.ts?kernel=scalar';
import simd from '../../../web/pow/kernel/search.ts?kernel=simd';
import { prepareNobleSearch } from '../../../web/pow/noble-search.ts';
import type { PrepareSearch } from '../../../web/pow/search.ts';
import { loadWasmSearch } from '../../../web/pow/wasm-search.ts';

/** Tries so many headers; says how many it really tried. */
type Run = (hashes: number) => number | Promise<number>;

export interface Contestant {
  readonly name: string;
  /** Hashes between two looks at the clock: some milliseconds of work. */
  readonly batch: number;
  readonly run: Run;
}

const HEADER = Uint8Array.from({ length: 80 }, (_, index) => index);

export async function createContestants(): Promise<readonly Contestant[]> {
  const hashWasm = await createSHA256();
  return [
    { name: 'noble, naive', batch: 512, run: eachNonce((header) => sha256(sha256(header))) },
    { name: 'noble, midstate', batch: 1024, run: searching(prepareNobleSearch) },
    {
      name: 'hash-wasm',
      batch: 1024,
      run: eachNonce((header) => {
        const digest = hashWasm.init().update(header).digest('binary');
        return hashWasm.init().update(digest).digest('binary');
      }),
    },
    { name: 'WebCrypto', batch: 256, run: webCrypto },
    { name: 'ours, scalar, 1 version', batch: 8192, run: searching(loadWasmSearch(scalar, 1)) },
    { name: 'ours, scalar', batch: 8192, run: searching(loadWasmSearch(scalar)) },
    { name: 'ours, SIMD, 1 version', batch: 32_768, run: searching(loadWasmSearch(simd, 1)) },
    { name: 'ours, SIMD', batch: 32_768, run: searching(loadWasmSearch(simd)) },
  ];
}

function eachNonce(hash: (header: Uint8Array) => Uint8Array): Run {
  const header = Uint8Array.from(HEADER);
  const view = new DataView(header.buffer);
  let nonce = 0;
  return (hashes) => {
    for (let done = 0; done < hashes; done += 1) {
      view.setUint32(76, (nonce += 1), true);
      hash(header);
    }
    return hashes;
  };
}

function searching(prepare: PrepareSearch): Run {
  const search = prepare(HEADER, 0n);
  let next = 0;
  return (hashes) => {
    let done = 0;
    while (done < hashes) {
      const result = search(next, next + hashes / 8);
      next += result.nonces;
      done += result.hashes;
    }
    return done;
  };
}

async function webCrypto(hashes: number): Promise<number> {
  const header = Uint8Array.from(HEADER);
  const view = new DataView(header.buffer);
  for (let done = 0; done < hashes; done += 1) {
    view.setUint32(76, done, true);
    const digest = await crypto.subtle.digest('SHA-256', header);
    await crypto.subtle.digest('SHA-256', digest);
  }
  return hashes;
}
