/**
 * Remembers which transactions' signatures were found good, so that one that
 * came through the mempool is not verified again in its block. A txid covers
 * the signature and a chain has one genesis, so the txid says it all. Only
 * good ones are remembered: a forger can't fill the memory.
 */
import type { TxId } from './hash.ts';
import { isCoinbase, signatureIsValid, transactionId, type Transaction, type Verify } from './transaction.ts';

/** Two mempools full, in each of two generations: together about 2 MiB of ids. */
const MAX_REMEMBERED = 10_000;

export class SignatureCache {
  // The older half is forgotten at once. Forgetting one by one, oldest first,
  // would walk over the holes that a Set keeps where entries were deleted.
  #recent = new Set<TxId>();
  #older = new Set<TxId>();
  /** Found good before their block's turn came: as long as they are in memory, however many these are. */
  readonly #trusted = new WeakSet<Transaction>();
  readonly #genesisHash: Uint8Array;
  readonly verify: Verify;

  constructor(genesisHash: Uint8Array, verify: Verify) {
    this.#genesisHash = genesisHash;
    this.verify = verify;
  }

  check(tx: Transaction): boolean {
    if (this.#isGood(tx)) return true;
    if (!signatureIsValid(this.#genesisHash, tx, this.verify)) return false;
    this.remember(transactionId(tx));
    return true;
  }

  /** What of these a verifier may look at ahead of need: those whose signature is not known to be good. */
  open(transactions: readonly Transaction[]): Transaction[] {
    return transactions.filter((tx) => !isCoinbase(tx) && !this.#isGood(tx));
  }

  /** What such a verifier found good: `check` believes it. */
  trust(good: readonly Transaction[]): void {
    for (const tx of good) this.#trusted.add(tx);
  }

  #isGood(tx: Transaction): boolean {
    if (this.#trusted.has(tx)) return true;
    const id = transactionId(tx);
    return this.#recent.has(id) || this.#older.has(id);
  }

  /** The transaction with this id has a good signature. */
  remember(id: TxId): void {
    if (this.#recent.size >= MAX_REMEMBERED) {
      this.#older = this.#recent;
      this.#recent = new Set();
    }
    this.#recent.add(id);
  }
}
