import { expect, test } from 'vitest';
import type { Question, ToEngine } from '../../../web/engine/messages.ts';
import type { CheckOutcome, CheckReply } from '../../../web/node/check-report.ts';
import { CheckRun } from '../../../web/ui/archive/check-run.svelte.ts';
import { checkText } from '../../../web/ui/archive/check-words.ts';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import { status } from './snapshots.ts';

type Asked = Extract<ToEngine, { type: 'ask' }>;

const GOOD: CheckOutcome = {
  goodUpTo: 1_204,
  repaired: 0,
  firstRepaired: undefined,
  isIndexRewritten: false,
  problem: undefined,
};
const next = (done: number): CheckReply => ({ kind: 'next', progress: { done, total: 9 } });

function begin() {
  const posted: ToEngine[] = [];
  const client = new EngineClient((message) => posted.push(message));
  client.receive({ type: 'status', status: status() });
  const run = new CheckRun(client);
  const asked = (kind: Question['kind']) =>
    posted.filter((message): message is Asked => message.type === 'ask' && message.question.kind === kind);
  const answer = async (nth: number, value: CheckReply) => {
    await expect.poll(() => asked('check-next').length).toBe(nth);
    const { requestId } = asked('check-next')[nth - 1] as Asked;
    client.receive({ type: 'answer', requestId, answer: { kind: 'check-next', value } });
  };
  const firsts = () =>
    asked('check-next').map(({ question }) => question.kind === 'check-next' && question.isFirst);
  return { run, client, asked, answer, firsts };
}

test('a check goes on piece by piece to its outcome', async () => {
  const { run, answer, firsts } = begin();
  const ended = run.start(8);
  expect(run.state).toEqual({ kind: 'running', progress: { done: 0, total: 8 } });
  await answer(1, next(4));
  await expect.poll(() => run.state).toEqual({ kind: 'running', progress: { done: 4, total: 9 } });
  await answer(2, { kind: 'done', outcome: GOOD });
  await ended;
  expect(run.state).toEqual({ kind: 'done', outcome: GOOD });
  expect(run.ended).toBe(1);
  expect(firsts()).toEqual([true, false]);
});

test('a check that is cancelled tells the engine at once, and another may begin', async () => {
  const { run, asked, answer, firsts } = begin();
  const ended = run.start(8);
  await answer(1, next(4));
  await expect.poll(() => asked('check-next')).toHaveLength(2);
  run.cancel();
  expect(run.state).toEqual({ kind: 'cancelled', blocks: 4 });
  expect(asked('check-stop')).toHaveLength(1);
  expect(run.ended).toBe(1);
  const again = run.start(9);
  await answer(3, next(1));
  // To the first one's question.
  const [, late] = asked('check-next') as [Asked, Asked];
  expect(late.question).toMatchObject({ isFirst: false });
  await expect.poll(() => run.state).toEqual({ kind: 'running', progress: { done: 1, total: 9 } });
  await answer(4, { kind: 'done', outcome: GOOD });
  await again;
  expect(run.state).toEqual({ kind: 'done', outcome: GOOD });
  expect(run.ended).toBe(2);
  expect(firsts()).toEqual([true, false, true, false]);
  void ended;
});

test('a check whose node has stopped says so', async () => {
  const { run, answer } = begin();
  const ended = run.start(8);
  await answer(1, { kind: 'stopped' });
  await ended;
  expect(run.state).toEqual({ kind: 'failed' });
});

test.each<[Partial<CheckOutcome>, string]>([
  [{}, 'All 1,204 blocks are stored as they should be, and the balances follow from them.'],
  [
    { repaired: 3, firstRepaired: 12, isIndexRewritten: true },
    '3 blocks were damaged, the first of them #12, and have been stored anew. The stored headers or balances were damaged, and have been stored anew. All 1,204 blocks are stored as they should be, and the balances follow from them.',
  ],
  [
    { goodUpTo: 1_203, repaired: 1, firstRepaired: 12, problem: { code: 'lost', height: 1_204 } },
    '1 block was damaged, #12, and has been stored anew. Block #1,204 is damaged in this browser’s storage, and no peer that is linked has it. All before it is good. Check again while others are in the room.',
  ],
  [
    { goodUpTo: 6, problem: { code: 'broken-rule', height: 7, rule: 'overdraft' } },
    'Block #7 breaks a rule: the chain that this tab follows is not valid from there on. All before it is good. Open the room in another browser, which checks each block that it fetches. Reason: Transaction that its sender’s balance does not cover.',
  ],
  [
    { problem: { code: 'not-stored' } },
    'This tab stores nothing at the moment, so there is nothing to check.',
  ],
  [
    { problem: { code: 'unreadable' } },
    'The browser’s storage did not answer. Reload the page and check again.',
  ],
])('the outcome %o is said', (outcome, text) => {
  expect(checkText({ ...GOOD, ...outcome })).toBe(text);
});
