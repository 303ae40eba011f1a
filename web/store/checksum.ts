/** What is stored beside each value, to tell when its bytes have changed. */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** A flipped bit is missed once in 2^32 times. This is no defence against who can write to the disk. */
export const CHECKSUM_BYTES = 4;

/** The key is hashed too, so that a value under another key does not pass. No key is the beginning of another. */
export function checksum(key: string, bytes: Uint8Array): Uint8Array {
  return sha256(keyed(key, bytes)).subarray(0, CHECKSUM_BYTES);
}

/**
 * The same by WebCrypto, which takes a tenth of the time, on other threads. A plain-HTTP page has none: there it is
 * the one above. Never rejects.
 */
export async function checksumSoon(key: string, bytes: Uint8Array): Promise<Uint8Array> {
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  if (!subtle) return checksum(key, bytes);
  try {
    return new Uint8Array(await subtle.digest('SHA-256', keyed(key, bytes)), 0, CHECKSUM_BYTES);
  } catch {
    return checksum(key, bytes); // out of memory, as far as anybody knows
  }
}

function keyed(key: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(utf8ToBytes(key), bytes);
}
