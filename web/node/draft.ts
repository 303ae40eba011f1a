/** What a user may ask to be written to the chain. */
import type { AccountId } from '../core/hash.ts';
import { memoProblem } from '../core/transaction.ts';

export interface Draft {
  readonly memo: string;
  /** undefined: nobody. */
  readonly recipient: AccountId | undefined;
  readonly amount: number;
  readonly fee: number;
}

export type DraftProblem = 'empty' | 'memo-too-long' | 'memo-not-text' | 'bad-amount' | 'bad-recipient';

export function draftProblem({ memo, recipient, amount, fee }: Draft): DraftProblem | undefined {
  const memoWrong = memoProblem(memo);
  if (memoWrong) return memoWrong === 'too-long' ? 'memo-too-long' : 'memo-not-text';
  const isAmount = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (!isAmount(amount) || !isAmount(fee)) return 'bad-amount';
  if (recipient !== undefined && !/^[0-9a-f]{64}$/.test(recipient)) return 'bad-recipient';
  if (amount > 0 && recipient === undefined) return 'bad-recipient';
  return memo.trim() === '' && amount === 0 ? 'empty' : undefined;
}
