/**
 * Remembers which transactions' signatures were found good, so that one that
 * came through the mempool is not verified again in its block. A txid covers
 * the signature and a chain has one genesis, so the txid says it all. Only
 * good ones are remembered: a forger can't fill the memory.
 */
import type { TxId } from './hash.ts';
import {
  isCoinbase,
  signatureItem,
  transactionId,
  type SignatureItem,
  type Transaction,
  type Verify,
} from './transaction.ts';

/** Two mempools full, in each of two generations: together about 2 MiB of ids. */
const MAX_REMEMBERED = 10_000;

export class SignatureCache {
  // The older half is forgotten at once. Forgetting one by one, oldest first,
  // would walk over the holes that a Set keeps where entries were deleted.
  #recent = new Set<TxId>();
  #older = new Set<TxId>();
  /** What was asked ahead of need is asked again when the need comes: its message is not hashed twice. */
  readonly #items = new WeakMap<Transaction, SignatureItem>();
  readonly #genesisHash: Uint8Array;
  readonly verify: Verify;

  constructor(genesisHash: Uint8Array, verify: Verify) {
    this.#genesisHash = genesisHash;
    this.verify = verify;
  }

  check(tx: Transaction): boolean {
    const id = transactionId(tx);
    if (this.#isGood(id)) return true;
    const { signature, message, publicKey } = this.#items.get(tx) ?? signatureItem(this.#genesisHash, tx);
    if (!this.verify(signature, message, publicKey)) return false;
    this.#items.delete(tx);
    this.remember(id);
    return true;
  }

  /** What of these a verifier may look at ahead of need: signatures that are not known to be good. */
  open(transactions: readonly Transaction[]): SignatureItem[] {
    return transactions
      .filter((tx) => !isCoinbase(tx) && !this.#isGood(transactionId(tx)))
      .map((tx) => this.#itemOf(tx));
  }

  #itemOf(tx: Transaction): SignatureItem {
    let item = this.#items.get(tx);
    if (!item) {
      item = signatureItem(this.#genesisHash, tx);
      this.#items.set(tx, item);
    }
    return item;
  }

  #isGood(id: TxId): boolean {
    return this.#recent.has(id) || this.#older.has(id);
  }

  /** For a verifier that works ahead, and for `check`. */
  remember(id: TxId): void {
    if (this.#recent.size >= MAX_REMEMBERED) {
      this.#older = this.#recent;
      this.#recent = new Set();
    }
    this.#recent.add(id);
  }
}
