import type { AccountId } from '../../core/hash.ts';
import { accountName } from '../names.ts';

/** As many as one search takes (node/chain-query.ts, which the page may not run). */
export const MAX_NAMESAKES = 200;
/** One letter is in almost every name. */
const MIN_CHARS = 2;

/** The accounts whose names hold `text`; none if it is too short to mean anybody. */
export function namesakes(accounts: readonly AccountId[], text: string): readonly AccountId[] {
  const sought = text.trim().toLowerCase();
  if (sought.length < MIN_CHARS) return [];
  return accounts
    .filter((account) => accountName(account).toLowerCase().includes(sought))
    .slice(0, MAX_NAMESAKES);
}
