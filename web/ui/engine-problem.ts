import type { EngineProblem } from '../engine/messages.ts';
import { m } from './paraglide/messages.js';

/** Why the engine can't go on, and what to do. */
export function engineProblemText(problem: EngineProblem): string {
  switch (problem.code) {
    case 'no-free-slot':
      return m.notices_no_free_slot({ n: problem.tabs });
    case 'worker-lost':
      return m.notices_worker_lost();
    case 'unexpected':
      return m.notices_unexpected({ detail: problem.detail });
  }
}
