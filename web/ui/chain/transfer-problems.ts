/** What is wrong with a transfer, and what to do. */
import { m } from '../paraglide/messages.js';
import type { TransferProblem } from './transfer-form.ts';

export const TRANSFER_PROBLEMS: Record<TransferProblem, () => string> = {
  'no-recipient': m.transfer_problems_no_recipient,
  'bad-recipient': m.transfer_problems_bad_recipient,
  'own-account': m.transfer_problems_own_account,
  'no-amount': m.transfer_problems_no_amount,
  'not-whole': m.transfer_problems_not_whole,
  'over-balance': m.transfer_problems_over_balance,
  'memo-too-long': m.transfer_problems_memo_too_long,
};
