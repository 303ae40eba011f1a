import { expect, test } from 'vitest';
import type { ReorgRecord } from '../../../web/node/snapshot.ts';
import { BlockCache, PAGE_BLOCKS } from '../../../web/ui/chain/block-cache.ts';
import { blocks, chain } from './snapshots.ts';

const reorgAt = (forkHeight: number, atMs: number): ReorgRecord => ({
  atMs,
  depth: 2,
  forkHeight,
  newHeight: forkHeight + 3,
  ownReturned: 0,
});

test('the newest blocks come with the snapshot and stay when newer ones follow', () => {
  const cache = new BlockCache();
  cache.follow(chain(30));
  cache.follow(chain(50));
  expect(cache.at(50)?.id).toBe('a50');
  expect(cache.at(7)?.id).toBe('a7');
  expect(cache.at(6)).toBeUndefined();
});

test('a page holds the height that it is asked for, and pages do not overlap', () => {
  const cache = new BlockCache();
  expect(cache.pageOf(0)).toEqual({ from: 0, to: PAGE_BLOCKS - 1 });
  expect(cache.pageOf(PAGE_BLOCKS - 1)).toEqual(cache.pageOf(0));
  expect(cache.pageOf(PAGE_BLOCKS).from).toBe(PAGE_BLOCKS);
});

test('a reorg takes out what lies above its fork, once', () => {
  const cache = new BlockCache();
  cache.follow(chain(100));
  cache.add(blocks(0, 76));
  // Deeper than the newest blocks, and followed by a shallow one in the same snapshot.
  const reorgs = [reorgAt(98, 2), reorgAt(70, 1)];
  cache.follow(chain(101, { recent: blocks(78, 101, 'b'), reorgs }));
  expect(cache.at(70)?.id).toBe('a70');
  expect(cache.at(71)).toBeUndefined();
  expect(cache.at(78)?.id).toBe('b78');
  cache.add(blocks(71, 77, 'b'));
  cache.follow(chain(102, { recent: blocks(79, 102, 'b'), reorgs }));
  expect(cache.at(71)?.id).toBe('b71');
});

test('a chain that became shorter has no blocks above its tip', () => {
  const cache = new BlockCache();
  cache.follow(chain(100));
  cache.follow(chain(97, { recent: blocks(74, 97, 'b'), reorgs: [reorgAt(99, 1)] }));
  expect(cache.at(98)).toBeUndefined();
});

test('what was scrolled past long ago is let go of', () => {
  const cache = new BlockCache();
  cache.follow(chain(20_000));
  cache.add(blocks(0, 9));
  cache.add(blocks(5_000, 9_999));
  expect(cache.at(9)).toBeUndefined();
  expect(cache.at(5_000)?.id).toBe('a5000');
});
