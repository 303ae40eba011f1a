import { signatureItem, type Transaction } from '../core/transaction.ts';
import type { Verifier } from '../node/ports.ts';
import type { NativeVerify } from './native-ed25519.ts';

/**
 * Looks at signatures on this thread: by the platform's code, and not at all where it has none, since noble would take
 * no less time ahead of need than when the need comes.
 */
export function createOwnThreadVerifier(
  genesisHash: Uint8Array,
  native: Promise<NativeVerify | undefined>,
): Verifier {
  async function goodOf(transactions: readonly Transaction[]): Promise<readonly Transaction[]> {
    const verify = await native;
    if (verify === undefined) return [];
    const isGood = await Promise.all(transactions.map((tx) => verify(signatureItem(genesisHash, tx))));
    return transactions.filter((_, n) => isGood[n]);
  }

  return {
    lookAhead(transactions, done) {
      if (transactions.length === 0) done([]);
      else void goodOf(transactions).then(done);
    },
  };
}
