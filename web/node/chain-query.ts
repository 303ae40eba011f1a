/** What a user may look for in the chain, and what of a block answers it. */
import type { BlockEntry } from '../core/block-index.ts';
import { NOBODY, type AccountId, type BlockId, type TxId } from '../core/hash.ts';
import { isCoinbase, transactionId, type Transaction } from '../core/transaction.ts';
import type { TransactionView } from './snapshot.ts';
import { transactionView } from './views.ts';

export type ChainQuery =
  | { readonly kind: 'transaction'; readonly id: TxId }
  /** All that the account wrote, sent, got and mined. */
  | { readonly kind: 'account'; readonly account: AccountId }
  /**
   * What a user typed: a part of a memo, or the beginning of a block's, transaction's or account's id. Names are
   * made by the page, so it gives the accounts whose names match, at most `MAX_AUTHORS`.
   */
  | { readonly kind: 'text'; readonly text: string; readonly authors: readonly AccountId[] };

export interface Found {
  /** undefined: pending. */
  readonly block: FoundIn | undefined;
  readonly transaction: TransactionView;
}

export interface FoundIn {
  readonly height: number;
  readonly id: BlockId;
  /** Seconds since 1970, as the header says. */
  readonly time: number;
}

/** Of a query, what can be asked of one transaction; `entry` is its block's, undefined while it is pending. */
export type Matcher = (tx: Transaction, entry: BlockEntry | undefined) => boolean;

/** Two words name one in ten thousand accounts: more than this match only a text that names nobody in particular. */
export const MAX_AUTHORS = 200;
/** A screen's line. A memo may be longer, but nobody types one to find it. */
export const MAX_TEXT_CHARS = 200;
/** Of an id: fewer hex digits than this are a word, such as "cafe". */
const MIN_ID_DIGITS = 6;

/** All block ids begin with zeros, so zeros alone name none. */
const ID_START = /^0*[1-9a-f][0-9a-f]*$/;

export function matcherOf(query: ChainQuery): Matcher {
  switch (query.kind) {
    case 'transaction':
      return (tx) => transactionId(tx) === query.id;
    case 'account':
      return (tx) => query.account !== NOBODY && touches(tx, (id) => id === query.account);
    case 'text':
      return textMatcher(query.text, query.authors);
  }
}

export function isUnique(query: ChainQuery): boolean {
  return query.kind === 'transaction';
}

export function found(tx: Transaction, entry: BlockEntry | undefined): Found {
  const block = entry && { height: entry.height, id: entry.id, time: entry.time };
  return { block, transaction: transactionView(tx) };
}

function textMatcher(text: string, authors: readonly AccountId[]): Matcher {
  const sought = folded(text.slice(0, MAX_TEXT_CHARS).trim());
  const byAuthor = new Set(authors.slice(0, MAX_AUTHORS));
  const isId = sought.length >= MIN_ID_DIGITS && ID_START.test(sought);
  return (tx, entry) => {
    if (sought === '') return false;
    // A coinbase's memo is the producer's counter, which no user wrote; it stands for its block.
    if (isCoinbase(tx)) {
      return isId && (entry?.id.startsWith(sought) === true || transactionId(tx).startsWith(sought));
    }
    if (byAuthor.has(tx.sender) || folded(tx.memo).includes(sought)) return true;
    return isId && (transactionId(tx).startsWith(sought) || touches(tx, (id) => id.startsWith(sought)));
  };
}

function touches(tx: Transaction, isSought: (account: AccountId) => boolean): boolean {
  return isSought(tx.sender) || isSought(tx.recipient);
}

/** Capitals and ways to compose "é" make no difference to who searches. */
function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
