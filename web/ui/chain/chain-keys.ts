/** The arrow keys of the chain view, as pure decisions. */
import { isFree, type KeyPress } from '../key-press.ts';

/** What the arrows move something in. */
const STEPPING = 'input, textarea, select, [contenteditable], [role="slider"]';

/** One block towards the tip (1) or towards the first one (-1). */
export interface ChainStep {
  readonly step: 1 | -1;
  readonly axis: 'along' | 'across';
}

/** undefined: the key is not ours. The newest block stands on the left and at the top. */
export function chainStep(press: KeyPress): ChainStep | undefined {
  if (!isFree(press, STEPPING)) return undefined;
  switch (press.key) {
    case 'ArrowLeft':
      return { step: 1, axis: 'along' };
    case 'ArrowRight':
      return { step: -1, axis: 'along' };
    case 'ArrowUp':
      return { step: 1, axis: 'across' };
    case 'ArrowDown':
      return { step: -1, axis: 'across' };
    default:
      return undefined;
  }
}
