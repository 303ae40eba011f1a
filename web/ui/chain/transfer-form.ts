/** What a user filled in to send credits, and what is wrong with it, field by field. */
import type { AccountId } from '../../core/hash.ts';
import type { Draft } from '../../node/draft.ts';
import { MAX_MEMO_BYTES, memoBytes } from './memo-bytes.ts';

export interface TransferForm {
  /** An account's key as it was chosen or pasted. */
  readonly recipient: string;
  readonly amount: string;
  /** Empty: none. */
  readonly fee: string;
  readonly memo: string;
}

export type TransferField = keyof TransferForm;

export type TransferProblem =
  | 'no-recipient'
  | 'bad-recipient'
  | 'own-account'
  | 'no-amount'
  | 'not-whole'
  | 'over-balance'
  | 'memo-too-long';

export type TransferProblems = Partial<Record<TransferField, TransferProblem>>;

export type ReadTransfer =
  { readonly ok: true; readonly draft: Draft } | { readonly ok: false; readonly problems: TransferProblems };

const ACCOUNT = /^[0-9a-f]{64}$/;
const NOBODY = /^0+$/;
/** No sign, no point, no separators: what "1,000" means depends on who reads it. */
const WHOLE = /^\d{1,15}$/;

/** `available`: credits that are neither spent nor promised to a pending transaction. */
export function readTransfer(form: TransferForm, own: AccountId, available: number): ReadTransfer {
  const recipient = form.recipient.replaceAll(/\s+/g, '').toLowerCase();
  const amount = wholeNumber(form.amount);
  const fee = form.fee.trim() === '' ? 0 : wholeNumber(form.fee);
  const memo = form.memo.trim();
  const problems: TransferProblems = {
    ...problemOf('recipient', recipientProblem(recipient, own)),
    ...problemOf('amount', amountProblem(form.amount, amount, fee, available)),
    ...problemOf('fee', fee === undefined ? 'not-whole' : undefined),
    ...problemOf('memo', memoBytes(memo) > MAX_MEMO_BYTES ? 'memo-too-long' : undefined),
  };
  if (Object.keys(problems).length > 0 || amount === undefined || fee === undefined)
    return { ok: false, problems };
  return { ok: true, draft: { memo, recipient, amount, fee } };
}

function recipientProblem(recipient: string, own: AccountId): TransferProblem | undefined {
  if (recipient === '') return 'no-recipient';
  if (!ACCOUNT.test(recipient) || NOBODY.test(recipient)) return 'bad-recipient';
  return recipient === own ? 'own-account' : undefined;
}

function amountProblem(
  text: string,
  amount: number | undefined,
  fee: number | undefined,
  available: number,
): TransferProblem | undefined {
  if (text.trim() === '' || amount === 0) return 'no-amount';
  if (amount === undefined) return 'not-whole';
  return amount + (fee ?? 0) > available ? 'over-balance' : undefined;
}

function problemOf(field: TransferField, problem: TransferProblem | undefined): TransferProblems {
  return problem === undefined ? {} : { [field]: problem };
}

function wholeNumber(text: string): number | undefined {
  return WHOLE.test(text.trim()) ? Number(text.trim()) : undefined;
}
