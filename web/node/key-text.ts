/**
 * A node's key as text, for a user to keep: `tabchain-key:1:`, the secret key
 * and the account that it makes, each 64 hex digits, with a colon between.
 * The account is there to be checked: a key with one wrong digit is a key
 * too, of an account that is nobody's.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { AccountId } from '../core/hash.ts';

const FORM = /^tabchain-key:1:([0-9a-f]{64}):([0-9a-f]{64})$/;

/** `not-a-key`: another text. `damaged`: the account is not the key's, so one of them has changed on the way. */
export type KeyTextProblem = 'not-a-key' | 'damaged';

export type ReadKey =
  | { readonly ok: true; readonly secretKey: Uint8Array; readonly account: AccountId }
  | { readonly ok: false; readonly problem: KeyTextProblem };

/** `secretKey`: Ed25519, 32 bytes. */
export function keyText(secretKey: Uint8Array): string {
  return `tabchain-key:1:${bytesToHex(secretKey)}:${bytesToHex(ed25519.getPublicKey(secretKey))}`;
}

/** Spaces and line breaks, which copying and mail programs add, are ignored, and so are capitals. */
export function readKeyText(text: string): ReadKey {
  const [, secret, account] = FORM.exec(text.replaceAll(/\s+/g, '').toLowerCase()) ?? [];
  if (secret === undefined || account === undefined) return { ok: false, problem: 'not-a-key' };
  const secretKey = hexToBytes(secret);
  if (bytesToHex(ed25519.getPublicKey(secretKey)) !== account) return { ok: false, problem: 'damaged' };
  return { ok: true, secretKey, account };
}
