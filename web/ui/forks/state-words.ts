/** What a block of the tree is called within a sentence. */
import { m } from '../paraglide/messages.js';
import type { BlockState } from './block-state.ts';

export const STATE_WORDS: Record<BlockState, () => string> = {
  active: m.forks_word_active,
  stale: m.forks_word_stale,
  rival: m.forks_word_rival,
  announced: m.forks_word_announced,
  refused: m.forks_word_refused,
};
