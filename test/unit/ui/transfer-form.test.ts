import { expect, test } from 'vitest';
import { knownAccounts } from '../../../web/ui/chain/known-accounts.ts';
import { namesakes } from '../../../web/ui/chain/namesakes.ts';
import { readTransfer, type TransferForm } from '../../../web/ui/chain/transfer-form.ts';
import { accountName } from '../../../web/ui/names.ts';
import { ALICE, block, chain, NOBODY, peer, pending } from './snapshots.ts';

const BOB = 'b2'.repeat(32);
const CAROL = 'c3'.repeat(32);
const good: TransferForm = { recipient: BOB, amount: '7', fee: '', memo: '' };
const read = (change: Partial<TransferForm>, available = 10) =>
  readTransfer({ ...good, ...change }, ALICE, available);
const problems = (change: Partial<TransferForm>, available?: number) => {
  const result = read(change, available);
  return result.ok ? {} : result.problems;
};

test('a form in order is a draft, however the account was pasted', () => {
  const pasted = ` ${BOB.slice(0, 30).toUpperCase()}\n${BOB.slice(30)} `;
  expect(read({ recipient: pasted, amount: ' 7 ', fee: '3', memo: ' thanks ' })).toEqual({
    ok: true,
    draft: { recipient: BOB, amount: 7, fee: 3, memo: 'thanks' },
  });
});

test.each([
  [{ recipient: '' }, { recipient: 'no-recipient' }],
  [{ recipient: 'Amber Otter' }, { recipient: 'bad-recipient' }],
  [{ recipient: NOBODY }, { recipient: 'bad-recipient' }],
  [{ recipient: ALICE }, { recipient: 'own-account' }],
  [{ amount: '' }, { amount: 'no-amount' }],
  [{ amount: '0' }, { amount: 'no-amount' }],
  [{ amount: '1.5' }, { amount: 'not-whole' }],
  [{ amount: '1,000' }, { amount: 'not-whole' }],
  [{ amount: '-1' }, { amount: 'not-whole' }],
  [{ amount: '1e3' }, { amount: 'not-whole' }],
  [{ amount: '9'.repeat(40) }, { amount: 'not-whole' }],
  [{ amount: '11' }, { amount: 'over-balance' }],
  [{ amount: '8', fee: '3' }, { amount: 'over-balance' }],
  [{ fee: 'much' }, { fee: 'not-whole' }],
  [{ memo: '日'.repeat(171) }, { memo: 'memo-too-long' }],
  [
    { recipient: '', amount: 'x' },
    { recipient: 'no-recipient', amount: 'not-whole' },
  ],
] as const)('%o is told field by field: %o', (change, expected) =>
  expect(problems(change)).toEqual(expected),
);

test('all that one has can be sent, the fee with it', () => {
  expect(problems({ amount: '7', fee: '3' })).toEqual({});
});

test('linked peers come first, each account once, never oneself or nobody', () => {
  const seen = chain(2, {
    recent: [
      { ...block(2), producer: CAROL, memos: [{ sender: BOB, memo: 'hi' }] },
      { ...block(1), producer: NOBODY },
    ],
  });
  const mempool = { count: 1, bytes: 1, pending: [pending('tx', 'hi')] };
  const known = knownAccounts(
    ALICE,
    { peers: [peer({ key: BOB }), peer({ key: undefined })] },
    mempool,
    seen,
    [ALICE, NOBODY, CAROL, 'dd'.repeat(32)],
  );
  expect(known).toEqual({ linked: [BOB], others: [CAROL, 'dd'.repeat(32)] });
});

test('a name is found by a part of it, and one letter is no part', () => {
  const [word = ''] = accountName(BOB).split(' ');
  expect(namesakes([ALICE, BOB], ` ${word.toUpperCase()} `)).toContain(BOB);
  expect(namesakes([ALICE, BOB], word.slice(0, 1))).toEqual([]);
});
