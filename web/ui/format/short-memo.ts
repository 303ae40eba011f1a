/** Enough of a message to know it by. */
const SHOWN_CHARS = 60;

/** On one line, without quotation marks: those are the language's. */
export function shortMemo(memo: string): string {
  const chars = [...memo.replaceAll(/\s+/g, ' ')];
  return chars.length <= SHOWN_CHARS ? chars.join('') : `${chars.slice(0, SHOWN_CHARS).join('')}…`;
}
