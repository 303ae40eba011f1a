/**
 * The ledger: balance and nonce of every account, as the active chain leaves
 * them. Connecting a block yields its changes, which take it back exactly.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import * as P from 'micro-packed';
import type { Block } from './block.ts';
import { u64 } from './codec.ts';
import { NOBODY, sha256d, type AccountId } from './hash.ts';
import { subsidyAt, type Params } from './params.ts';
import type { RuleCode } from './rules.ts';
import { isCoinbase, TRANSACTION_VERSION, type Transaction } from './transaction.ts';

export interface AccountState {
  /** Credits. */
  readonly balance: number;
  /** Transactions sent: the nonce of the next one. */
  readonly nonce: number;
}

/** One account before and after a block; undefined is an account that does not exist. */
export interface AccountChange {
  readonly account: AccountId;
  readonly before: AccountState | undefined;
  readonly after: AccountState;
}

export interface Account extends AccountState {
  readonly account: AccountId;
}

const EMPTY: AccountState = { balance: 0, nonce: 0 };

const accountCodec: P.CoderType<Account> = P.struct({ account: P.hex(32), balance: u64, nonce: u64 });

/** Rules of a transaction that need no ledger. */
export function checkTransactionForm(tx: Transaction): RuleCode | undefined {
  if (tx.version !== TRANSACTION_VERSION) return 'bad-transaction-version';
  if (tx.amount > 0 && tx.recipient === NOBODY) return 'amount-to-nobody';
  return undefined;
}

/** May `sender` send `tx` now? */
export function checkSpend(sender: AccountState, tx: Transaction): RuleCode | undefined {
  if (tx.nonce < sender.nonce) return 'nonce-used';
  if (tx.nonce > sender.nonce) return 'nonce-gap';
  // Not amount + fee > balance: the sum of two numbers up to 2^53-1 is not exact.
  if (tx.fee > sender.balance || tx.amount > sender.balance - tx.fee) return 'overdraft';
  return undefined;
}

export class Ledger {
  readonly #accounts = new Map<AccountId, AccountState>();

  constructor(accounts: Iterable<Account> = []) {
    for (const { account, balance, nonce } of accounts) this.#accounts.set(account, { balance, nonce });
  }

  get(account: AccountId): AccountState {
    return this.#accounts.get(account) ?? EMPTY;
  }

  get size(): number {
    return this.#accounts.size;
  }

  /** All accounts, ordered by key. */
  accounts(): Account[] {
    return [...this.#accounts]
      .map(([account, state]) => ({ account, ...state }))
      .sort((a, b) => (a.account < b.account ? -1 : 1));
  }

  /** A commitment to the whole ledger: equal for equal ledgers, whatever way led there. */
  hash(): string {
    return bytesToHex(sha256d(P.array(null, accountCodec).encode(this.accounts())));
  }

  /**
   * Applies a block whose form `checkBlockForm` has accepted. Breaking a rule
   * leaves the ledger as it was. `signatureIsGood` is asked last, as it costs most.
   */
  connect(
    block: Block,
    height: number,
    params: Params,
    signatureIsGood: (tx: Transaction) => boolean,
  ): readonly AccountChange[] | RuleCode {
    const touched = new Map<AccountId, AccountState>();
    const read = (account: AccountId) => touched.get(account) ?? this.get(account);
    const credit = (account: AccountId, amount: number) => {
      if (amount === 0) return;
      const state = read(account);
      touched.set(account, { balance: state.balance + amount, nonce: state.nonce });
    };

    let fees = 0;
    for (const tx of block.transactions) {
      if (isCoinbase(tx)) continue;
      const sender = read(tx.sender);
      const broken = checkSpend(sender, tx);
      if (broken) return broken;
      touched.set(tx.sender, { balance: sender.balance - tx.fee - tx.amount, nonce: sender.nonce + 1 });
      credit(tx.recipient, tx.amount);
      fees += tx.fee;
    }

    const coinbase = block.transactions[0] as Transaction;
    if (coinbase.amount !== subsidyAt(params, height) + fees) return 'bad-coinbase-amount';
    // Paid last: a block can't spend what it makes.
    credit(coinbase.recipient, coinbase.amount);

    for (const tx of block.transactions) {
      if (!isCoinbase(tx) && !signatureIsGood(tx)) return 'bad-signature';
    }

    const changes = [...touched].map(([account, after]) => ({
      account,
      before: this.#accounts.get(account),
      after,
    }));
    this.redo(changes);
    return changes;
  }

  redo(changes: readonly AccountChange[]): void {
    for (const { account, after } of changes) this.#accounts.set(account, after);
  }

  undo(changes: readonly AccountChange[]): void {
    for (const { account, before } of changes) {
      if (before) this.#accounts.set(account, before);
      else this.#accounts.delete(account);
    }
  }
}
