/** The keys of the chain view, as pure decisions: what a key press means where it was made. */

export type ChainKey =
  | { readonly kind: 'search' }
  | { readonly kind: 'help' }
  /** One block towards the tip (1) or towards the first one (-1). */
  | { readonly kind: 'walk'; readonly step: 1 | -1; readonly axis: 'along' | 'across' };

/** Types and inputs that need their keys for themselves. */
const TYPING = 'input, textarea, select, [contenteditable], [role="slider"]';

interface KeyPress {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly defaultPrevented: boolean;
  readonly target: unknown;
}

/** undefined: the key is not ours. The newest block stands on the left and at the top. */
export function chainKey(press: KeyPress): ChainKey | undefined {
  if (press.defaultPrevented || press.altKey || press.ctrlKey || press.metaKey) return undefined;
  if (press.target instanceof Element && press.target.closest(TYPING) !== null) return undefined;
  switch (press.key) {
    case '/':
      return { kind: 'search' };
    case '?':
      return { kind: 'help' };
    case 'ArrowLeft':
      return { kind: 'walk', step: 1, axis: 'along' };
    case 'ArrowRight':
      return { kind: 'walk', step: -1, axis: 'along' };
    case 'ArrowUp':
      return { kind: 'walk', step: 1, axis: 'across' };
    case 'ArrowDown':
      return { kind: 'walk', step: -1, axis: 'across' };
    default:
      return undefined;
  }
}
