import { DatabaseLostError, type LostReason } from './database.ts';

/** Why nothing is stored, or not all. What it is called is the page's business. */
export interface StoreTrouble {
  /**
   * `full`: there is no space; `failed`: a write that did not work for another reason; `unread`: the key that may be
   * stored can't be read, so what is stored now is another account's.
   */
  readonly reason: LostReason | 'full' | 'failed' | 'unread';
  /** What the browser itself says, in its own words; undefined if it adds nothing. */
  readonly detail: string | undefined;
  /** Is it tried again, until it works? Otherwise only a reload can help. */
  readonly retries: boolean;
}

export function storeTrouble(error: unknown, retries: boolean): StoreTrouble {
  if (error instanceof DatabaseLostError) return { reason: error.reason, detail: error.detail, retries };
  if (error instanceof Error && error.name === 'QuotaExceededError')
    return { reason: 'full', detail: undefined, retries };
  // An aborted transaction may give no reason at all.
  const detail =
    error instanceof Error
      ? error.message || error.name
      : error === undefined || error === null
        ? undefined
        : String(error);
  return { reason: 'failed', detail, retries };
}
