/**
 * What `npm run bench -- pow` and test/e2e/pow-kernel.spec.ts call in a browser: kernels and workers as the real
 * page has them, under the real page's security policy.
 */
import { hexToBytes, bytesToHex } from '@noble/hashes/utils.js';
import type { PowKernel } from '../../../web/pow/job-messages.ts';
import scalar from '../../../web/pow/kernel/search.ts?kernel=scalar';
import simd from '../../../web/pow/kernel/search.ts?kernel=simd';
import { prepareNobleSearch } from '../../../web/pow/noble-search.ts';
import { loadWasmSearch, VERSIONS } from '../../../web/pow/wasm-search.ts';
import { compareWithPlainSearch, KERNEL_CASES } from '../../unit/pow/kernel-cases.ts';
import { createContestants, type Contestant } from './contestants.ts';
import {
  findInWorker,
  kernelOfWorker,
  latencyOfWorkers,
  rateOfWorkers,
  type WorkerLatency,
} from './workers.ts';

export interface PowPage {
  contestants(): Promise<string[]>;
  /** Hashes a second, measured for so long. */
  rate(contestant: string, ms: number): Promise<number>;
  rateOfWorkers(count: number, ms: number): Promise<number>;
  latencyOfWorkers(count: number, samples: number): Promise<WorkerLatency>;
  kernelOfWorker(): Promise<PowKernel>;
  /** In hex, the header that a worker finds with one of these nonces. */
  findInWorker(header: string, target: bigint, from: number, to: number): Promise<string>;
  /** A line for each case that a kernel fails. */
  runCases(seed: number): string[];
  /** So many random headers and targets; throws where a kernel is wrong. */
  compare(seed: number, headers: number): void;
}

declare global {
  interface Window {
    powPage: PowPage;
  }
}

let contestants: Promise<readonly Contestant[]> | undefined;

window.powPage = {
  async contestants() {
    contestants ??= createContestants();
    return (await contestants).map(({ name }) => name);
  },
  async rate(name, ms) {
    contestants ??= createContestants();
    const contestant = (await contestants).find((candidate) => candidate.name === name);
    if (contestant === undefined) throw new Error(`no contestant "${name}"`);
    const startMs = performance.now();
    let hashes = 0;
    while (performance.now() - startMs < ms) hashes += await contestant.run(contestant.batch);
    return (hashes * 1000) / (performance.now() - startMs);
  },
  rateOfWorkers,
  latencyOfWorkers,
  kernelOfWorker,
  async findInWorker(header, target, from, to) {
    return bytesToHex(await findInWorker({ header: hexToBytes(header), target, from, to }));
  },
  runCases(seed) {
    const kernels = [
      { name: 'SIMD', prepare: loadWasmSearch(simd), versions: VERSIONS },
      { name: 'SIMD, one version', prepare: loadWasmSearch(simd, 1), versions: 1 },
      { name: 'scalar', prepare: loadWasmSearch(scalar), versions: VERSIONS },
      { name: 'noble', prepare: prepareNobleSearch, versions: 1 },
    ];
    const failures: string[] = [];
    for (const kernel of kernels) {
      for (const { name, run } of KERNEL_CASES) {
        try {
          run(kernel, seed);
        } catch (error) {
          failures.push(`${kernel.name} ${name}: ${String(error)}`);
        }
      }
    }
    return failures;
  },
  compare(seed, headers) {
    const ofVersions = Math.floor(headers / 20);
    compareWithPlainSearch(
      [loadWasmSearch(simd, 1), loadWasmSearch(scalar, 1)],
      1,
      seed,
      headers - ofVersions,
    );
    compareWithPlainSearch([loadWasmSearch(simd), loadWasmSearch(scalar)], VERSIONS, seed, ofVersions);
  },
};
