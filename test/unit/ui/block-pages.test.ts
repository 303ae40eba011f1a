import { expect, test } from 'vitest';
import { BlockPages, PAGE_BLOCKS } from '../../../web/ui/chain/block-pages.ts';
import { block, blocks } from './snapshots.ts';

const heights = (run: ReturnType<BlockPages['run']>) => run.blocks.map(({ height }) => height);

test('the newest blocks alone need nothing', () => {
  const run = new BlockPages().run(blocks(0, 5), 24);
  expect(heights(run)).toEqual([5, 4, 3, 2, 1, 0]);
  expect(run.missing).toBeUndefined();
});

test('a longer run names the page below, down to genesis', () => {
  const pages = new BlockPages();
  const recent = blocks(77, 100);
  const { missing } = pages.run(recent, 200);
  expect(missing).toEqual({ from: 77 - PAGE_BLOCKS, to: 76 });
  pages.add(blocks(27, 76));
  expect(pages.run(recent, 200).missing).toEqual({ from: 0, to: 26 });
  pages.add(blocks(0, 26));
  const whole = pages.run(recent, 200);
  expect(whole.blocks).toHaveLength(101);
  expect(whole.missing).toBeUndefined();
});

test('blocks that moved out of the newest stay in the run', () => {
  const pages = new BlockPages();
  pages.run(blocks(1, 24), 24);
  const run = pages.run(blocks(3, 26), 26);
  expect(heights(run)).toEqual(Array.from({ length: 26 }, (_, i) => 26 - i));
});

test('after a reorg below the newest blocks, the stale ones are asked for again', () => {
  const pages = new BlockPages();
  pages.add(blocks(0, 76));
  // The new branch left the old one above #70.
  const run = pages.run(blocks(77, 100, 'b'), 60);
  expect(heights(run).at(-1)).toBe(77);
  expect(run.missing?.to).toBe(76);
  pages.add([...blocks(72, 76, 'b'), block(71, 'b', 'a')]);
  const mended = pages.run(blocks(77, 100, 'b'), 60);
  expect(mended.blocks).toHaveLength(60);
  expect(mended.blocks.find(({ height }) => height === 70)?.id).toBe('a70');
  expect(mended.blocks.find(({ height }) => height === 71)?.id).toBe('b71');
});
