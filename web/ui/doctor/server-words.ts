import type { IceProblem } from '../../net/connection-checks.ts';
import type { Tone } from '../chips.ts';
import { milliseconds } from '../format/quantity.ts';
import { m } from '../paraglide/messages.js';
import { serverFault } from './diagnosis.ts';
import type { ServerFacts } from './facts.ts';

const PROBLEMS: Record<IceProblem, () => string> = {
  'no-answer': m.doctor_problem_no_answer,
  unauthorized: m.doctor_problem_unauthorized,
  unreachable: m.doctor_problem_unreachable,
  refused: m.doctor_problem_refused,
  'no-network': m.doctor_problem_no_network,
  'not-taken': m.doctor_problem_not_taken,
};

/** What is known of a STUN or TURN server. */
export function serverResult(
  server: ServerFacts,
  nowMs: number,
): { readonly word: string; readonly tone: Tone } {
  const { check, error } = server;
  const fault = serverFault(server, nowMs);
  const tone = fault === undefined ? 'idle' : 'bad';
  if (check?.ok === true)
    return { word: m.doctor_server_works({ time: milliseconds(check.tookMs) }), tone: 'good' };
  if (fault === 'turn-expired')
    return { word: withCode(m.doctor_problem_expired(), check?.code ?? error), tone };
  if (check !== undefined) return { word: withCode(PROBLEMS[check.problem](), check.code), tone };
  const word = error === undefined ? m.doctor_state_untried() : m.doctor_server_failed({ code: error });
  return { word, tone };
}

/** `code`: a STUN error code, or the browsers' own 701 for a server that could not be reached (WebRTC 1.0). */
function withCode(problem: string, code: number | undefined): string {
  return code === undefined ? problem : m.doctor_problem_code({ problem, code });
}
