/**
 * Bitcoin's merkle tree over transaction hashes: pairs are hashed with
 * sha256d, an odd one out is paired with itself. Because of that pairing two
 * different lists can have one root (CVE-2012-2459): a list whose last
 * elements are repeated. Such a list is reported as mutated. The root of a
 * valid block can be copied this way, so a mutated list says nothing about
 * the header: the hash must not be marked invalid for it.
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { equalBytes, sha256d, ZERO_HASH } from './hash.ts';

export interface MerkleResult {
  readonly root: Uint8Array;
  /** Two equal hashes stand side by side where the tree would pair them. */
  readonly mutated: boolean;
}

export function merkleRoot(leaves: readonly Uint8Array[]): MerkleResult {
  if (leaves.length === 0) return { root: ZERO_HASH, mutated: false };
  let level = leaves;
  let mutated = false;
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] as Uint8Array;
      const right = level[i + 1];
      if (right && equalBytes(left, right)) mutated = true;
      next.push(sha256d(concatBytes(left, right ?? left)));
    }
    level = next;
  }
  return { root: level[0] as Uint8Array, mutated };
}
