/** Who writes and pays in a chain that was made for a benchmark: a class. Signing is native, as it is not measured. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import type { AccountId } from '../../../web/core/hash.ts';
import {
  signatureHash,
  TRANSACTION_VERSION,
  UNSIGNED,
  type Transaction,
  type TransactionDraft,
} from '../../../web/core/transaction.ts';

export const AUTHORS = 30;
/** RFC 8410: the fixed start of an Ed25519 private key in PKCS #8. */
const PKCS8_START = hexToBytes('302e020100300506032b657004220420');

export interface Author {
  readonly account: AccountId;
  sign(genesisHash: Uint8Array, draft: TransactionDraft): Promise<Transaction>;
}

export function createAuthors(): Promise<Author[]> {
  return Promise.all(Array.from({ length: AUTHORS }, (_, n) => createAuthor(n)));
}

async function createAuthor(n: number): Promise<Author> {
  const secretKey = new Uint8Array(32).fill(n + 1);
  const account = bytesToHex(ed25519.getPublicKey(secretKey));
  const pkcs8 = new Uint8Array(concatBytes(PKCS8_START, secretKey));
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
  return {
    account,
    async sign(genesisHash, draft) {
      const unsigned = { version: TRANSACTION_VERSION, sender: account, ...draft, signature: UNSIGNED };
      const message = new Uint8Array(signatureHash(genesisHash, unsigned));
      return { ...unsigned, signature: new Uint8Array(await crypto.subtle.sign('Ed25519', key, message)) };
    },
  };
}
