/** What a node's active chain says, read from its memory. */
import type { Block } from '../../web/core/block.ts';
import type { SimNode } from './sim-node.ts';

/** The active blocks of heights `from` to the tip. Throws on one that is in the store only. */
export function activeBlocks({ node, store }: SimNode, from = 1): Block[] {
  const blocks: Block[] = [];
  for (let height = from; height <= node.chain.tip.height; height++) {
    const id = node.chain.activeAt(height)?.id ?? '';
    const block = node.chain.body(id) ?? store.blocks[height - 1]?.block;
    if (!block) throw new Error(`no body of the active block at height ${height}`);
    blocks.push(block);
  }
  return blocks;
}

/** Memos of all transactions but the coinbases, in order. */
export function memosOf(node: SimNode): string[] {
  return activeBlocks(node).flatMap(({ transactions }) => transactions.slice(1).map(({ memo }) => memo));
}
