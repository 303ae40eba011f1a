import type { BlockSummary } from '../../node/snapshot.ts';

/** Blocks asked for at once: a screenful or two, and few enough to decode within a frame. */
export const PAGE_BLOCKS = 50;

export interface HeightRange {
  readonly from: number;
  readonly to: number;
}

export interface BlockRun {
  /** Newest first; each is the parent of the one before it. */
  readonly blocks: readonly BlockSummary[];
  /** The next page that is needed to make the run `length` long; undefined when it is. */
  readonly missing: HeightRange | undefined;
}

/** The blocks below the snapshot's `recent`, as far as they were fetched. */
export class BlockPages {
  readonly #byHeight = new Map<number, BlockSummary>();

  add(blocks: readonly BlockSummary[]): void {
    for (const block of blocks) this.#byHeight.set(block.height, block);
  }

  /**
   * The newest `length` blocks of the active chain. A fetched block counts only while the block above it names
   * it as its parent, so a reorg never leaves stale blocks in the list.
   */
  run(recent: readonly BlockSummary[], length: number): BlockRun {
    this.add(recent);
    const blocks = recent.slice(0, length);
    let child = blocks.at(-1);
    while (child !== undefined && child.height > 0 && blocks.length < length) {
      const parent = this.#byHeight.get(child.height - 1);
      if (parent?.id !== child.prevId) {
        const to = child.height - 1;
        return { blocks, missing: { from: Math.max(0, to - PAGE_BLOCKS + 1), to } };
      }
      blocks.push(parent);
      child = parent;
    }
    return { blocks, missing: undefined };
  }
}
