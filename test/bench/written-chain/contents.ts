/** What is in the blocks of a chain that was made for a benchmark. */
import { NOBODY } from '../../../web/core/hash.ts';
import { memosAt } from '../tall-room/memos.ts';
import { AUTHORS } from './authors.ts';

/** `messages`: what a class writes, none to three in a block; `transfers`: five in each block but the first. */
export type Contents = 'messages' | 'transfers';

export const TRANSFERS_A_BLOCK = 5;

/** A transaction before it has its nonce; authors by number. */
export interface Entry {
  readonly sender: number;
  /** undefined: nobody. */
  readonly recipient: number | undefined;
  readonly amount: number;
  readonly memo: string;
}

/** Whose reward the block at `height` is. */
export function producerAt(height: number): number {
  return height % AUTHORS;
}

export function entriesAt(contents: Contents, height: number): Entry[] {
  return contents === 'messages' ? messagesAt(height) : transfersAt(height);
}

/** Each of an author who writes one in this block. */
function messagesAt(height: number): Entry[] {
  return memosAt(height).map((memo, n) => ({
    sender: (height * 7 + n) % AUTHORS,
    recipient: undefined,
    amount: 0,
    memo,
  }));
}

function transfersAt(height: number): Entry[] {
  // Only who had a reward can pay, and the first block has no one before it.
  const paid = Math.min(height - 1, AUTHORS);
  if (paid === 0) return [];
  return Array.from({ length: TRANSFERS_A_BLOCK }, (_, n) => {
    const sender = producerAt(height - 1 - ((height * TRANSFERS_A_BLOCK + n) % paid));
    return { sender, recipient: (sender + 1 + n) % AUTHORS, amount: 1, memo: '' };
  });
}

export function recipientOf(entry: Entry, accounts: readonly { readonly account: string }[]): string {
  return entry.recipient === undefined ? NOBODY : (accounts[entry.recipient]?.account ?? NOBODY);
}
