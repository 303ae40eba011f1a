/** What of the chain stands on the stage. */
import type { BlockSummary } from '../../node/snapshot.ts';

/** A block by itself, or several neighbours without messages as one. */
export type StageItem =
  | { readonly kind: 'block'; readonly block: BlockSummary }
  /** Heights, `from` the higher one. */
  | { readonly kind: 'quiet'; readonly from: number; readonly to: number };

/** As many as the widest screen has room for. */
const MAX_ITEMS = 8;

/**
 * `recent`: newest first, as the snapshot has them. The newest stands by itself, whatever it holds. Behind it runs of
 * blocks without messages are folded: in a room that mines all the time they would push every message off the stage.
 */
export function stageItems(recent: readonly BlockSummary[]): readonly StageItem[] {
  const items: StageItem[] = [];
  for (const block of recent) {
    const last = items.at(-1);
    if (last === undefined || block.memos.length > 0) items.push({ kind: 'block', block });
    else if (last.kind === 'quiet') items[items.length - 1] = { ...last, to: block.height };
    else items.push({ kind: 'quiet', from: block.height, to: block.height });
  }
  return items.slice(0, MAX_ITEMS);
}

/** Has anybody written something that this tab's newest blocks show? */
export function hasMessages(recent: readonly BlockSummary[]): boolean {
  return recent.some(({ memos }) => memos.length > 0);
}
