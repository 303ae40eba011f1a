/** core/header.ts has it too, but would bring its codec into every worker. */
const HEADER_BYTES = 80;

export const NONCE_OFFSET = HEADER_BYTES - 4;

export interface SearchResult {
  /** The header that hits, if there is one: with its nonce, and maybe with other free bits in its version. */
  readonly found: Uint8Array | undefined;
  /** Nonces tried, the hit's included. */
  readonly nonces: number;
  /** Headers tried: more than nonces, where each is tried with several versions. */
  readonly hashes: number;
}

/** Tries the nonces `from` to `to - 1`, in order, until one hits. `0 <= from <= to <= 2^32`. */
export type Search = (from: number, to: number) => SearchResult;

/**
 * Does once what is the same for all nonces of a header: which one makes its double SHA-256, read as a little-endian
 * number, at most the target?
 * @throws RangeError if the header is not 80 bytes or the target not of 256 bits.
 */
export type PrepareSearch = (header: Uint8Array, target: bigint) => Search;

/** @throws RangeError */
export function assertSearchable(header: Uint8Array, target: bigint): void {
  if (header.length !== HEADER_BYTES) throw new RangeError(`header of ${header.length} bytes`);
  if (target < 0n || target >> 256n !== 0n) throw new RangeError('target out of 256 bits');
}
