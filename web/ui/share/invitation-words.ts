/** Why an invitation could not be made or taken, or came to nothing, and what to do. */
import type {
  InvitationCommand,
  InvitationFailure,
  InvitationProblem,
  InvitationState,
} from '../../engine/messages.ts';
import { sentences } from '../format/sentences.ts';
import { m } from '../paraglide/messages.js';

const PROBLEMS: Record<Exclude<InvitationProblem, 'wrong-kind' | 'used'> | 'engine-failed', () => string> = {
  'no-letter': m.invite_problem_no_letter,
  'other-version': m.invite_problem_other_version,
  damaged: m.invite_problem_damaged,
  'other-room': m.invite_problem_other_room,
  expired: m.invite_problem_expired,
  own: m.invite_problem_own,
  unknown: m.invite_problem_unknown,
  linked: m.invite_problem_linked,
  full: m.invite_problem_full,
  busy: m.invite_problem_busy,
  'too-many': m.invite_problem_too_many,
  'engine-failed': m.invite_problem_engine_failed,
};

/** Why a text, or the wish to invite, was not taken. */
export function invitationProblem(
  problem: InvitationProblem | 'engine-failed',
  command: InvitationCommand['kind'],
): string {
  const answers = command === 'answer';
  if (problem === 'wrong-kind')
    return answers ? m.invite_problem_answer_to_answer() : m.invite_problem_accept_invitation();
  if (problem === 'used') return answers ? m.invite_problem_answered_before() : m.invite_problem_used_up();
  return PROBLEMS[problem]();
}

/** Why an invitation came to nothing. */
export function invitationFailure(reason: InvitationFailure, role: InvitationState['role']): string {
  const again = role === 'inviter' ? m.invite_again_inviter() : m.invite_again_guest();
  switch (reason) {
    case 'expired':
      return sentences(m.invite_failure_expired(), again);
    case 'unreachable':
      return sentences(m.invite_failure_unreachable(), again);
    case 'no-network':
      return m.invite_failure_no_network();
    case 'browser':
      return sentences(m.invite_failure_browser(), again);
    case 'refused':
      return m.invite_failure_refused();
  }
}
