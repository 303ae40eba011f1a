/** Headers of 80 bytes, one after another: the form in which a chain's headers are stored and taken back. */
import { HASH_BYTES, hashToId, sha256d, type BlockId } from './hash.ts';
import { HEADER_BYTES, headerCodec, type Header } from './header.ts';

const PREV_HASH_AT = 4;
const TIME_AT = PREV_HASH_AT + 2 * HASH_BYTES;
const BITS_AT = TIME_AT + 4;

export function packHeaders(headers: readonly Header[]): Uint8Array {
  return joinHeaders(headers.map((header) => headerCodec.encode(header)));
}

/** The same of encoded ones: single headers, or packed ones already. */
export function joinHeaders(parts: readonly Uint8Array[]): Uint8Array {
  // Not noble's concatBytes: a long chain has more headers than a function may have arguments.
  const packed = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    packed.set(part, at);
    at += part.length;
  }
  return packed;
}

/** Reads single fields where they lie: `headerCodec` makes an object of all six, which takes several times as long. */
export class PackedHeaders {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** @throws RangeError if a header is not whole. */
  constructor(bytes: Uint8Array) {
    if (bytes.length % HEADER_BYTES !== 0) throw new RangeError(`${bytes.length} bytes are no headers`);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get count(): number {
    return this.#bytes.length / HEADER_BYTES;
  }

  /** The 80 bytes, where they are. */
  bytes(n: number): Uint8Array {
    return this.#bytes.subarray(n * HEADER_BYTES, (n + 1) * HEADER_BYTES);
  }

  /** Hashes it. */
  id(n: number): BlockId {
    return hashToId(sha256d(this.bytes(n)));
  }

  prevId(n: number): BlockId {
    const at = n * HEADER_BYTES + PREV_HASH_AT;
    return hashToId(this.#bytes.subarray(at, at + HASH_BYTES));
  }

  time(n: number): number {
    return this.#view.getUint32(n * HEADER_BYTES + TIME_AT, true);
  }

  bits(n: number): number {
    return this.#view.getUint32(n * HEADER_BYTES + BITS_AT, true);
  }
}
