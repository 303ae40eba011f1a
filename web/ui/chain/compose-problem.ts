import type { ComposeOutcome } from '../engine-client.ts';
import type { ComposeCode } from '../../node/own-transactions.ts';
import { engineProblemText } from '../engine-problem.ts';
import { m } from '../paraglide/messages.js';

/** The rest are rules that no draft of this page breaks. */
const PROBLEMS: Partial<Record<ComposeCode, () => string>> = {
  empty: m.compose_problem_empty,
  'memo-too-long': m.compose_problem_memo_too_long,
  'memo-not-text': m.compose_problem_memo_not_text,
  'bad-amount': m.compose_problem_bad_amount,
  'bad-recipient': m.compose_problem_bad_recipient,
  overdraft: m.compose_problem_overdraft,
  'sender-limit': m.compose_problem_sender_limit,
  'mempool-full': m.compose_problem_mempool_full,
};

/** That a message was not taken, why, and what to do. */
export function notWritten(outcome: Exclude<ComposeOutcome, { ok: true }>): string {
  const reason =
    outcome.code === 'engine-failed' ? engineProblemText(outcome.problem) : problem(outcome.code);
  return m.compose_refused({ reason });
}

function problem(code: ComposeCode): string {
  return PROBLEMS[code]?.() ?? m.compose_problem_rule({ code });
}
