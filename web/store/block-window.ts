import type { StoredBlock } from '../node/ports.ts';

/** The newest part of the active chain, as changes follow each other: the blocks above `forkHeight` are in it. */
export interface BlockWindow {
  readonly forkHeight: number;
  readonly tipHeight: number;
  /** Undefined outside of the window, and for what `trim` dropped. */
  at(height: number): StoredBlock | undefined;
  /** By height, upwards. */
  blocks(): StoredBlock[];
  /** Another change: its blocks take the place of all above its fork. */
  replace(forkHeight: number, connected: readonly StoredBlock[]): void;
  /** Drops the oldest blocks beyond so many. */
  trim(keep: number): void;
}

export function createBlockWindow(atHeight: number): BlockWindow {
  let forkHeight = atHeight;
  let tipHeight = atHeight;
  /** In the order of height: what is replaced is deleted first, so new blocks come last. */
  const blocks = new Map<number, StoredBlock>();
  return {
    get forkHeight() {
      return forkHeight;
    },
    get tipHeight() {
      return tipHeight;
    },
    at: (height) => blocks.get(height),
    blocks: () => [...blocks.values()],
    replace(fork, connected) {
      while (tipHeight > fork) blocks.delete(tipHeight--);
      forkHeight = Math.min(forkHeight, fork);
      tipHeight = fork;
      for (const block of connected) blocks.set((tipHeight += 1), block);
    },
    trim(keep) {
      for (const height of blocks.keys()) {
        if (blocks.size <= keep) return;
        blocks.delete(height);
      }
    },
  };
}
