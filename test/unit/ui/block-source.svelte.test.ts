import { flushSync } from 'svelte';
import { expect, onTestFinished, test } from 'vitest';
import type { ToEngine } from '../../../web/engine/messages.ts';
import type { BlockSummary } from '../../../web/node/snapshot.ts';
import { BlockSource } from '../../../web/ui/chain/block-source.svelte.ts';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import { blocks, chain, status } from './snapshots.ts';

type Asked = Extract<ToEngine, { type: 'ask' }>;

function begin(height: number) {
  const asked: Asked[] = [];
  const client = new EngineClient((message) => {
    if (message.type === 'ask') asked.push(message);
  });
  client.receive({ type: 'status', status: status() });
  let shown = $state.raw(chain(height));
  let checks = $state(0);
  const source = new BlockSource(
    client,
    () => shown,
    () => checks,
  );
  return {
    source,
    asked,
    ranges: () => asked.map(({ question }) => question.kind === 'summaries' && question.range),
    /** To the question `nth` (from 1), once it is asked. */
    async answer(nth: number, value: readonly BlockSummary[]): Promise<void> {
      await expect.poll(() => asked.length).toBe(nth);
      const { requestId } = asked[nth - 1] as Asked;
      client.receive({ type: 'answer', requestId, answer: { kind: 'summaries', value } });
    },
    tell(height: number): void {
      shown = chain(height);
    },
    endCheck(): void {
      checks++;
      flushSync();
    },
    /** As a row on screen does while its block is missing. */
    show(at: number): void {
      const hide = $effect.root(() => {
        $effect(() => source.want(at));
      });
      flushSync();
      onTestFinished(hide);
    },
  };
}

test('a row whose block is not here gets it with its whole page', async () => {
  const { source, show, answer, ranges } = begin(200);
  expect(source.at(50)).toEqual({ kind: 'loading' });
  show(50);
  await answer(1, blocks(40, 79));
  await expect.poll(() => source.at(50)).toMatchObject({ kind: 'block', block: { id: 'a50' } });
  expect(source.at(79)).toMatchObject({ kind: 'block' });
  expect(ranges()).toEqual([{ from: 40, to: 79 }]);
});

test('what could not be read is asked for again when a check has ended, by the rows on screen', async () => {
  const { source, show, answer, asked, endCheck } = begin(200);
  show(50);
  show(51);
  await answer(1, blocks(40, 49));
  await expect.poll(() => source.at(50)).toEqual({ kind: 'unreadable' });
  expect(source.at(51)).toEqual({ kind: 'unreadable' });
  endCheck();
  await answer(2, blocks(40, 79));
  await expect.poll(() => source.at(50)).toMatchObject({ kind: 'block' });
  expect(source.at(51)).toMatchObject({ kind: 'block' });
  expect(asked).toHaveLength(2);
});

test('what was read before a check had ended is no answer for after it', async () => {
  const { source, show, answer, endCheck } = begin(200);
  show(50);
  endCheck();
  await answer(1, blocks(40, 49));
  await answer(2, blocks(40, 79));
  await expect.poll(() => source.at(50)).toMatchObject({ kind: 'block' });
});

test('above the tip as it was when it was asked nothing is unreadable: it is not read yet', async () => {
  const { source, show, answer, tell } = begin(110);
  expect(source.at(85)).toEqual({ kind: 'loading' });
  show(85);
  tell(150);
  expect(source.at(115)).toEqual({ kind: 'loading' });
  show(115);
  await answer(1, blocks(80, 110));
  await expect.poll(() => source.at(85)).toMatchObject({ kind: 'block' });
  expect(source.at(115)).toEqual({ kind: 'loading' });
  await answer(2, blocks(80, 119));
  await expect.poll(() => source.at(115)).toMatchObject({ kind: 'block' });
});
