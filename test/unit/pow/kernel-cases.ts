/**
 * What any kernel must do, as plain functions that throw: the unit tests run them in Node.js, and
 * test/e2e/pow-kernel.spec.ts in browsers, whose engines compile WebAssembly each in its own way.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { hashToNumber, sha256d } from '../../../web/core/hash.ts';
import type { PrepareSearch, SearchResult } from '../../../web/pow/search.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';

/** Real headers of Bitcoin's main chain, as its nodes send them. */
const GENESIS = hexToBytes(
  '01000000' +
    '0000000000000000000000000000000000000000000000000000000000000000' +
    '3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a' +
    '29ab5f49ffff001d1dac2b7c',
);
const GENESIS_NONCE = 2_083_236_893;
const GENESIS_TARGET = 0xffffn << 208n;

const BLOCK_125552 = hexToBytes(
  '01000000' +
    '81cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000' +
    'e320b6c2fffc8d750423db8b1eb942ae710e951ed797f7affc8892b0f1fc122b' +
    'c7f5d74df2b9441a42a14695',
);
const BLOCK_125552_NONCE = 0x9546a142;
const BLOCK_125552_TARGET = 0x44b9f2n << 184n;

const NONCES = 2 ** 32;
const ALL = (1n << 256n) - 1n;

/** A kernel, and how many versions of a header it tries: 1 is the header as it is. */
export interface KernelUnderTest {
  readonly prepare: PrepareSearch;
  readonly versions: number;
}

export interface KernelCase {
  readonly name: string;
  /** @throws Error that says where the kernel is wrong. */
  run(kernel: KernelUnderTest, seed: number): void;
}

/** All kernels must pass all of them, in any engine. */
export const KERNEL_CASES: readonly KernelCase[] = [
  {
    name: 'finds the genesis block and block 125552 of Bitcoin from a nonce just before',
    run({ prepare, versions }) {
      for (const [header, nonce, target] of [
        [GENESIS, GENESIS_NONCE, GENESIS_TARGET],
        [BLOCK_125552, BLOCK_125552_NONCE, BLOCK_125552_TARGET],
      ] as const) {
        const search = prepare(withNonce(header, 0), target);
        same(search(nonce - 99, nonce + 100), hit(header, 100, versions));
        same(search(nonce - 100, nonce), miss(100, versions));
        same(search(nonce + 1, nonce + 100), miss(99, versions));
      }
    },
  },
  {
    name: 'takes a hash equal to the target and none above it',
    run({ prepare, versions }) {
      const exact = hashOf(GENESIS);
      const to = GENESIS_NONCE + 1;
      same(prepare(GENESIS, exact)(GENESIS_NONCE, to), hit(GENESIS, 1, versions));
      same(prepare(GENESIS, exact - 1n)(GENESIS_NONCE, to), miss(1, versions));
    },
  },
  {
    name: 'finds a hit wherever it lies among headers that are tried together',
    run({ prepare, versions }, seed) {
      const random = new SeededRandom(seed);
      for (let version = 0; version < versions; version += 1) {
        for (let before = 0; before < 12; before += 1) {
          const header = random.bytes(80);
          const nonce = 1000 + Math.floor(random.next() * 2 ** 31);
          const target = hashOf(withNonce(withVersion(header, version), nonce));
          const from = nonce - before;
          const search = prepare(header, target);
          for (const to of [nonce, nonce + 1, nonce + 2, nonce + 7])
            same(search(from, to), plainSearch(header, target, from, to, versions));
        }
      }
    },
  },
  {
    name: 'tries each nonce of a range once, however it is cut into pieces',
    run({ prepare, versions }, seed) {
      const random = new SeededRandom(seed);
      const header = random.bytes(80);
      const target = ALL >> 7n;
      for (const from of [0, 2 ** 31 - 500, NONCES - 1000]) {
        const to = from + 1000;
        const expected: Uint8Array[] = [];
        for (let nonce = from; nonce < to; nonce += 1) {
          const { found } = plainSearch(header, target, nonce, nonce + 1, versions);
          if (found !== undefined) expected.push(found);
        }
        const all: Uint8Array[] = [];
        let hashes = 0;
        const search = prepare(header, target);
        for (let next = from; next < to;) {
          const result = search(next, Math.min(to, next + Math.floor(random.next() * 50)));
          if (result.found !== undefined) all.push(result.found);
          next += result.nonces;
          hashes += result.hashes;
        }
        same(all, expected);
        same(hashes, 1000 * versions);
      }
    },
  },
  {
    name: 'tries the last nonce of all, and does not go on with the first',
    run({ prepare, versions }, seed) {
      const header = new SeededRandom(seed).bytes(80);
      same(prepare(header, 0n)(NONCES - 3, NONCES), miss(3, versions));
      same(prepare(header, 0n)(NONCES, NONCES), miss(0, versions));
      same(prepare(header, ALL)(NONCES - 1, NONCES), hit(withNonce(header, NONCES - 1), 1, versions));
      for (const nonce of [0, 1, 2, 3]) {
        const target = hashOf(withNonce(header, nonce));
        const expected = plainSearch(header, target, NONCES - 2, NONCES, versions);
        same(prepare(header, target)(NONCES - 2, NONCES), expected);
      }
    },
  },
  {
    name: 'searches for two headers by turns',
    run({ prepare, versions }) {
      const genesis = prepare(GENESIS, GENESIS_TARGET);
      const other = prepare(BLOCK_125552, BLOCK_125552_TARGET);
      for (let turn = 0; turn < 3; turn += 1) {
        same(genesis(GENESIS_NONCE - 9, GENESIS_NONCE + 9), hit(GENESIS, 10, versions));
        same(other(BLOCK_125552_NONCE - 9, BLOCK_125552_NONCE + 9), hit(BLOCK_125552, 10, versions));
      }
    },
  },
  {
    name: 'refuses what is no header or no target',
    run({ prepare }) {
      throws(() => prepare(new Uint8Array(79), 1n));
      throws(() => prepare(GENESIS, ALL + 1n));
      throws(() => prepare(GENESIS, -1n));
    },
  },
];

/** So many random headers and targets, each searched by each of the kernels and by the plainest code there is. */
export function compareWithPlainSearch(
  prepares: readonly PrepareSearch[],
  versions: number,
  seed: number,
  headers: number,
): void {
  const random = new SeededRandom(seed);
  for (let index = 0; index < headers; index += 1) {
    const header = random.bytes(80);
    const from = Math.floor(random.next() * (NONCES - 5));
    const to = from + 1 + Math.floor(random.next() * 5);
    // One of the hashes, the number above it, or the one below: a target at random would hardly ever be near one.
    const version = Math.floor(random.next() * versions);
    const nonce = from + Math.floor(random.next() * 5);
    const target = hashOf(withNonce(withVersion(header, version), nonce)) + BigInt(index % 3) - 1n;
    const expected = plainSearch(header, target, from, to, versions);
    for (const prepare of prepares) same(prepare(header, target)(from, to), expected);
  }
}

function plainSearch(
  header: Uint8Array,
  target: bigint,
  from: number,
  to: number,
  versions: number,
): SearchResult {
  for (let nonce = from; nonce < to; nonce += 1) {
    for (let version = 0; version < versions; version += 1) {
      const tried = withNonce(withVersion(header, version), nonce);
      if (hashOf(tried) <= target) return hit(tried, nonce - from + 1, versions);
    }
  }
  return miss(to - from, versions);
}

function hit(found: Uint8Array, nonces: number, versions: number): SearchResult {
  return { found, nonces, hashes: nonces * versions };
}

function miss(nonces: number, versions: number): SearchResult {
  return { found: undefined, nonces, hashes: nonces * versions };
}

function hashOf(header: Uint8Array): bigint {
  return hashToNumber(sha256d(header));
}

function withNonce(header: Uint8Array, nonce: number): Uint8Array {
  const copy = Uint8Array.from(header);
  new DataView(copy.buffer).setUint32(76, nonce, true);
  return copy;
}

/** Bits 13 to 15 are of those that BIP320 leaves free. */
function withVersion(header: Uint8Array, version: number): Uint8Array {
  const copy = Uint8Array.from(header);
  const view = new DataView(copy.buffer);
  view.setUint32(0, (view.getUint32(0, true) ^ (version * 0x2000)) >>> 0, true);
  return copy;
}

function same(actual: unknown, expected: unknown): void {
  if (asText(actual) !== asText(expected))
    throw new Error(`${asText(actual)} instead of ${asText(expected)}`);
}

function asText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? bytesToHex(part) : part));
}

function throws(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (error instanceof RangeError) return;
    throw error;
  }
  throw new Error('no RangeError');
}
