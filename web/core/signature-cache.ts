/**
 * Remembers which transactions' signatures were found good, so that one that
 * came through the mempool is not verified again in its block. A txid covers
 * the signature and a chain has one genesis, so the txid says it all. Only
 * good ones are remembered: a forger can't fill the memory.
 */
import type { TxId } from './hash.ts';
import {
  isCoinbase,
  signatureIsValid,
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
  readonly #genesisHash: Uint8Array;
  readonly verify: Verify;

  constructor(genesisHash: Uint8Array, verify: Verify) {
    this.#genesisHash = genesisHash;
    this.verify = verify;
  }

  check(tx: Transaction): boolean {
    const id = transactionId(tx);
    if (this.#isGood(id)) return true;
    if (!signatureIsValid(this.#genesisHash, tx, this.verify)) return false;
    this.remember(id);
    return true;
  }

  /** What of these a verifier may look at ahead of need: signatures that are not known to be good. */
  open(transactions: readonly Transaction[]): SignatureItem[] {
    return transactions
      .filter((tx) => !isCoinbase(tx) && !this.#isGood(transactionId(tx)))
      .map((tx) => signatureItem(this.#genesisHash, tx));
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
