/**
 * The pieces that our wire formats are declared with, on top of micro-packed.
 * A codec's `encode` throws on a value that the format can't hold (a bug of
 * ours); bytes from outside go through `decodeOrUndefined`, which never throws.
 */
import * as P from 'micro-packed';
import { HASH_BYTES, hashToId, idToHash } from './hash.ts';

// The platform's decoder exists wherever this code runs, but not among the
// types of a plain ES program.
declare const TextDecoder: new (
  label: 'utf-8',
  options: { fatal: true; ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

// ignoreBOM keeps a leading U+FEFF in the text, so that decode(encode(x)) = x.
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

export const utf8Bytes = (text: string): Uint8Array => utf8Encoder.encode(text);

/** Without a lone surrogate: text that UTF-8 can hold (String.isWellFormed is newer than ES2023). */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** Bitcoin's CompactSize up to 2^32-1. A longer form than needed is refused: one value, one encoding. */
export const compactSize: P.CoderType<number> = P.wrap({
  encodeStream: (w, value) => {
    if (value < 0xfd) w.byte(value);
    else if (value <= 0xffff) {
      w.byte(0xfd);
      P.U16LE.encodeStream(w, value);
    } else {
      w.byte(0xfe);
      P.U32LE.encodeStream(w, value);
    }
  },
  decodeStream: (r) => {
    const first = r.byte();
    if (first < 0xfd) return first;
    if (first === 0xff) throw r.err('a size of 8 bytes');
    const value = (first === 0xfd ? P.U16LE : P.U32LE).decodeStream(r);
    if (value < (first === 0xfd ? 0xfd : 0x10000)) throw r.err('a size that is not in its shortest form');
    return value;
  },
});

/** A CompactSize that refuses more than `max`, before anything of that size is read. */
export const sizeUpTo = (max: number): P.CoderType<number> =>
  P.validate(compactSize, (value) => {
    if (value > max) throw new Error(`more than ${max}`);
    return value;
  });

/** A CompactSize of at most `max`, then as many items. micro-packed's array type is mutable; ours is not. */
export const list = <T>(max: number, item: P.CoderType<T>): P.CoderType<readonly T[]> =>
  P.array(sizeUpTo(max), item) as unknown as P.CoderType<readonly T[]>;

/** u64, little-endian, at most 2^53-1, so that a JavaScript number holds it exactly. */
export const u64: P.CoderType<number> = P.apply(P.U64LE, {
  encode: (value: bigint): number => {
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error('above 2^53-1');
    return Number(value);
  },
  decode: (value: number): bigint => {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new Error(`not an unsigned integer up to 2^53-1: ${value}`);
    return BigInt(value);
  },
});

/** UTF-8 text with a CompactSize of its bytes; ill-formed UTF-8 is refused. */
export const text = (maxBytes: number): P.CoderType<string> =>
  P.apply(P.bytes(sizeUpTo(maxBytes)), {
    encode: (bytes: P.Bytes): string => utf8Decoder.decode(bytes),
    decode: (value: string): P.Bytes => {
      // The platform's encoder would quietly write U+FFFD.
      if (!isWellFormed(value)) throw new Error('text with a lone surrogate');
      return utf8Encoder.encode(value);
    },
  });

/** 32 bytes shown as reversed hex: block and transaction ids. */
export const idCodec: P.CoderType<string> = P.apply(P.bytes(HASH_BYTES), {
  encode: (hash: P.Bytes): string => hashToId(hash),
  decode: (id: string): P.Bytes => idToHash(id),
});

/** Peer input: what does not decode, or leaves bytes over, is `undefined`. */
export function decodeOrUndefined<T>(codec: P.CoderType<T>, bytes: Uint8Array): T | undefined {
  try {
    return codec.decode(bytes);
  } catch {
    // micro-packed reports malformed input by throwing; to us it is a value like any other.
    return undefined;
  }
}
