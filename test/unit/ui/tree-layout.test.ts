import { describe, expect, test } from 'vitest';
import type { BranchBlock } from '../../../web/node/snapshot.ts';
import { layOut, type Cell, type TreeLayout } from '../../../web/ui/forks/tree-layout.ts';
import { stepFrom, type TreeKey } from '../../../web/ui/forks/tree-steps.ts';

/** `count` blocks on the block of branch `on` below them; no branch: on the active chain. */
function branch(
  name: string,
  from: number,
  count: number,
  on = '',
  changes: Partial<BranchBlock> = {},
): BranchBlock[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${name}${from + i}`,
    prevId: `${i === 0 ? on : name}${from + i - 1}`,
    height: from + i,
    time: 0,
    work: '1',
    heardAtMs: 0,
    heardFrom: undefined,
    hasBody: true,
    producer: undefined,
    wasActive: true,
    invalid: undefined,
    ...changes,
  }));
}

function tree(
  tipHeight: number,
  branches: readonly BranchBlock[],
  unfolded: readonly number[] = [],
): TreeLayout {
  const upwards = branches.toSorted((a, b) => a.height - b.height);
  return layOut({ tipHeight, branches: upwards, unfolded: new Set(unfolded) });
}

function name({ from, to, block, state }: Cell): string {
  const of = block?.id ?? `${from}`;
  const heights = from === to ? of : `${of}..${to}`;
  return state === 'active' || state === 'stale' ? heights : `${heights} ${state}`;
}

/** Each lane as it is drawn, the newest first; `·` where there is nothing. */
function drawn({ columns, lanes, cells }: TreeLayout): string[] {
  return Array.from({ length: lanes }, (_, lane) =>
    Array.from({ length: columns }, (_, column) => {
      const here = cells.filter((cell) => cell.lane === lane && cell.column === column);
      expect(here.length, 'one cell at a place').toBeLessThanOrEqual(1);
      return here[0] ? name(here[0]) : '·';
    }).join(' '),
  );
}

function parents({ cells }: TreeLayout): Record<string, string> {
  const named = new Map(cells.map((cell) => [cell.key, name(cell)]));
  expect(named.size, 'keys are unique').toBe(cells.length);
  return Object.fromEntries(cells.map((cell) => [name(cell), named.get(cell.parent ?? '') ?? '-']));
}

describe('the block tree', () => {
  test('a reorg two deep: the two blocks on a lane of their own, the straight run below folded', () => {
    const layout = tree(84, branch('s', 82, 2));
    expect(drawn(layout)).toEqual(['84 83 82 81 80 79', '· s83 s82 · · ·']);
    expect(parents(layout)).toMatchObject({ s83: 's82', s82: '81', 82: '81', 79: '-' });
    expect(layout.isCut).toBe(true);
    expect(layout.cells.filter(({ isTip }) => isTip).map(name)).toEqual(['84']);
  });

  test('straight runs are folded with their ends, on all lanes alike, and unfold by any of their heights', () => {
    const branches = [...branch('a', 11, 20), ...branch('b', 51, 1)];
    const layout = tree(90, branches);
    expect(drawn(layout)).toEqual([
      '90 52..89 51 50 31..49 30 12..29 11 10 9 8',
      '· · b51 · · a30 a12..29 a11 · · ·',
    ]);
    expect(parents(layout)).toMatchObject({ 51: '50', b51: '50', 'a12..29': 'a11', '12..29': '11' });
    const unfolded = tree(90, branches, [40]);
    expect(unfolded.columns).toBe(layout.columns - 1 + 19);
    expect(drawn(unfolded)[0]).toContain('50 49 48');
  });

  test('three blocks in a row are not worth a fold', () => {
    expect(drawn(tree(8, branch('s', 4, 1)))).toEqual(['8 7 6 5 4 3 2 1', '· · · · s4 · · ·']);
  });

  test('nested forks: a branch that leaves a branch lies below it, and the longer one goes straight on', () => {
    const layout = tree(9, [...branch('a', 4, 4), ...branch('b', 6, 1, 'a'), ...branch('c', 5, 1)]);
    expect(drawn(layout)).toEqual([
      '9 8 7 6 5 4 3 2 1',
      '· · a7 a6 a5 a4 · · ·',
      '· · · · c5 · · · ·',
      '· · · b6 · · · · ·',
    ]);
    expect(parents(layout)).toMatchObject({ b6: 'a5', a4: '3', c5: '4' });
  });

  test('a tie: the rival of the tip stands beside it, at its height', () => {
    const rival = branch('r', 5, 1, '', { wasActive: false, hasBody: false });
    expect(drawn(tree(5, rival))).toEqual(['5 4 3 2', 'r5 announced · · ·']);
  });

  test('several rivals of one block each have a lane; far apart they share one', () => {
    const rivals = ['x', 'y', 'z'].flatMap((rival) => branch(rival, 5, 1));
    expect(drawn(tree(9, [...rivals, ...branch('w', 8, 1)])).slice(1)).toEqual([
      '· w8 · · x5 · · ·',
      '· · · · y5 · · ·',
      '· · · · z5 · · ·',
    ]);
  });

  test('a refused branch above the tip: it is newer than the chain, and is not it', () => {
    const refused = branch('b', 6, 2, '', { wasActive: false, hasBody: false, invalid: 'overdraft' });
    const layout = tree(5, refused);
    expect(drawn(layout)).toEqual(['· · 5 4 3', 'b7 refused b6 refused · · ·']);
    expect(parents(layout)).toMatchObject({ 'b6 refused': '5' });
  });

  test('a branch whose blocks differ in state is not folded where they do', () => {
    const branches = [
      ...branch('b', 3, 6),
      ...branch('b', 9, 6, 'b', { wasActive: false, invalid: 'overdraft' }),
    ];
    expect(drawn(tree(20, branches))[1]).toBe('· · b14 refused b10..13 refused b9 refused b4..8 b3 · · ·');
  });

  test('the first blocks of a room: nothing is below them', () => {
    const layout = tree(2, branch('s', 1, 1));
    expect(drawn(layout)).toEqual(['2 1 0', '· s1 ·']);
    expect(layout.isCut).toBe(false);
  });

  test('300 heights with a fork at every tenth: few columns, no two cells in one place', () => {
    const branches = Array.from({ length: 29 }, (_, i) => branch(`f${i}-`, 10 * i + 5, 1 + (i % 3))).flat();
    const layout = tree(300, branches);
    expect(drawn(layout)).toHaveLength(2);
    expect(layout.columns).toBeLessThan(160);
    const everyHeight = Array.from({ length: 301 }, (_, height) => height);
    expect(tree(300, branches, everyHeight).columns).toBe(301 - 2);
    parents(layout);
  });
});

describe('the arrow keys', () => {
  const layout = tree(20, [...branch('s', 11, 3), ...branch('t', 13, 1, 's')]);
  const at = (sought: string): Cell => layout.cells.find((cell) => name(cell) === sought) as Cell;
  const moves: [string, TreeKey, string][] = [
    ['20', 'ArrowRight', '14..19'],
    ['14..19', 'ArrowRight', '13'],
    ['s11', 'ArrowRight', '10'],
    ['t13', 'ArrowRight', 's12'],
    ['s11', 'ArrowLeft', 's12'],
    ['10', 'ArrowLeft', '11'],
    ['s13', 'ArrowLeft', 's13'],
    ['20', 'ArrowLeft', '20'],
    ['12', 'ArrowDown', 's12'],
    ['20', 'ArrowDown', 's13'],
    ['s12', 'ArrowDown', 't13'],
    ['t13', 'ArrowDown', 't13'],
    ['t13', 'ArrowUp', 's13'],
    ['s12', 'ArrowUp', '12'],
    ['t13', 'Home', '20'],
    ['t13', 'End', '8'],
  ];
  test.each(moves)('from %s, %s leads to %s', (from, key, to) => {
    expect(name(stepFrom(layout, at(from), key))).toBe(to);
  });
});
