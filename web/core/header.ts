/** The 80-byte block header: Bitcoin's, byte for byte (Bitcoin developer reference, "Block Headers"). */
import * as P from 'micro-packed';
import { HASH_BYTES, hashToId, sha256d, type BlockId } from './hash.ts';

export const HEADER_BYTES = 80;

export interface Header {
  readonly version: number;
  /** sha256d of the parent's header. */
  readonly prevHash: Uint8Array;
  readonly merkleRoot: Uint8Array;
  /** Seconds since 1970, u32. */
  readonly time: number;
  /** The target in compact form, u32. */
  readonly bits: number;
  readonly nonce: number;
}

export const headerCodec: P.CoderType<Header> = P.struct({
  version: P.I32LE,
  prevHash: P.bytes(HASH_BYTES),
  merkleRoot: P.bytes(HASH_BYTES),
  time: P.U32LE,
  bits: P.U32LE,
  nonce: P.U32LE,
});

/** BIP9's top bits. */
export const VERSION_BASE = 0x20000000;
/** BIP320's 16 bits, free for whoever grinds the header (version rolling, "AsicBoost"). */
export const VERSION_FREE_MASK = 0x1fffe000;

export function versionIsValid(version: number): boolean {
  return (version & ~VERSION_FREE_MASK) === VERSION_BASE;
}

// A header is immutable, and its hash is asked for at each step that it takes through node, chain and store.
const hashes = new WeakMap<Header, Uint8Array>();

/** Not to be written to. */
export function headerHash(header: Header): Uint8Array {
  let hash = hashes.get(header);
  if (!hash) {
    hash = sha256d(headerCodec.encode(header));
    hashes.set(header, hash);
  }
  return hash;
}

export function headerId(header: Header): BlockId {
  return hashToId(headerHash(header));
}
