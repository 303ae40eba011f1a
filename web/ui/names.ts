/** Names that people can say: two words from an account's key, a place for a room. They are labels, not proofs. */
import type { AccountId } from '../core/hash.ts';
import { adjectives, animals, places } from './name-words.ts';

const NOBODY = /^0+$/;

/** Is this the zero account: a plain message's recipient, a coinbase's sender? */
export function isNobody(key: AccountId): boolean {
  return NOBODY.test(key);
}

/** "Amber Otter": the same in every tab, because it depends on the key alone. */
export function accountName(key: AccountId): string {
  return twoWords(key, animals);
}

/** "Amber Harbour": for rooms whose secret is random and thus unsayable. `roomId` is 16 bytes in hex. */
export function roomName(roomId: string): string {
  return twoWords(roomId, places);
}

function twoWords(hex: string, nouns: readonly string[]): string {
  return `${pick(adjectives, hex.slice(0, 4))} ${pick(nouns, hex.slice(4, 8))}`;
}

/** Two bytes over about a hundred words: the remainder's bias is far below what anyone could notice. */
function pick(words: readonly string[], hex: string): string {
  return words[parseInt(hex, 16) % words.length] ?? '';
}
