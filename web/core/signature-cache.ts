/**
 * Remembers which transactions' signatures were found good, so that one that
 * came through the mempool is not verified again in its block. A txid covers
 * the signature and a chain has one genesis, so the txid says it all. Only
 * good ones are remembered: a forger can't fill the memory.
 */
import type { TxId } from './hash.ts';
import { signatureIsValid, transactionId, type Transaction, type Verify } from './transaction.ts';

/** Four mempools full: about 2 MiB of ids. */
const MAX_REMEMBERED = 20_000;

export class SignatureCache {
  readonly #good = new Set<TxId>();
  readonly #genesisHash: Uint8Array;
  readonly verify: Verify;

  constructor(genesisHash: Uint8Array, verify: Verify) {
    this.#genesisHash = genesisHash;
    this.verify = verify;
  }

  check(tx: Transaction): boolean {
    const id = transactionId(tx);
    if (this.#good.has(id)) return true;
    if (!signatureIsValid(this.#genesisHash, tx, this.verify)) return false;
    this.remember(id);
    return true;
  }

  /** For a verifier that works ahead: `id`'s signature is good. */
  remember(id: TxId): void {
    // A Set iterates in order of insertion: the first is the oldest.
    if (this.#good.size >= MAX_REMEMBERED) {
      for (const oldest of this.#good) {
        this.#good.delete(oldest);
        break;
      }
    }
    this.#good.add(id);
  }
}
