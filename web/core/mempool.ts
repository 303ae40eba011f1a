/**
 * Transactions that wait for a block. Per sender they form a run of nonces
 * that continues the ledger's; one that comes before its predecessor is
 * *gapped*: held until the gap closes or it expires. Identities are free in a
 * room, so every limit here is per sender or for all of them together.
 */
import type { AccountId, TxId } from './hash.ts';
import { checkTransactionForm, type AccountState, type Ledger } from './ledger.ts';
import type { PolicyCode, RuleCode } from './rules.ts';
import { isCoinbase, transactionBytes, transactionId, type Transaction } from './transaction.ts';

/**
 * An hour of full blocks holds more; a class does not write as much. At 668
 * bytes each, the longest that there is, they are 3.2 MiB.
 */
export const MAX_TRANSACTIONS = 5_000;
/** One sender can't take the room. */
export const MAX_PER_SENDER = 25;
/** Transactions before their time, all senders together: nobody has paid for these yet. */
export const MAX_GAPPED = 100;
/** A predecessor that has not come in 80 block spacings was lost on the way. */
export const GAP_EXPIRY_MS = 20 * 60_000;
/** Who still wants it after an hour sends it again. */
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

/** What one sender has pending. */
interface Queue {
  readonly byNonce: Map<number, PooledTransaction>;
  /** How many of them form the run that a block could take. */
  ready: number;
  /** What that was counted from. */
  state: AccountState;
}

export class Mempool {
  readonly #byId = new Map<TxId, PooledTransaction>();
  readonly #queues = new Map<AccountId, Queue>();
  #bytes = 0;
  #gapped = 0;

  get size(): number {
    return this.#byId.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many of them wait for a predecessor, or for credits. */
  get gapped(): number {
    return this.#gapped;
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
    const run = this.run(tx.sender, state, tx);
    const gapped = !run.includes(tx);
    // Its turn has come, and still it is not in the run: the balance does not reach.
    if (gapped && state.nonce + run.length === tx.nonce) return refused('overdraft');
    const place = this.#placeFor(tx, gapped);
    if (typeof place === 'string') return refused(place);
    if (!signatureIsGood(tx)) return refused('bad-signature');

    if (place.leaving) this.#delete(place.leaving);
    this.#insert({ id, tx, bytes: transactionBytes(tx).length, addedAtMs: nowMs }, state);
    return { kind: 'accepted', id, gapped };
  }

  remove(id: TxId): void {
    const pooled = this.#byId.get(id);
    if (pooled) this.#delete(pooled);
  }

  /**
   * The sender's transactions that a block could take one after another:
   * nonces without a gap, each within the balance that is left. Amounts that
   * others have pending for the sender do not count: they may never come.
   * `withTx` stands in for what is pending with its nonce.
   */
  run(sender: AccountId, state: AccountState, withTx?: Transaction): Transaction[] {
    const nonces = this.#queues.get(sender)?.byNonce;
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
    return this.#queues.keys();
  }

  /** Is anything here that a block could take now? */
  hasMinable(ledger: Ledger): boolean {
    for (const sender of this.#queues.keys()) {
      if (this.run(sender, ledger.get(sender)).length > 0) return true;
    }
    return false;
  }

  /** After a change of the active chain: what it made invalid goes. Returns the removed ones. */
  settle(ledger: Ledger): PooledTransaction[] {
    const gone: PooledTransaction[] = [];
    for (const [sender, queue] of this.#queues) {
      const state = ledger.get(sender);
      for (const pooled of queue.byNonce.values()) if (pooled.tx.nonce < state.nonce) gone.push(pooled);
      this.#recount(sender, queue, state);
    }
    for (const pooled of gone) this.#delete(pooled);
    return gone;
  }

  /** Removes what has waited too long, and returns it. */
  expire(ledger: Ledger, nowMs: number): PooledTransaction[] {
    const gone: PooledTransaction[] = [];
    for (const [sender, { byNonce }] of this.#queues) {
      const ready = new Set(this.run(sender, ledger.get(sender)));
      for (const pooled of byNonce.values()) {
        const maxAgeMs = ready.has(pooled.tx) ? EXPIRY_MS : GAP_EXPIRY_MS;
        if (nowMs - pooled.addedAtMs > maxAgeMs) gone.push(pooled);
      }
    }
    for (const pooled of gone) this.#delete(pooled);
    return gone;
  }

  #insert(pooled: PooledTransaction, state: AccountState): void {
    const { sender, nonce } = pooled.tx;
    const queue = this.#queues.get(sender) ?? { byNonce: new Map(), ready: 0, state };
    this.#queues.set(sender, queue);
    this.#byId.set(pooled.id, pooled);
    queue.byNonce.set(nonce, pooled);
    this.#bytes += pooled.bytes;
    this.#gapped++;
    this.#recount(sender, queue, state);
  }

  #delete(pooled: PooledTransaction): void {
    const { sender, nonce } = pooled.tx;
    const queue = this.#queues.get(sender) as Queue;
    this.#byId.delete(pooled.id);
    queue.byNonce.delete(nonce);
    this.#bytes -= pooled.bytes;
    this.#gapped--;
    this.#recount(sender, queue, queue.state);
    if (queue.byNonce.size === 0) this.#queues.delete(sender);
  }

  /** `#gapped` counts the sender's transactions beyond `queue.ready`; here that moves. */
  #recount(sender: AccountId, queue: Queue, state: AccountState): void {
    const before = queue.ready;
    queue.state = state;
    queue.ready = this.run(sender, state).length;
    this.#gapped += before - queue.ready;
  }

  /** What has to leave for `tx`, if anything; or why there is no place for it. */
  #placeFor(tx: Transaction, gapped: boolean): { readonly leaving?: PooledTransaction } | PolicyCode {
    const own = this.#queues.get(tx.sender);
    const replaced = own?.byNonce.get(tx.nonce);
    if (replaced) return tx.fee > replaced.tx.fee ? { leaving: replaced } : 'replacement-fee';
    if (gapped && this.#gapped >= MAX_GAPPED) return 'gap-limit';
    if (own && own.byNonce.size >= MAX_PER_SENDER) {
      // A nearer nonce goes first: what is pending may wait for it, and after a reorg it returns.
      const furthest = lastOf(own);
      return tx.nonce < furthest.tx.nonce ? { leaving: furthest } : 'sender-limit';
    }
    if (this.#byId.size < MAX_TRANSACTIONS) return {};
    const victim = gapped ? undefined : this.#victimFor(tx);
    return victim ? { leaving: victim } : 'mempool-full';
  }

  /**
   * Whose place `tx` may take when all are taken: one that no block could take
   * yet, else the lowest fee, if lower than its own. Only a sender's last one
   * can leave: what builds on a transaction is worthless without it.
   */
  #victimFor(tx: Transaction): PooledTransaction | undefined {
    let cheapest: PooledTransaction | undefined;
    for (const [sender, queue] of this.#queues) {
      if (sender === tx.sender) continue;
      const last = lastOf(queue);
      if (queue.ready < queue.byNonce.size) return last;
      if (last.tx.fee < (cheapest?.tx ?? tx).fee) cheapest = last;
    }
    return cheapest;
  }
}

/** The transaction with the highest nonce. */
function lastOf(queue: Queue): PooledTransaction {
  return [...queue.byNonce.values()].reduce((a, b) => (b.tx.nonce > a.tx.nonce ? b : a));
}
