import { expect, test } from 'vitest';
import {
  stageOf,
  underway,
  withComposed,
  withPending,
  withSealed,
  type OwnMessage,
} from '../../../web/ui/chain/own-message.ts';
import { ALICE, blocks, chain, NOBODY, pending } from './snapshots.ts';

const sealedAt = (height: number, txId = 'tx') =>
  ({
    kind: 'sealed',
    txId,
    memo: 'hi',
    recipient: NOBODY,
    amount: 0,
    height,
    blockId: `a${height}`,
  }) as const;

const HI = { memo: 'hi', recipient: undefined, amount: 0, fee: 0 };

function only(messages: readonly OwnMessage[]): OwnMessage {
  const [message] = messages;
  if (message === undefined || messages.length > 1) throw new Error(`${messages.length} messages`);
  return message;
}

test('from pending over sealed to deep', () => {
  let messages = withComposed([], 'tx', HI);
  expect(stageOf(only(messages), chain(4))).toEqual({ kind: 'pending' });
  messages = withSealed(messages, sealedAt(5));
  expect(stageOf(only(messages), chain(5))).toEqual({ kind: 'sealed', height: 5, depth: 1 });
  expect(stageOf(only(messages), chain(7))).toEqual({ kind: 'sealed', height: 5, depth: 3 });
});

test('the event may come before the chain that it speaks of', () => {
  const messages = withSealed(withComposed([], 'tx', HI), sealedAt(5));
  expect(stageOf(only(messages), chain(4))).toEqual({ kind: 'sealed', height: 5, depth: 1 });
});

test('the mempool and the composer tell of the same message once, in either order', () => {
  const composedFirst = withPending(withComposed([], 'tx', HI), [pending('tx', 'hi')]);
  const pendingFirst = withComposed(withPending([], [pending('tx', 'hi')]), 'tx', HI);
  expect(only(composedFirst)).toEqual(only(pendingFirst));
});

test('only transactions of this tab count', () => {
  expect(withPending([], [pending('tx', 'hi', false)])).toEqual([]);
});

test('credits that this tab sends are on their way like a message', () => {
  const draft = { memo: '', recipient: ALICE, amount: 5, fee: 0 };
  const transfer = { recipient: ALICE, amount: 5 };
  expect(only(withComposed([], 'tx', draft)).transfer).toEqual(transfer);
  const view = { ...pending('tx', ''), recipient: ALICE, amount: 5 };
  expect(only(withPending([], [view])).transfer).toEqual(transfer);
  expect(only(withComposed([], 'tx', HI)).transfer).toBeUndefined();
});

test('how many peers know it is remembered once it is sealed', () => {
  const told = withPending(withComposed([], 'tx', HI), [{ ...pending('tx', 'hi'), seenBy: 3 }]);
  expect(only(told).seenBy).toBe(3);
  expect(only(withPending(withSealed(told, sealedAt(5)), [])).seenBy).toBe(3);
});

test('a reorg that gives a message back makes it pending again, before the mempool says so and after', () => {
  const sealed = withSealed(withComposed([], 'tx', HI), sealedAt(5));
  const other = chain(6, { recent: blocks(0, 6, 'b') });
  expect(stageOf(only(sealed), other)).toEqual({ kind: 'pending' });
  expect(only(withPending(sealed, [pending('tx', 'hi')])).seal).toBeUndefined();
});

test('one that leaves the mempool and is in no block is gone, unless it comes back', () => {
  const stage = (messages: readonly OwnMessage[]) => stageOf(only(messages), chain(5)).kind;
  const composed = withComposed([], 'tx', HI);
  // The mempool's news may come later.
  expect(stage(withPending(composed, []))).toBe('pending');
  const waiting = withPending(composed, [pending('tx', 'hi')]);
  const gone = withPending(waiting, []);
  expect(stage(gone)).toBe('gone');
  expect(underway(gone, chain(5))).toHaveLength(1);
  expect(stage(withPending(gone, [pending('tx', 'hi')]))).toBe('pending');
  expect(stage(withPending(withSealed(waiting, sealedAt(5)), []))).toBe('sealed');
});

test('of equal memos only the sealed one is sealed', () => {
  let messages = withComposed(withComposed([], 'old', HI), 'new', HI);
  messages = withSealed(messages, sealedAt(5, 'old'));
  expect(messages.map(({ txId, seal }) => [txId, seal?.height])).toEqual([
    ['new', undefined],
    ['old', 5],
  ]);
});

test('a message six deep has arrived and makes room; one that waits never does', () => {
  const messages = withComposed(withSealed(withComposed([], 'old', HI), sealedAt(5, 'old')), 'new', {
    ...HI,
    memo: 'hm',
  });
  const shown = (height: number) => underway(messages, chain(height)).map(({ message }) => message.txId);
  expect(shown(10)).toEqual(['new', 'old']);
  expect(shown(11)).toEqual(['new']);
});
