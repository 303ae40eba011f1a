/** Four 32-bit words side by side, each of a nonce of its own: a 128-bit vector of WebAssembly's SIMD. */
export type Lanes = v128;
export const LANES: u32 = 4;
/** Bytes of a `Lanes` in memory. */
export const WIDTH: usize = 16;

export function load(address: usize): Lanes {
  return v128.load(address);
}

export function store(address: usize, value: Lanes): void {
  v128.store(address, value);
}

/** The same word in every lane. */
export function splat(word: u32): Lanes {
  return i32x4.splat(word);
}

/** One number after the other, modulo 2^32: `first` in the first lane. */
export function count(first: u32): Lanes {
  return i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
}

/** Modulo 2^32. */
export function add(x: Lanes, y: Lanes): Lanes {
  return i32x4.add(x, y);
}

export function xor(x: Lanes, y: Lanes): Lanes {
  return v128.xor(x, y);
}

export function and(x: Lanes, y: Lanes): Lanes {
  return v128.and(x, y);
}

export function shr(x: Lanes, bits: i32): Lanes {
  return i32x4.shr_u(x, bits);
}

/** There is no rotation of vectors; the halves share no bit, so xor joins them, and merges with the xors around it. */
export function rotr(x: Lanes, bits: i32): Lanes {
  return v128.xor(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}

/** Between the big-endian words of SHA-256 and the little-endian numbers of a header. */
export function swapBytes(x: Lanes): Lanes {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Is any of the lanes, unsigned, at most `limit`? */
export function anyAtMost(x: Lanes, limit: u32): bool {
  return v128.any_true(i32x4.le_u(x, i32x4.splat(limit)));
}
