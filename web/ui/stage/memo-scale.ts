/** How large a message is written: the shorter, the larger. */
export type MemoScale = 'huge' | 'large' | 'small';

const HUGE_UP_TO = 26;
const LARGE_UP_TO = 84;
/** Chinese, Japanese and Korean characters, and most emoji, take two letters' width. */
const WIDE = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60\u{1f300}-\u{1faff}]/u;

export function memoScale(memo: string): MemoScale {
  let width = 0;
  for (const char of memo) width += WIDE.test(char) ? 2 : 1;
  if (width <= HUGE_UP_TO) return 'huge';
  return width <= LARGE_UP_TO ? 'large' : 'small';
}
