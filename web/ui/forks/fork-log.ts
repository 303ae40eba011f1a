/** What the tree's branches came to, as a list that people read: reorgs, and blocks that were refused. */
import type { AccountId } from '../../core/hash.ts';
import type { RuleCode } from '../../core/rules.ts';
import type { BranchBlock, ReorgRecord } from '../../node/snapshot.ts';

/** As many as anyone reads. The node remembers 20 reorgs; of refused blocks a hostile room could make hundreds. */
export const MAX_EVENTS = 30;

export type ForkEvent =
  | ({ readonly kind: 'reorg' } & ReorgRecord)
  | {
      readonly kind: 'refused';
      readonly atMs: number;
      readonly height: number;
      readonly block: BranchBlock['id'];
      readonly from: AccountId | undefined;
      readonly rule: RuleCode;
    };

/** Newest first. What builds on a refused block is not an event of its own. */
export function forkEvents(
  reorgs: readonly ReorgRecord[],
  branches: readonly BranchBlock[],
): readonly ForkEvent[] {
  const events: ForkEvent[] = reorgs.map((reorg) => ({ kind: 'reorg', ...reorg }));
  for (const { id, height, invalid, heardAtMs, heardFrom } of branches) {
    if (invalid === undefined || invalid === 'invalid-chain' || heardAtMs === undefined) continue;
    events.push({ kind: 'refused', atMs: heardAtMs, height, block: id, from: heardFrom, rule: invalid });
  }
  return events.sort((a, b) => b.atMs - a.atMs).slice(0, MAX_EVENTS);
}
