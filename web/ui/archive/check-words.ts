/** What a check of the stored chain has found, what was done about it, and what its reader can do. */
import type { CheckOutcome, CheckProblem } from '../../node/check-report.ts';
import { sentences } from '../format/sentences.ts';
import { m } from '../paraglide/messages.js';
import { refusalWords } from '../wire/refusal-words.ts';

export function checkText(outcome: CheckOutcome): string {
  const { goodUpTo, repaired, firstRepaired, isIndexRewritten, problem } = outcome;
  return sentences(
    firstRepaired === undefined ? '' : m.check_repaired({ n: repaired, height: firstRepaired }),
    isIndexRewritten ? m.check_rewritten() : '',
    problem === undefined ? m.check_good({ n: goodUpTo }) : problemText(problem),
  );
}

function problemText(problem: CheckProblem): string {
  switch (problem.code) {
    case 'lost':
      return m.check_lost({ height: problem.height });
    case 'broken-rule':
      return m.check_broken_rule({ height: problem.height, words: refusalWords(problem.rule) });
    case 'not-stored':
      return m.check_not_stored();
    case 'unreadable':
      return m.check_unreadable();
  }
}
