import type { KeyTextProblem } from '../../node/key-text.ts';
import { m } from '../paraglide/messages.js';

/** Why a key was not taken, and what to do. */
export const KEY_PROBLEMS: Record<KeyTextProblem | 'not-stored', () => string> = {
  'not-a-key': m.key_problems_not_a_key,
  damaged: m.key_problems_damaged,
  'not-stored': m.key_problems_not_stored,
};
