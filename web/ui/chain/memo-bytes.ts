/** The consensus rule's cap, which core/transaction.ts holds; importing it would bring every codec to the page. */
export const MAX_MEMO_BYTES = 512;

const encoder = new TextEncoder();

/** What the cap counts: UTF-8, not characters. */
export function memoBytes(memo: string): number {
  return encoder.encode(memo).length;
}
