/**
 * What any kernel must do, as plain functions that throw: the unit tests run them in Node.js, and
 * test/e2e/pow-kernel.spec.ts in browsers, whose engines compile WebAssembly each in its own way.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
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

export interface KernelCase {
  readonly name: string;
  /** @throws Error that says where the kernel is wrong. */
  run(prepare: PrepareSearch, seed: number): void;
}

/** All kernels must pass all of them, in any engine. */
export const KERNEL_CASES: readonly KernelCase[] = [
  {
    name: 'finds the genesis block and block 125552 of Bitcoin from a nonce just before',
    run(prepare) {
      for (const [header, nonce, target] of [
        [GENESIS, GENESIS_NONCE, GENESIS_TARGET],
        [BLOCK_125552, BLOCK_125552_NONCE, BLOCK_125552_TARGET],
      ] as const) {
        const search = prepare(withNonce(header, 0), target);
        same(search(nonce - 99, nonce + 100), { nonce, count: 100 });
        same(search(nonce - 100, nonce), { nonce: undefined, count: 100 });
        same(search(nonce + 1, nonce + 100), { nonce: undefined, count: 99 });
      }
    },
  },
  {
    name: 'takes a hash equal to the target and none above it',
    run(prepare) {
      const exact = hashOf(GENESIS, GENESIS_NONCE);
      const last = GENESIS_NONCE + 1;
      same(prepare(GENESIS, exact)(GENESIS_NONCE, last), { nonce: GENESIS_NONCE, count: 1 });
      same(prepare(GENESIS, exact - 1n)(GENESIS_NONCE, last), { nonce: undefined, count: 1 });
    },
  },
  {
    name: 'finds a hit wherever it lies among nonces that are tried together',
    run(prepare, seed) {
      const random = new SeededRandom(seed);
      for (let round = 0; round < 20; round += 1) {
        const header = random.bytes(80);
        const hit = 1000 + Math.floor(random.next() * 2 ** 31);
        const target = hashOf(header, hit);
        for (let before = 0; before < 20; before += 1) {
          const search = prepare(header, target);
          for (const to of [hit, hit + 1, hit + 2, hit + 17])
            same(search(hit - before, to), plainSearch(header, target, hit - before, to));
        }
      }
    },
  },
  {
    name: 'finds every hit of a range once, however it is cut into pieces',
    run(prepare, seed) {
      const random = new SeededRandom(seed);
      const header = random.bytes(80);
      const target = ALL >> 5n;
      for (const from of [0, 2 ** 31 - 1000, NONCES - 2000]) {
        const expected: number[] = [];
        const to = from + 2000;
        for (let nonce = from; nonce < to; nonce += 1)
          if (hashOf(header, nonce) <= target) expected.push(nonce);
        const found: number[] = [];
        const search = prepare(header, target);
        for (let next = from; next < to;) {
          const result = search(next, Math.min(to, next + Math.floor(random.next() * 50)));
          if (result.nonce !== undefined) found.push(result.nonce);
          next += result.count;
        }
        same(found, expected);
      }
    },
  },
  {
    name: 'tries the last nonce of all, and not the first one after it',
    run(prepare) {
      same(prepare(GENESIS, 0n)(NONCES - 3, NONCES), { nonce: undefined, count: 3 });
      same(prepare(GENESIS, 0n)(NONCES, NONCES), { nonce: undefined, count: 0 });
      same(prepare(GENESIS, ALL)(NONCES - 1, NONCES), { nonce: NONCES - 1, count: 1 });
      const header = headerWhose((candidate) => hashOf(candidate, 0) < hashOf(candidate, NONCES - 1));
      same(prepare(header, hashOf(header, 0))(NONCES - 1, NONCES), { nonce: undefined, count: 1 });
    },
  },
  {
    name: 'searches for two headers by turns',
    run(prepare) {
      const genesis = prepare(GENESIS, GENESIS_TARGET);
      const other = prepare(BLOCK_125552, BLOCK_125552_TARGET);
      for (let turn = 0; turn < 3; turn += 1) {
        same(genesis(GENESIS_NONCE - 9, GENESIS_NONCE + 9).nonce, GENESIS_NONCE);
        same(other(BLOCK_125552_NONCE - 9, BLOCK_125552_NONCE + 9).nonce, BLOCK_125552_NONCE);
      }
    },
  },
  {
    name: 'refuses what is no header or no target',
    run(prepare) {
      throws(() => prepare(new Uint8Array(79), 1n));
      throws(() => prepare(GENESIS, ALL + 1n));
      throws(() => prepare(GENESIS, -1n));
    },
  },
];

/** So many random headers and targets, each searched by each of the kernels and by the plainest code there is. */
export function compareWithPlainSearch(
  prepares: readonly PrepareSearch[],
  seed: number,
  headers: number,
): void {
  const random = new SeededRandom(seed);
  for (let index = 0; index < headers; index += 1) {
    const header = random.bytes(80);
    const from = Math.floor(random.next() * (NONCES - 8));
    const to = from + 1 + Math.floor(random.next() * 8);
    // Near a hash of the range, or it would nearly always be hit at once or never.
    const target = hashOf(header, from + Math.floor(random.next() * 8)) + BigInt(index % 3) - 1n;
    const expected = plainSearch(header, target, from, to);
    for (const prepare of prepares) same(prepare(header, target)(from, to), expected);
  }
}

function plainSearch(header: Uint8Array, target: bigint, from: number, to: number): SearchResult {
  for (let nonce = from; nonce < to; nonce += 1)
    if (hashOf(header, nonce) <= target) return { nonce, count: nonce - from + 1 };
  return { nonce: undefined, count: to - from };
}

function hashOf(header: Uint8Array, nonce: number): bigint {
  return hashToNumber(sha256d(withNonce(header, nonce)));
}

function withNonce(header: Uint8Array, nonce: number): Uint8Array {
  const copy = Uint8Array.from(header);
  new DataView(copy.buffer).setUint32(76, nonce, true);
  return copy;
}

function headerWhose(isRight: (header: Uint8Array) => boolean): Uint8Array {
  for (let seed = 0; ; seed += 1) {
    const header = new SeededRandom(seed).bytes(80);
    if (isRight(header)) return header;
  }
}

function same(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${a} instead of ${b}`);
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
