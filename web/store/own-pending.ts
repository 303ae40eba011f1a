/** The user's own transactions that are in no block yet, kept over a reload: what was written is not lost. */
import { get, setMany, type UseStore } from 'idb-keyval';
import { transactionId, type Transaction } from '../core/transaction.ts';
import { OWN_PENDING } from './records.ts';

export interface OwnPending {
  /** In order of their nonces. Empty if nothing can be read. */
  load(): Promise<readonly Transaction[]>;
  /** The newest list wins; writes do not overtake each other. */
  save(transactions: readonly Transaction[]): void;
  /** Once the database works again: what could not be written is. */
  retry(): void;
}

export function createOwnPending(store: UseStore): OwnPending {
  let wanted: readonly Transaction[] | undefined;
  let writing = false;
  let savedIds = '';

  async function drain(): Promise<void> {
    writing = true;
    while (wanted) {
      const next = wanted;
      wanted = undefined;
      try {
        await setMany([OWN_PENDING.entry(next)], store);
      } catch {
        wanted ??= next;
        // The chain store, which writes to the same database, tells the page that nothing can be kept.
        break;
      }
    }
    writing = false;
  }

  return {
    async load() {
      try {
        return OWN_PENDING.read(await get(OWN_PENDING.key, store)) ?? [];
      } catch {
        // No database: the chain store says so.
        return [];
      }
    },
    save(transactions) {
      const ids = transactions.map(transactionId).join();
      if (ids === savedIds) return;
      savedIds = ids;
      wanted = transactions;
      if (!writing) void drain();
    },
    retry() {
      if (!writing) void drain();
    },
  };
}
