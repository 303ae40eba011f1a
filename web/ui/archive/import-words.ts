/** What an import has brought, and where and why it had to end. */
import type { ArchiveProblem, ImportOutcome } from '../../node/archive-report.ts';
import { sentences } from '../format/sentences.ts';
import { m } from '../paraglide/messages.js';
import { refusalWords } from '../wire/refusal-words.ts';
import type { ImportState } from './import-run.svelte.ts';

type FailureCode = Extract<ImportState, { readonly kind: 'failed' }>['code'];
/** Of the whole file, not of a block in it. */
type FileProblem = Exclude<ArchiveProblem, { readonly height: number }>;

const FAILURES: Record<FailureCode, () => string> = {
  unreadable: m.archive_problem_unreadable,
  stopped: m.archive_problem_stopped,
};

const FILE_PROBLEMS: Record<FileProblem['code'], () => string> = {
  'not-an-archive': m.archive_problem_not_an_archive,
  'other-format': m.archive_problem_other_format,
  'damaged-head': m.archive_problem_damaged_head,
  'damaged-end': m.archive_problem_damaged_end,
  'other-room': m.archive_problem_other_room,
  'other-network': m.archive_problem_other_network,
};

/** The import could not go on, through no fault of the file's bytes. */
export function importFailure(code: FailureCode): string {
  return FAILURES[code]();
}

export function outcomeText({ verdict, added, upTo, problem }: ImportOutcome): string {
  const joined = verdict === 'joined' ? m.archive_joined({ n: added, upTo }) : '';
  if (problem !== undefined) return sentences(joined, problemText(problem));
  if (verdict === 'known') return m.archive_known();
  return verdict === 'weaker' ? m.archive_weaker() : joined;
}

function problemText(problem: ArchiveProblem): string {
  switch (problem.code) {
    case 'gap':
      return m.archive_problem_gap({ height: problem.height });
    case 'truncated':
      return m.archive_problem_truncated({ height: problem.height });
    case 'damaged':
      return m.archive_problem_damaged({ height: problem.height });
    case 'broken-rule':
      return ruleText(problem);
    default:
      return FILE_PROBLEMS[problem.code]();
  }
}

function ruleText({ height, rule }: Extract<ArchiveProblem, { readonly code: 'broken-rule' }>): string {
  // Nothing is wrong with the file: the block's time comes.
  if (rule === 'time-too-new') return m.archive_problem_too_new({ height });
  return m.archive_problem_broken_rule({ height, words: refusalWords(rule) });
}
