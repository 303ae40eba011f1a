/**
 * Ed25519 for all nodes of a simulation: each signature is verified once, and
 * by whoever is fastest. Exact, so fair: the key of the memory is the whole
 * question, and the answer is ZIP215's, because Node.js's own Ed25519 is
 * believed only when it says yes (web/verify/check-batch.ts does the same).
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { verifyZip215, type Verify } from '../../web/core/transaction.ts';

/** Answers remembered in each of two generations; the older one is forgotten at once. */
const MAX_REMEMBERED = 50_000;

export function sharedVerify(): Verify {
  let recent = new Map<string, boolean>();
  let older = new Map<string, boolean>();
  const keys = new Map<string, KeyObject | undefined>();

  const keyOf = (publicKey: Uint8Array): KeyObject | undefined => {
    const x = Buffer.from(publicKey).toString('base64url');
    if (!keys.has(x)) keys.set(x, importKey(x));
    return keys.get(x);
  };

  return (signature, message, publicKey) => {
    const question = Buffer.concat([signature, message, publicKey]).toString('latin1');
    const known = recent.get(question) ?? older.get(question);
    if (known !== undefined) return known;
    const key = keyOf(publicKey);
    const good =
      (key !== undefined && verify(null, message, key, signature)) ||
      verifyZip215(signature, message, publicKey);
    if (recent.size >= MAX_REMEMBERED) {
      older = recent;
      recent = new Map();
    }
    recent.set(question, good);
    return good;
  };
}

function importKey(x: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    // Not a point: noble has the last word.
    return undefined;
  }
}
