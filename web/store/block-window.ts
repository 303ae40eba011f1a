import { blockSize } from '../core/block.ts';
import type { StoredBlock } from '../node/ports.ts';

/** The newest part of the active chain, as changes follow each other: the blocks above `forkHeight` are in it. */
export interface BlockWindow {
  readonly forkHeight: number;
  readonly tipHeight: number;
  /** From here on every block up to the tip is in it; above the tip: it has none. */
  readonly firstHeight: number;
  /** Undefined outside of the window, and for what was trimmed. */
  at(height: number): StoredBlock | undefined;
  /** By height, upwards. */
  blocks(): StoredBlock[];
  /** Another change: its blocks take the place of all above its fork. */
  replace(forkHeight: number, connected: readonly StoredBlock[]): void;
  /** The changes of another window, which follow those of this one. */
  absorb(newer: BlockWindow): void;
  /** Drops the oldest blocks beyond so many. */
  trim(keep: number): void;
  /** Drops the oldest blocks beyond so many bytes of encoded blocks. True if there were any. */
  trimBytes(keepBytes: number): boolean;
}

export function createBlockWindow(atHeight: number): BlockWindow {
  let forkHeight = atHeight;
  let tipHeight = atHeight;
  let bytes = 0;
  /** In the order of height: what is replaced is deleted first, so new blocks come last. */
  const blocks = new Map<number, StoredBlock>();

  function add(height: number, block: StoredBlock): void {
    blocks.set(height, block);
    bytes += blockSize(block.block);
  }

  function drop(height: number): void {
    const dropped = blocks.get(height);
    if (dropped === undefined) return;
    bytes -= blockSize(dropped.block);
    blocks.delete(height);
  }

  return {
    get forkHeight() {
      return forkHeight;
    },
    get tipHeight() {
      return tipHeight;
    },
    get firstHeight() {
      const [first] = blocks.keys();
      return first ?? tipHeight + 1;
    },
    at: (height) => blocks.get(height),
    blocks: () => [...blocks.values()],
    replace(fork, connected) {
      while (tipHeight > fork) drop(tipHeight--);
      forkHeight = Math.min(forkHeight, fork);
      tipHeight = fork;
      for (const block of connected) add((tipHeight += 1), block);
    },
    absorb(newer) {
      // What lies below a gap is of no use to anybody.
      if (newer.firstHeight > newer.forkHeight + 1) for (const height of blocks.keys()) drop(height);
      while (tipHeight > newer.forkHeight) drop(tipHeight--);
      forkHeight = Math.min(forkHeight, newer.forkHeight);
      tipHeight = newer.tipHeight;
      for (const [i, block] of newer.blocks().entries()) add(newer.firstHeight + i, block);
    },
    trim(keep) {
      for (const height of blocks.keys()) {
        if (blocks.size <= keep) return;
        drop(height);
      }
    },
    trimBytes(keepBytes) {
      const isTooMuch = bytes > keepBytes;
      for (const height of blocks.keys()) {
        if (bytes <= keepBytes) break;
        drop(height);
      }
      return isTooMuch;
    },
  };
}
