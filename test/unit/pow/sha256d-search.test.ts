import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { prepareSearch } from '../../../web/pow/sha256d-search.ts';

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

function hashNumber(header: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(sha256(sha256(header)).reverse())}`);
}

function withNonce(header: Uint8Array, nonce: number): Uint8Array {
  const copy = Uint8Array.from(header);
  new DataView(copy.buffer).setUint32(76, nonce, true);
  return copy;
}

describe('prepareSearch', () => {
  test.each([
    ['the genesis block', GENESIS, GENESIS_NONCE, GENESIS_TARGET],
    ['block 125552', BLOCK_125552, BLOCK_125552_NONCE, BLOCK_125552_TARGET],
  ])('finds %s of Bitcoin from a nonce just before', (_, header, nonce, target) => {
    const search = prepareSearch(withNonce(header, 0), target);
    expect(search(nonce - 99, nonce + 100)).toEqual({ nonce, count: 100 });
    expect(search(nonce - 100, nonce)).toEqual({ nonce: undefined, count: 100 });
    expect(search(nonce + 1, nonce + 100)).toEqual({ nonce: undefined, count: 99 });
  });

  test('takes a hash equal to the target and none above it', () => {
    const exact = hashNumber(GENESIS);
    expect(prepareSearch(GENESIS, exact)(GENESIS_NONCE, GENESIS_NONCE + 1).nonce).toBe(GENESIS_NONCE);
    expect(prepareSearch(GENESIS, exact - 1n)(GENESIS_NONCE, GENESIS_NONCE + 1).nonce).toBeUndefined();
  });

  test('agrees with a plain hash on random headers and targets', () => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
    console.log(`SEED=${seed}`);
    let state = sha256(Uint8Array.of(...new Uint8Array(Uint32Array.of(seed).buffer)));
    for (let round = 0; round < 100; round += 1) {
      state = sha256(state);
      const header = new Uint8Array(80);
      for (let at = 0; at < 80; at += 20) header.set(sha256(Uint8Array.of(at, ...state)).subarray(0, 20), at);
      const from = new DataView(state.buffer).getUint32(0, true) % (2 ** 32 - 50);
      // About one hash of 16 hits.
      const target = (1n << 252n) - 1n;
      let nonce: number | undefined;
      for (let at = from + 49; at >= from; at -= 1)
        if (hashNumber(withNonce(header, at)) <= target) nonce = at;
      expect(prepareSearch(header, target)(from, from + 50)).toEqual({
        nonce,
        count: nonce === undefined ? 50 : nonce - from + 1,
      });
    }
  });

  test('tries the last nonce of the space and then stops', () => {
    const search = prepareSearch(GENESIS, 0n);
    expect(search(2 ** 32 - 3, 2 ** 32)).toEqual({ nonce: undefined, count: 3 });
    expect(search(2 ** 32, 2 ** 32)).toEqual({ nonce: undefined, count: 0 });
    const all = (1n << 256n) - 1n;
    expect(prepareSearch(GENESIS, all)(2 ** 32 - 1, 2 ** 32)).toEqual({ nonce: 2 ** 32 - 1, count: 1 });
  });

  test('refuses what is no header or no target', () => {
    expect(() => prepareSearch(new Uint8Array(79), 1n)).toThrow(RangeError);
    expect(() => prepareSearch(GENESIS, 1n << 256n)).toThrow(RangeError);
    expect(() => prepareSearch(GENESIS, -1n)).toThrow(RangeError);
  });
});
