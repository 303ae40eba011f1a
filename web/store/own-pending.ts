/** The user's own transactions that are in no block yet, kept over a reload: what was written is not lost. */
import { get, setMany, type UseStore } from 'idb-keyval';
import { transactionId, type Transaction } from '../core/transaction.ts';
import { OWN_PENDING } from './records.ts';

export interface OwnPending {
  /** In order of their nonces. Empty if they can't be read now: they stay stored, beside what is saved. */
  load(): Promise<readonly Transaction[]>;
  /** The newest list wins; writes do not overtake each other. */
  save(transactions: readonly Transaction[]): void;
  /** Once the database works again: what could not be written is. Rejects if it still can't. */
  retry(): Promise<void>;
}

/** `onTrouble`: what was to be saved could not be written, and waits for `retry`. */
export function createOwnPending(store: UseStore, onTrouble: (error: unknown) => void): OwnPending {
  let wanted: readonly Transaction[] | undefined;
  /** Undefined while nothing is written. */
  let writing: Promise<void> | undefined;
  /** Stored, and not loaded. Undefined: not read yet. */
  let kept: readonly Transaction[] | undefined = [];
  let savedIds = '';

  async function read(): Promise<readonly Transaction[]> {
    return OWN_PENDING.read(await get(OWN_PENDING.key, store)) ?? [];
  }

  async function writeAll(): Promise<void> {
    while (wanted) {
      const next = wanted;
      wanted = undefined;
      try {
        kept ??= await read();
        await setMany([OWN_PENDING.entry([...kept, ...next])], store);
      } catch (error) {
        wanted ??= next;
        throw error;
      }
    }
  }

  function write(): Promise<void> {
    writing ??= writeAll().finally(() => (writing = undefined));
    return writing;
  }

  return {
    async load() {
      try {
        return await read();
      } catch {
        kept = undefined;
        return [];
      }
    },
    save(transactions) {
      const ids = transactions.map(transactionId).join();
      if (ids === savedIds) return;
      savedIds = ids;
      wanted = transactions;
      write().catch(onTrouble);
    },
    retry: write,
  };
}
