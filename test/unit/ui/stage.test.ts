import { expect, test } from 'vitest';
import type { BlockSummary } from '../../../web/node/snapshot.ts';
import { networkGraph } from '../../../web/ui/network/graph-model.ts';
import { memoScale } from '../../../web/ui/stage/memo-scale.ts';
import { nodeCount } from '../../../web/ui/stage/node-count.ts';
import { hasMessages, stageItems } from '../../../web/ui/stage/stage-blocks.ts';
import { offStageLink, stageLink } from '../../../web/ui/stage/stage-link.ts';
import { account, crowd } from './crowd.ts';
import { ALICE, blocks } from './snapshots.ts';

/** Blocks 0 to `height`, newest first; those in `written` hold a message. */
function recent(height: number, written: readonly number[]): BlockSummary[] {
  return blocks(0, height).map((block) =>
    written.includes(block.height) ? { ...block, memos: [{ sender: ALICE, memo: 'hi' }] } : block,
  );
}

function shown(list: readonly BlockSummary[]): string[] {
  return stageItems(list).map((item) =>
    item.kind === 'block' ? `#${item.block.height}` : `${item.from}-${item.to}`,
  );
}

test('the newest block stands by itself, runs without messages behind it are one', () => {
  expect(shown(recent(9, [8, 4]))).toEqual(['#9', '#8', '7-5', '#4', '3-0']);
  expect(shown(recent(3, [3, 1]))).toEqual(['#3', '2-2', '#1', '0-0']);
  expect(shown(recent(0, []))).toEqual(['#0']);
  expect(shown([])).toEqual([]);
});

test('twenty messages are more than a screen has room for', () => {
  expect(
    shown(
      recent(
        20,
        blocks(1, 20).map(({ height }) => height),
      ),
    ),
  ).toHaveLength(8);
});

test('a chain without messages is told from one with some', () => {
  expect(hasMessages(recent(9, []))).toBe(false);
  expect(hasMessages(recent(9, [2]))).toBe(true);
});

test('nodes are counted by the server or by the peers, whoever knows of more', () => {
  const own = account(999);
  const graph = networkGraph(own, crowd(3, 5, 2), Infinity);
  expect(nodeCount({ kind: 'connected', members: 30 }, graph)).toBe(30);
  expect(nodeCount({ kind: 'connected', members: 1 }, graph)).toBe(graph.known);
  expect(nodeCount({ kind: 'retrying', atMs: 0 }, graph)).toBe(graph.known);
  expect(nodeCount({ kind: 'connecting' }, networkGraph(undefined, [], Infinity))).toBe(1);
});

test('short messages are written larger than long ones, and wide characters count twice', () => {
  expect(memoScale('Hello P2P')).toBe('huge');
  expect(memoScale('こんにちは、みんなのチェーン')).toBe('large');
  expect(memoScale('a'.repeat(84))).toBe('large');
  expect(memoScale('あ'.repeat(43))).toBe('small');
});

test('the link of the stage keeps the network, and the way back is the same without it', () => {
  const page = { pathname: '/', search: '?network=regtest' };
  expect(stageLink(page, 'class-7b')).toBe('./?network=regtest&view=stage#class-7b');
  expect(stageLink({ ...page, search: '' }, 'class-7b')).toBe('./?view=stage#class-7b');
  expect(offStageLink({ ...page, search: '?view=stage' }, 'class-7b')).toBe('./#class-7b');
  expect(offStageLink({ ...page, search: '?network=regtest&view=stage' }, 'class-7b')).toBe(
    './?network=regtest#class-7b',
  );
});
