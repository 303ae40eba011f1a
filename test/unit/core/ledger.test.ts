import { describe, expect, test } from 'vitest';
import { NOBODY } from '../../../web/core/hash.ts';
import { checkSpend, checkTransactionForm, Ledger, type AccountChange } from '../../../web/core/ledger.ts';
import { REGTEST, subsidyAt } from '../../../web/core/params.ts';
import type { Transaction } from '../../../web/core/transaction.ts';
import { coinbase, GENESIS, someAccount, unchecked } from './build.ts';

const [A, B, C, M] = [1, 2, 3, 4].map(someAccount) as [string, string, string, string];
const yes: (tx: Transaction) => boolean = () => true;

function connect(ledger: Ledger, transactions: readonly Transaction[], good = yes): readonly AccountChange[] {
  const changes = ledger.connect({ header: GENESIS.header, transactions }, 1, REGTEST, good);
  if (typeof changes === 'string') throw new Error(changes);
  return changes;
}

function refusal(ledger: Ledger, transactions: readonly Transaction[], good = yes): string {
  const before = ledger.accounts();
  const result = ledger.connect({ header: GENESIS.header, transactions }, 1, REGTEST, good);
  expect(ledger.accounts()).toEqual(before);
  return typeof result === 'string' ? result : 'accepted';
}

const rich = (): Ledger => new Ledger([{ account: A, balance: 100, nonce: 0 }]);

describe('connecting a block', () => {
  test('moves amounts, pays the fees to the coinbase and counts the nonces', () => {
    const ledger = rich();
    connect(ledger, [
      coinbase(1, { recipient: M, amount: 50 + 3 }),
      unchecked(A, { nonce: 0, recipient: B, amount: 30, fee: 1 }),
      unchecked(B, { nonce: 0, recipient: C, amount: 10, fee: 2 }),
      unchecked(A, { nonce: 1, memo: 'hi' }),
    ]);
    expect(ledger.get(A)).toEqual({ balance: 69, nonce: 2 });
    expect(ledger.get(B)).toEqual({ balance: 18, nonce: 1 });
    expect(ledger.get(C)).toEqual({ balance: 10, nonce: 0 });
    expect(ledger.get(M)).toEqual({ balance: 53, nonce: 0 });
  });

  test('lets an account pay itself, and send all it has', () => {
    const ledger = rich();
    connect(ledger, [
      coinbase(1),
      unchecked(A, { nonce: 0, recipient: A, amount: 100 }),
      unchecked(A, { nonce: 1, recipient: B, amount: 100 }),
    ]);
    expect(ledger.get(A)).toEqual({ balance: 0, nonce: 2 });
    expect(ledger.get(B)).toEqual({ balance: 100, nonce: 0 });
  });

  test('makes no account for a recipient of nothing', () => {
    const ledger = rich();
    connect(ledger, [coinbase(1), unchecked(A, { recipient: B })]);
    expect(ledger.accounts().map(({ account }) => account)).toEqual([A, someAccount(0)].sort());
  });

  test('pays its coinbase last: a block can not spend what it makes', () => {
    const spend = unchecked(M, { recipient: B, amount: 1 });
    expect(refusal(rich(), [coinbase(1, { recipient: M }), spend])).toBe('overdraft');
  });

  test('leaves the ledger as it was if a rule is broken', () => {
    const pay = unchecked(A, { recipient: B, amount: 60, fee: 1 });
    const again = unchecked(A, { nonce: 1, recipient: B, amount: 40 });
    expect(refusal(rich(), [coinbase(1, { amount: 51 }), pay, again])).toBe('overdraft');
    expect(refusal(rich(), [coinbase(1, { amount: 50 }), pay])).toBe('bad-coinbase-amount');
    expect(refusal(rich(), [coinbase(1, { amount: 52 }), pay])).toBe('bad-coinbase-amount');
    expect(refusal(rich(), [coinbase(1, { amount: 51 }), pay], () => false)).toBe('bad-signature');
  });

  test('asks for signatures last, and never for the coinbase', () => {
    const asked: Transaction[] = [];
    const ask = (tx: Transaction): boolean => asked.push(tx) > 0;
    const pay = unchecked(A, { recipient: B, amount: 101 });
    expect(refusal(rich(), [coinbase(1), pay], ask)).toBe('overdraft');
    expect(asked).toEqual([]);
    const message = unchecked(A);
    connect(rich(), [coinbase(1), message], ask);
    expect(asked).toEqual([message]);
  });

  test('undone restores the ledger, down to accounts that did not exist', () => {
    const ledger = rich();
    const before = ledger.hash();
    const changes = connect(ledger, [coinbase(1), unchecked(A, { recipient: B, amount: 5 })]);
    const after = ledger.hash();
    ledger.undo(changes);
    expect(ledger.hash()).toBe(before);
    expect(ledger.size).toBe(1);
    ledger.redo(changes);
    expect(ledger.hash()).toBe(after);
  });
});

describe('a spend', () => {
  const MAX = 2 ** 53 - 1;
  test.each([
    ['exactly the balance', 100, 0, 60, 40, undefined],
    ['one more', 100, 0, 60, 41, 'overdraft'],
    ['a fee above the balance', 100, 0, 0, 101, 'overdraft'],
    ['amount and fee whose sum is not exact', 100, 0, MAX, MAX, 'overdraft'],
    ['amount and fee that wrap around in 64 bits', MAX, 0, MAX, 1, 'overdraft'],
    ['a used nonce', 100, -1, 0, 0, 'nonce-used'],
    ['a nonce ahead', 100, 1, 0, 0, 'nonce-gap'],
  ])('of %s', (_, balance, ahead, amount, fee, code) => {
    const tx = unchecked(A, { nonce: 7 + ahead, recipient: B, amount, fee });
    expect(checkSpend({ balance, nonce: 7 }, tx)).toBe(code);
  });
});

test('the form of a transaction', () => {
  expect(checkTransactionForm(unchecked(A))).toBeUndefined();
  expect(checkTransactionForm({ ...unchecked(A), version: 0 })).toBe('bad-transaction-version');
  expect(checkTransactionForm({ ...unchecked(A), version: 2 })).toBe('bad-transaction-version');
  expect(checkTransactionForm(unchecked(A, { recipient: NOBODY, amount: 1 }))).toBe('amount-to-nobody');
  expect(checkTransactionForm(unchecked(A, { recipient: B, amount: 1 }))).toBeUndefined();
});

test('equal ledgers have one hash, whatever their order of arrival', () => {
  const a = { account: A, balance: 1, nonce: 2 };
  const b = { account: B, balance: 3, nonce: 4 };
  expect(new Ledger([a, b]).hash()).toBe(new Ledger([b, a]).hash());
  expect(new Ledger([a, b]).hash()).not.toBe(new Ledger([a, { ...b, nonce: 5 }]).hash());
  expect(new Ledger([]).hash()).not.toBe(new Ledger([a]).hash());
});

test('the subsidy halves every 100,000 blocks until nothing is left', () => {
  const heights = [
    1,
    99_999,
    100_000,
    199_999,
    200_000,
    300_000,
    400_000,
    500_000,
    599_999,
    600_000,
    2 ** 40,
  ];
  expect(heights.map((height) => subsidyAt(REGTEST, height))).toEqual([50, 50, 25, 25, 12, 6, 3, 1, 1, 0, 0]);
});
