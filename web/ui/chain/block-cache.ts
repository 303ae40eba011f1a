import type { HeightRange } from '../../node/block-reader.ts';
import type { BlockSummary, ChainSnapshot, ReorgRecord } from '../../node/snapshot.ts';

/** Blocks asked for at once: a screenful or two, and few enough to decode within a frame. */
export const PAGE_BLOCKS = 40;
/** What a user has scrolled past stays at hand up to here: some 5 MB. */
const MAX_CACHED = 4_000;

/** The active chain's blocks by height, as far as the page has seen them. A reorg takes out what it made stale. */
export class BlockCache {
  readonly #byHeight = new Map<number, BlockSummary>();
  #newestReorg: ReorgRecord | undefined;

  at(height: number): BlockSummary | undefined {
    return this.#byHeight.get(height);
  }

  add(blocks: readonly BlockSummary[]): void {
    for (const block of blocks) {
      this.#byHeight.delete(block.height);
      this.#byHeight.set(block.height, block);
    }
    for (const oldest of this.#byHeight.keys()) {
      if (this.#byHeight.size <= MAX_CACHED) break;
      this.#byHeight.delete(oldest);
    }
  }

  /** To be called with each snapshot, before anything of it is shown. */
  follow({ height, recent, reorgs }: ChainSnapshot): void {
    for (const reorg of reorgs) {
      if (isSame(reorg, this.#newestReorg)) break;
      this.#dropAbove(reorg.forkHeight);
    }
    this.#newestReorg = reorgs[0];
    this.#dropAbove(height);
    this.add(recent);
  }

  /** What to ask for to get the block at `height`: its whole page, so that scrolling on finds its neighbours. */
  pageOf(height: number): HeightRange {
    const from = Math.floor(height / PAGE_BLOCKS) * PAGE_BLOCKS;
    return { from, to: from + PAGE_BLOCKS - 1 };
  }

  #dropAbove(height: number): void {
    for (const cached of this.#byHeight.keys()) if (cached > height) this.#byHeight.delete(cached);
  }
}

function isSame(a: ReorgRecord, b: ReorgRecord | undefined): boolean {
  return a.atMs === b?.atMs && a.forkHeight === b.forkHeight && a.newHeight === b.newHeight;
}
