/**
 * Transactions that wait for a block. Per sender they form a run of nonces
 * that continues the ledger's; one that comes before its predecessor is held
 * apart (the gap pool) until the gap closes or it expires. Identities are free
 * in a room, so every limit here is per sender or for all of them together.
 */
import type { AccountId, TxId } from './hash.ts';
import { checkTransactionForm, type AccountState, type Ledger } from './ledger.ts';
import type { PolicyCode, RuleCode } from './rules.ts';
import { isCoinbase, transactionBytes, transactionId, type Transaction } from './transaction.ts';

/** An hour of full blocks holds more; a class does not write as much. */
export const MAX_TRANSACTIONS = 5_000;
export const MAX_BYTES = 4 * 1024 * 1024;
/** One sender can't take the room. */
export const MAX_PER_SENDER = 25;
/** Transactions before their time, all senders together. */
export const MAX_GAPPED = 100;
export const GAP_EXPIRY_MS = 20 * 60_000;
export const EXPIRY_MS = 60 * 60_000;

export interface PooledTransaction {
  readonly id: TxId;
  readonly tx: Transaction;
  readonly bytes: number;
  readonly addedAtMs: number;
}

export type MempoolResult =
  | { readonly kind: 'accepted'; readonly id: TxId; readonly gapped: boolean }
  | { readonly kind: 'refused'; readonly code: RuleCode | PolicyCode };

export class Mempool {
  readonly #byId = new Map<TxId, PooledTransaction>();
  readonly #bySender = new Map<AccountId, Map<number, PooledTransaction>>();
  #bytes = 0;

  get size(): number {
    return this.#byId.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(id: TxId): boolean {
    return this.#byId.has(id);
  }

  get(id: TxId): Transaction | undefined {
    return this.#byId.get(id)?.tx;
  }

  /** In order of arrival. */
  all(): IterableIterator<PooledTransaction> {
    return this.#byId.values();
  }

  /** `signatureIsGood` is asked last, as it costs most. `nowMs`: ms since 1970. */
  add(
    tx: Transaction,
    ledger: Ledger,
    nowMs: number,
    signatureIsGood: (tx: Transaction) => boolean,
  ): MempoolResult {
    const id = transactionId(tx);
    const refused = (code: RuleCode | PolicyCode): MempoolResult => ({ kind: 'refused', code });
    if (this.#byId.has(id)) return refused('already-known');
    if (isCoinbase(tx)) return refused('stray-coinbase');
    const broken = checkTransactionForm(tx);
    if (broken) return refused(broken);

    const state = ledger.get(tx.sender);
    if (tx.nonce < state.nonce) return refused('nonce-used');
    const own = this.#bySender.get(tx.sender);
    const replaced = own?.get(tx.nonce);
    if (replaced && tx.fee <= replaced.tx.fee) return refused('replacement-fee');
    const run = this.run(tx.sender, state, tx);
    const gapped = !run.some((pooled) => pooled === tx);
    if (gapped) {
      const before = this.run(tx.sender, state);
      const reached = state.nonce + before.length;
      // Next in line and still not in the run: the balance does not reach.
      if (tx.nonce <= reached) return refused('overdraft');
      if (!replaced && this.#gappedCount(ledger) >= MAX_GAPPED) return refused('gap-limit');
    }
    if (!replaced && (own?.size ?? 0) >= MAX_PER_SENDER) return refused('sender-limit');

    const bytes = transactionBytes(tx).length;
    const freed = replaced?.bytes ?? 0;
    const victims: PooledTransaction[] = [];
    if (!this.#makeRoom(tx, bytes - freed, replaced ? 0 : 1, victims)) return refused('mempool-full');
    if (!signatureIsGood(tx)) return refused('bad-signature');

    for (const victim of victims) this.remove(victim.id);
    if (replaced) this.remove(replaced.id);
    const pooled = { id, tx, bytes, addedAtMs: nowMs };
    this.#byId.set(id, pooled);
    const nonces = this.#bySender.get(tx.sender) ?? new Map<number, PooledTransaction>();
    this.#bySender.set(tx.sender, nonces.set(tx.nonce, pooled));
    this.#bytes += bytes;
    return { kind: 'accepted', id, gapped };
  }

  remove(id: TxId): void {
    const pooled = this.#byId.get(id);
    if (!pooled) return;
    this.#byId.delete(id);
    this.#bytes -= pooled.bytes;
    const nonces = this.#bySender.get(pooled.tx.sender);
    nonces?.delete(pooled.tx.nonce);
    if (nonces?.size === 0) this.#bySender.delete(pooled.tx.sender);
  }

  /**
   * The sender's transactions that a block could take one after another:
   * nonces without a gap, each within the balance that is left. Amounts that
   * others have pending for the sender do not count: they may never come.
   */
  run(sender: AccountId, state: AccountState, withTx?: Transaction): Transaction[] {
    const nonces = this.#bySender.get(sender);
    const run: Transaction[] = [];
    let balance = state.balance;
    for (let nonce = state.nonce; ; nonce++) {
      const tx = withTx?.nonce === nonce ? withTx : nonces?.get(nonce)?.tx;
      if (!tx || tx.fee > balance || tx.amount > balance - tx.fee) return run;
      balance -= tx.fee + tx.amount;
      run.push(tx);
    }
  }

  senders(): IterableIterator<AccountId> {
    return this.#bySender.keys();
  }

  /** Is anything here that a block could take now? */
  hasMinable(ledger: Ledger): boolean {
    for (const sender of this.#bySender.keys()) {
      if (this.run(sender, ledger.get(sender)).length > 0) return true;
    }
    return false;
  }

  /** After a change of the active chain: what it made invalid goes. Returns the removed ones. */
  settle(ledger: Ledger): PooledTransaction[] {
    const gone: PooledTransaction[] = [];
    for (const pooled of this.#byId.values()) {
      if (pooled.tx.nonce < ledger.get(pooled.tx.sender).nonce) gone.push(pooled);
    }
    for (const { id } of gone) this.remove(id);
    return gone;
  }

  expire(ledger: Ledger, nowMs: number): PooledTransaction[] {
    const ready = this.#readyIds(ledger);
    const gone = [...this.#byId.values()].filter(
      ({ id, addedAtMs }) => nowMs - addedAtMs > (ready.has(id) ? EXPIRY_MS : GAP_EXPIRY_MS),
    );
    for (const { id } of gone) this.remove(id);
    return gone;
  }

  #readyIds(ledger: Ledger): Set<TxId> {
    const ready = new Set<TxId>();
    for (const sender of this.#bySender.keys()) {
      for (const tx of this.run(sender, ledger.get(sender))) ready.add(transactionId(tx));
    }
    return ready;
  }

  #gappedCount(ledger: Ledger): number {
    return this.#byId.size - this.#readyIds(ledger).size;
  }

  /**
   * Chooses the victims that make room for `bytes` and `count` more: the
   * lowest fees first, of one sender the highest nonce first, so that no run
   * is broken in its middle. False if only what pays at least as much is left.
   */
  #makeRoom(tx: Transaction, bytes: number, count: number, victims: PooledTransaction[]): boolean {
    let size = this.#byId.size + count;
    let total = this.#bytes + bytes;
    if (size <= MAX_TRANSACTIONS && total <= MAX_BYTES) return true;
    const lastNonceFirst = [...this.#byId.values()]
      .filter((pooled) => pooled.tx.sender !== tx.sender && pooled.tx.fee < tx.fee)
      .sort((a, b) => a.tx.fee - b.tx.fee || b.tx.nonce - a.tx.nonce);
    const leaving = new Set<TxId>();
    for (const pooled of lastNonceFirst) {
      const nonces = this.#bySender.get(pooled.tx.sender);
      for (const other of nonces?.values() ?? []) {
        // What builds on the victim could not be mined without it.
        if (other.tx.nonce < pooled.tx.nonce || leaving.has(other.id)) continue;
        leaving.add(other.id);
        victims.push(other);
        size--;
        total -= other.bytes;
      }
      if (size <= MAX_TRANSACTIONS && total <= MAX_BYTES) return true;
    }
    return false;
  }
}
