/**
 * Hashes and the identifiers made of them. A hash is 32 bytes as SHA-256
 * gives them; an id is its hex in reversed byte order, as Bitcoin's tools
 * print it, so that an id with low work shows its leading zeros.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** 64 hex digits: a block's header hash, byte-reversed. */
export type BlockId = string;
/** 64 hex digits: a transaction's hash, byte-reversed. */
export type TxId = string;
/** 64 hex digits: an Ed25519 public key, not reversed. */
export type AccountId = string;

export const HASH_BYTES = 32;
export const ZERO_HASH: Uint8Array = new Uint8Array(HASH_BYTES);
/** The account of nobody: a coinbase's sender, a plain message's recipient. */
export const NOBODY: AccountId = bytesToHex(ZERO_HASH);

/** Bitcoin's hash: SHA-256 twice. */
export function sha256d(data: Uint8Array): Uint8Array {
  return sha256(sha256(data));
}

// Tags are constants of ours: there are as many as purposes.
const tagHashes = new Map<string, Uint8Array>();

/** BIP340's tagged hash: a digest of one purpose can't be taken for one of another. */
export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  let tagHash = tagHashes.get(tag);
  if (!tagHash) {
    tagHash = sha256(utf8ToBytes(tag));
    tagHashes.set(tag, tagHash);
  }
  return sha256(concatBytes(tagHash, tagHash, ...parts));
}

export function hashToId(hash: Uint8Array): string {
  return bytesToHex(hash.slice().reverse());
}

export function idToHash(id: string): Uint8Array {
  return hexToBytes(id).reverse();
}

/** A hash as the 256-bit little-endian number that a target is compared with. */
export function hashToNumber(hash: Uint8Array): bigint {
  return BigInt('0x' + hashToId(hash));
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
