/** The arrow keys in the block tree: from which block to which. */
import type { Cell, TreeLayout } from './tree-layout.ts';

const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'] as const;
export type TreeKey = (typeof ARROWS)[number];

export function isTreeKey(key: string): key is TreeKey {
  return (ARROWS as readonly string[]).includes(key);
}

/**
 * Left is towards newer blocks on the same branch, right towards the parent, whichever branch it is on; up and down
 * lead to the next branch, to what is nearest there. Home is the tip, End the oldest block shown.
 */
export function stepFrom({ cells }: TreeLayout, from: Cell, key: TreeKey): Cell {
  switch (key) {
    case 'ArrowLeft':
      return cells.find((cell) => cell.parent === from.key && cell.lane === from.lane) ?? from;
    case 'ArrowRight':
      return cells.find((cell) => cell.key === from.parent) ?? from;
    case 'ArrowUp':
      return nextLane(cells, from, -1);
    case 'ArrowDown':
      return nextLane(cells, from, 1);
    case 'Home':
      return cells.find(({ isTip }) => isTip) ?? from;
    case 'End':
      return cells.findLast(({ lane }) => lane === 0) ?? from;
  }
}

function nextLane(cells: readonly Cell[], from: Cell, step: 1 | -1): Cell {
  const distance = (cell: Cell): number => Math.abs(cell.column - from.column);
  const [next] = cells
    .filter(({ lane }) => (lane - from.lane) * step > 0)
    .sort((a, b) => (a.lane - b.lane) * step || distance(a) - distance(b));
  return next ?? from;
}
