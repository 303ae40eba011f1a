import type { BranchBlock } from '../../node/snapshot.ts';

/**
 * What a block is to this tab. `stale`: it was in the chain until a reorg replaced it; `rival`: it never was, another
 * block of its height had more work on it or came first; `announced`: the same, and nobody has asked for more than its
 * header; `refused`: it, or one below it, broke a rule.
 */
export type BlockState = 'active' | 'stale' | 'rival' | 'announced' | 'refused';

export function blockState({ invalid, wasActive, hasBody }: BranchBlock): BlockState {
  if (invalid !== undefined) return 'refused';
  if (wasActive) return 'stale';
  return hasBody ? 'rival' : 'announced';
}
