import { describe, expect, test } from 'vitest';
import type { BranchBlock, ReorgRecord } from '../../../web/node/snapshot.ts';
import { blockState, type BlockState } from '../../../web/ui/forks/block-state.ts';
import { forkEvents, MAX_EVENTS } from '../../../web/ui/forks/fork-log.ts';
import { reorgSentence } from '../../../web/ui/forks/fork-sentences.ts';
import { ALICE } from './snapshots.ts';

function branchBlock(changes: Partial<BranchBlock>): BranchBlock {
  return {
    id: 'b9',
    prevId: 'a8',
    height: 9,
    time: 0,
    work: '1',
    heardAtMs: 1_000,
    heardFrom: ALICE,
    hasBody: true,
    producer: ALICE,
    wasActive: false,
    invalid: undefined,
    ...changes,
  };
}

const reorgAt = (atMs: number): ReorgRecord => {
  return { atMs, depth: 2, forkHeight: 80, newHeight: 84, ownReturned: 1 };
};

describe('what happened', () => {
  test('reorgs and refused blocks, the newest first; what builds on a refused block is left out', () => {
    const refused = branchBlock({ invalid: 'overdraft', heardAtMs: 2_000 });
    const onTop = branchBlock({ id: 'b10', height: 10, invalid: 'invalid-chain', heardAtMs: 2_500 });
    const stale = branchBlock({ id: 'c9', wasActive: true });
    expect(forkEvents([reorgAt(3_000), reorgAt(1_000)], [stale, refused, onTop])).toEqual([
      { kind: 'reorg', ...reorgAt(3_000) },
      { kind: 'refused', atMs: 2_000, height: 9, block: 'b9', from: ALICE, rule: 'overdraft' },
      { kind: 'reorg', ...reorgAt(1_000) },
    ]);
  });

  test('of a flood of refused blocks the newest are told', () => {
    const flood = Array.from({ length: 200 }, (_, i) =>
      branchBlock({ id: `b${i}`, invalid: 'overdraft', heardAtMs: i }),
    );
    const events = forkEvents([], flood);
    expect(events).toHaveLength(MAX_EVENTS);
    expect(events[0]?.atMs).toBe(199);
  });

  test.each([
    [0, 'Reorg 2 deep at #81: nothing of yours was lost.'],
    [1, 'Reorg 2 deep at #81: your message went back to pending.'],
    [3, 'Reorg 2 deep at #81: 3 messages of yours went back to pending.'],
  ])('the sentence, with %i messages returned', (returned, sentence) => {
    expect(reorgSentence({ ...reorgAt(0), ownReturned: returned })).toBe(sentence);
  });
});

test.each<[BlockState, Partial<BranchBlock>]>([
  ['stale', { wasActive: true }],
  ['stale', { wasActive: true, hasBody: false }],
  ['rival', {}],
  ['announced', { hasBody: false }],
  ['refused', { invalid: 'invalid-chain', wasActive: true }],
])('%s: %o', (state, changes) => {
  expect(blockState(branchBlock(changes))).toBe(state);
});
