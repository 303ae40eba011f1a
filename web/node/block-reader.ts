/** Ranges of the active chain for the page, from memory and from the store. */
import type { Block } from '../core/block.ts';
import type { BlockEntry } from '../core/block-index.ts';
import type { Chain } from '../core/chain.ts';
import type { BlockId } from '../core/hash.ts';
import type { Store } from './ports.ts';
import type { BlockDetail } from './snapshot.ts';
import { blockDetail, type Heard } from './views.ts';

/** Blocks that one question may ask for. */
export const MAX_RANGE = 200;

/** For one question: each read ends before a block that can't be read, and a damaged store has few of these. */
const MAX_READS = 8;

/** Heights, both ends included. */
export interface HeightRange {
  readonly from: number;
  readonly to: number;
}

export interface ActiveBlock {
  readonly entry: BlockEntry;
  readonly block: Block;
}

/** `readActiveBlocks` as the page shows them. */
export function readBlockRange(
  chain: Chain,
  store: Store,
  heard: (id: BlockId) => Heard | undefined,
  range: HeightRange,
  done: (blocks: readonly BlockDetail[]) => void,
): void {
  readActiveBlocks(chain, store, range, (blocks) =>
    done(blocks.map(({ entry, block }) => blockDetail(entry, block, heard(entry.id)))),
  );
}

/**
 * Active blocks by height, upwards, at most `MAX_RANGE`; those that can't be
 * read, or are not active any more when they are, are left out. `done` is
 * called once: at once if all are in memory, else when the store has answered.
 */
export function readActiveBlocks(
  chain: Chain,
  store: Store,
  { from, to }: HeightRange,
  done: (blocks: readonly ActiveBlock[]) => void,
): void {
  const first = Math.max(from, 0);
  const last = Math.min(to, chain.tip.height, first + MAX_RANGE - 1);
  const stored = new Map<BlockId, Block>();
  const answer = () => {
    const blocks: ActiveBlock[] = [];
    for (let height = first; height <= last; height++) {
      const entry = chain.activeAt(height);
      const block = entry && (chain.body(entry.id) ?? stored.get(entry.id));
      if (entry && block) blocks.push({ entry, block });
    }
    done(blocks);
  };
  // The newest are in memory, and genesis always is.
  let lastStored = last;
  while (lastStored >= first && chain.body(chain.activeAt(lastStored)?.id ?? '')) lastStored--;
  if (lastStored < Math.max(first, 1)) return answer();
  let reads = 0;
  const readFrom = (height: number): void => {
    if (height > lastStored || reads++ === MAX_READS) return answer();
    store.readBlocks(height, lastStored, (blocks) => {
      for (const { id, block } of blocks) stored.set(id, block);
      readFrom(height + blocks.length + 1);
    });
  };
  readFrom(Math.max(first, 1));
}
