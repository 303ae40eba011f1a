import type { ArchiveProblem, ImportOutcome } from '../../node/archive-report.ts';
import { texts } from '../texts.ts';

/** What an import has brought, and where and why it had to end; one sentence each. */
export function outcomeSentences({ verdict, added, upTo, problem }: ImportOutcome): readonly string[] {
  const what = verdict === 'joined' ? [texts.archive.joined(added, upTo)] : [];
  if (problem !== undefined) return [...what, problemSentence(problem)];
  if (verdict === 'known') return [texts.archive.known];
  return verdict === 'weaker' ? [texts.archive.weaker] : what;
}

function problemSentence(problem: ArchiveProblem): string {
  const { problems } = texts.archive;
  switch (problem.code) {
    case 'gap':
    case 'truncated':
    case 'damaged':
      return problems[problem.code](problem.height);
    case 'broken-rule':
      return problem.rule === 'time-too-new'
        ? problems['too-new'](problem.height)
        : problems['broken-rule'](problem.height, problem.rule);
    case 'not-an-archive':
    case 'other-format':
    case 'damaged-head':
    case 'damaged-end':
    case 'other-room':
    case 'other-network':
      return problems[problem.code]();
  }
}
