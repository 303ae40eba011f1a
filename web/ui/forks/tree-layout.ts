/**
 * Where each block of the tree stands: a column a height, the newest on the left as in the strip of the chain, and a
 * lane a branch, the active chain first. Runs in which nothing happens on any lane are one column.
 */
import type { BlockId } from '../../core/hash.ts';
import type { BranchBlock } from '../../node/snapshot.ts';
import { blockState, type BlockState } from './block-state.ts';

/** A fold that hides fewer blocks takes more room than it saves. */
const MIN_FOLDED = 4;
/** Of the chain below the lowest fork: enough to see that it goes on. */
const SHOWN_BELOW = 2;

export interface TreeInput {
  readonly tipHeight: number;
  readonly branches: readonly BranchBlock[];
  /** Heights that a user wants to see: a run that has one of them is not folded. */
  readonly unfolded: ReadonlySet<number>;
}

export interface TreeLayout {
  readonly columns: number;
  readonly lanes: number;
  /** Lane by lane, each from its newest on. */
  readonly cells: readonly Cell[];
  /** Does the chain go on below what is shown? */
  readonly isCut: boolean;
}

/** One block, or a folded run of them. */
export interface Cell {
  /** Stays the same while the tree grows. */
  readonly key: string;
  readonly column: number;
  readonly lane: number;
  /** Heights; equal for a block. */
  readonly from: number;
  readonly to: number;
  readonly isTip: boolean;
  readonly state: BlockState;
  /** The lowest block in it; undefined: of the active chain. */
  readonly block: BranchBlock | undefined;
  /** `key` of the cell with the parent; undefined at the end of what is shown. */
  readonly parent: string | undefined;
}

/** A branch, from where it leaves another to its end. */
interface Line {
  readonly blocks: readonly BranchBlock[];
  /** The line it leaves; undefined: the active chain. */
  readonly from: Line | undefined;
}

interface Column {
  readonly from: number;
  readonly to: number;
}

export function layOut({ tipHeight, branches, unfolded }: TreeInput): TreeLayout {
  const lines = linesOf(branches);
  const lowest = Math.max(0, Math.min(tipHeight, ...lines.map(forkHeight)) - SHOWN_BELOW);
  const highest = Math.max(tipHeight, ...lines.map(endHeight));
  const columns = columnsOf(lowest, highest, eventsOf(lines, tipHeight), unfolded);
  const lanes = lanesOf(lines);
  const cells: Cell[] = [];
  const keys = new Map<Line | undefined, (height: number) => string | undefined>();
  for (const line of [undefined, ...lines]) {
    const top = line ? endHeight(line) : tipHeight;
    const bottom = line ? forkHeight(line) + 1 : lowest;
    const own = columns.flatMap((column, i) =>
      column.from >= bottom && column.to <= top ? [{ ...column, column: i }] : [],
    );
    const keyAt = (height: number): string | undefined => {
      const column = own.find(({ from, to }) => from <= height && height <= to);
      return column && `${line?.blocks[column.from - bottom]?.id ?? 'active'}-${column.from}`;
    };
    keys.set(line, keyAt);
    for (const { column, from, to } of own) {
      const block = line?.blocks[from - bottom];
      const parent = from > bottom ? keyAt(from - 1) : line && keys.get(line.from)?.(from - 1);
      cells.push({
        key: keyAt(from) ?? '',
        column,
        lane: line ? (lanes.get(line) ?? 0) : 0,
        from,
        to,
        isTip: line === undefined && to === tipHeight,
        state: block ? blockState(block) : 'active',
        block,
        parent,
      });
    }
  }
  return {
    columns: columns.length,
    lanes: Math.max(0, ...lanes.values()) + 1,
    cells: cells.sort((a, b) => a.lane - b.lane || a.column - b.column),
    isCut: lowest > 0,
  };
}

/** Every line after the one that it leaves; of two children the one with more blocks on top of it goes on. */
function linesOf(branches: readonly BranchBlock[]): Line[] {
  const children = new Map<BlockId, BranchBlock[]>();
  for (const block of branches) children.set(block.prevId, [...(children.get(block.prevId) ?? []), block]);
  const reach = new Map<BlockId, number>();
  for (const block of branches.toReversed()) {
    const above = (children.get(block.id) ?? []).map(({ id }) => reach.get(id) ?? 0);
    reach.set(block.id, Math.max(block.height, ...above));
  }
  const known = new Set(branches.map(({ id }) => id));
  const lines: Line[] = [];
  const starts = branches
    .filter(({ prevId }) => !known.has(prevId))
    .map((block): { block: BranchBlock; from: Line | undefined } => ({ block, from: undefined }));
  for (let start = starts.shift(); start; start = starts.shift()) {
    const blocks: BranchBlock[] = [];
    const line: Line = { blocks, from: start.from };
    for (let next: BranchBlock | undefined = start.block; next;) {
      blocks.push(next);
      const [longest, ...others]: BranchBlock[] = (children.get(next.id) ?? []).toSorted(
        (a, b) => (reach.get(b.id) ?? 0) - (reach.get(a.id) ?? 0),
      );
      starts.push(...others.map((block) => ({ block, from: line })));
      next = longest;
    }
    lines.push(line);
  }
  return lines;
}

function forkHeight({ blocks }: Line): number {
  return (blocks[0]?.height ?? 0) - 1;
}

function endHeight(line: Line): number {
  return forkHeight(line) + line.blocks.length;
}

/** Heights at which a lane begins, ends, parts or changes: those that are never folded. */
function eventsOf(lines: readonly Line[], tipHeight: number): Set<number> {
  const events = new Set([tipHeight]);
  for (const line of lines) {
    events
      .add(forkHeight(line))
      .add(forkHeight(line) + 1)
      .add(endHeight(line));
    for (const [i, block] of line.blocks.entries()) {
      const below = line.blocks[i - 1];
      if (below && blockState(below) !== blockState(block)) events.add(block.height);
    }
  }
  return events;
}

/** The newest first. */
function columnsOf(
  lowest: number,
  highest: number,
  events: ReadonlySet<number>,
  unfolded: ReadonlySet<number>,
): Column[] {
  const columns: Column[] = [];
  let quiet: number[] = [];
  const endRun = (): void => {
    const isFolded = quiet.length >= MIN_FOLDED && !quiet.some((height) => unfolded.has(height));
    if (isFolded) columns.push({ from: quiet.at(-1) ?? 0, to: quiet[0] ?? 0 });
    else for (const height of quiet) columns.push({ from: height, to: height });
    quiet = [];
  };
  for (let height = highest; height >= lowest; height--) {
    if (!events.has(height)) {
      quiet.push(height);
      continue;
    }
    endRun();
    columns.push({ from: height, to: height });
  }
  endRun();
  return columns;
}

/** A line takes the first lane below its parent's on which it touches no other, not even end to end. */
function lanesOf(lines: readonly Line[]): Map<Line, number> {
  const lanes = new Map<Line, number>();
  const taken: Column[][] = [];
  for (const line of lines) {
    const [from, to] = [forkHeight(line), endHeight(line)];
    let lane = (line.from ? (lanes.get(line.from) ?? 0) : 0) + 1;
    while (taken[lane]?.some((other) => other.from <= to && from <= other.to)) lane++;
    (taken[lane] ??= []).push({ from, to });
    lanes.set(line, lane);
  }
  return lanes;
}
