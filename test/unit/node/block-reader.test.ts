/** Ranges of the active chain whose older part is in the store only. */
import { beforeEach, expect, test } from 'vitest';
import { Chain } from '../../../web/core/chain.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { MAX_RANGE, readActiveBlocks } from '../../../web/node/block-reader.ts';
import type { Store, StoredBlock } from '../../../web/node/ports.ts';
import { GENESIS } from '../core/build.ts';
import { blocksOn } from './header-maker.ts';

const HEIGHT = 400;

const chain = new Chain(REGTEST, GENESIS, () => true);
const stored: StoredBlock[] = [];
for (const block of blocksOn(GENESIS.header, 0, HEIGHT)) {
  chain.addBlock(block, Infinity);
  stored.push(...chain.activate().connected.map(({ entry, ...rest }) => ({ id: entry.id, ...rest })));
}

/** Heights at which the store can't read. */
const damaged = new Set<number>();
let reads = 0;
const store: Store = {
  commit: () => undefined,
  takesUpTo: Infinity,
  readBlocks: (from, to, done) => {
    reads++;
    let end = from;
    while (end <= to && !damaged.has(end)) end++;
    done(stored.slice(from - 1, end - 1));
  },
};

beforeEach(() => {
  damaged.clear();
  reads = 0;
});

function heights(from: number, to: number): number[] {
  const read: number[] = [];
  readActiveBlocks(chain, store, { from, to }, (blocks) =>
    read.push(...blocks.map(({ entry }) => entry.height)),
  );
  return read;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

test('a range of blocks comes from memory, from the store, or from both', () => {
  expect(heights(390, 500)).toEqual(range(390, HEIGHT));
  expect(reads).toBe(0);
  expect(heights(-5, 20)).toEqual(range(0, 20));
  expect(heights(30, 390)).toEqual(range(30, 30 + MAX_RANGE - 1));
  expect(reads).toBe(2);
});

test('what can not be read is left out, and nothing else', () => {
  for (const height of [7, 8, 20]) damaged.add(height);
  expect(heights(1, 40)).toEqual(range(1, 40).filter((height) => !damaged.has(height)));
});

test('a store that can read nothing is not asked for each block', () => {
  for (const height of range(1, 50)) damaged.add(height);
  expect(heights(1, 50)).toEqual([]);
  expect(reads).toBeLessThan(10);
});
