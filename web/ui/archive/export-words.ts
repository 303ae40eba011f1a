/** Why no file was made, and what to do. */
import { m } from '../paraglide/messages.js';
import type { ExportProblem } from './export-run.svelte.ts';

const PROBLEMS: Record<Exclude<ExportProblem['code'], 'unreadable'>, () => string> = {
  reorganized: m.archive_save_reorganized,
  write: m.archive_save_write,
  stopped: m.archive_save_stopped,
};

export function exportProblem(problem: ExportProblem): string {
  return problem.code === 'unreadable'
    ? m.archive_save_unreadable({ height: problem.height })
    : PROBLEMS[problem.code]();
}
