/** What a transaction is to one of the accounts that it touches. */
import type { AccountId } from '../../core/hash.ts';
import type { TransactionView } from '../../node/snapshot.ts';

export type AccountRole = 'wrote' | 'sent' | 'got' | 'mined';
export type AccountFilter = 'all' | 'written' | 'credits' | 'mined';

export function roleOf(tx: TransactionView, account: AccountId): AccountRole {
  if (tx.coinbase) return 'mined';
  if (tx.sender !== account) return 'got';
  return tx.amount > 0 ? 'sent' : 'wrote';
}

/** A gift with a message is both written and credits. */
export function passes(tx: TransactionView, account: AccountId, filter: AccountFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'written':
      return tx.sender === account && tx.memo !== '';
    case 'credits':
      return !tx.coinbase && tx.amount > 0;
    case 'mined':
      return tx.coinbase;
  }
}
