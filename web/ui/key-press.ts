/** What a key press means where it was made, as pure decisions: here what it means in every view. */

/** What characters are typed into. */
const TYPING =
  'input:not([type=radio], [type=checkbox], [type=range], [type=file]), textarea, select, [contenteditable]';

export interface KeyPress {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly defaultPrevented: boolean;
  readonly target: unknown;
}

/** No shortcut of the browser or the system, and not made where it has a meaning of its own: in `takers`, a selector. */
export function isFree(press: KeyPress, takers: string): boolean {
  if (press.defaultPrevented || press.altKey || press.ctrlKey || press.metaKey) return false;
  return !(press.target instanceof Element && press.target.closest(takers) !== null);
}

export function roomKey(press: KeyPress): 'search' | 'help' | undefined {
  if (!isFree(press, TYPING)) return undefined;
  if (press.key === '/') return 'search';
  return press.key === '?' ? 'help' : undefined;
}
