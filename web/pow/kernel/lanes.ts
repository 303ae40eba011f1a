/** Four 32-bit words side by side, each of a nonce of its own: a 128-bit vector of WebAssembly's SIMD. */
export type Lanes = v128;
export const LANES: u32 = 4;
/** Bytes of a `Lanes` in memory. */
export const WIDTH: usize = 16;

// @inline
export function load(address: usize): Lanes {
  return v128.load(address);
}

// @inline
export function store(address: usize, value: Lanes): void {
  v128.store(address, value);
}

/** The same word in every lane. */
// @inline
export function splat(word: u32): Lanes {
  return i32x4.splat(word);
}

/** One number after the other, modulo 2^32: `first` in the first lane. */
// @inline
export function count(first: u32): Lanes {
  return i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
}

/** Modulo 2^32. */
// @inline
export function add(x: Lanes, y: Lanes): Lanes {
  return i32x4.add(x, y);
}

// @inline
export function xor(x: Lanes, y: Lanes): Lanes {
  return v128.xor(x, y);
}

// @inline
export function and(x: Lanes, y: Lanes): Lanes {
  return v128.and(x, y);
}

// @inline
export function shr(x: Lanes, bits: i32): Lanes {
  return i32x4.shr_u(x, bits);
}

/** There is no rotation of vectors; the halves share no bit, so xor joins them, and merges with the xors around it. */
// @inline
export function rotr(x: Lanes, bits: i32): Lanes {
  return v128.xor(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}

/** The xor of three rotations, as a tree: a chain of four operations instead of five. Shifts go two at a time (Zen). */
// @inline
export function xorOfRotated(x: Lanes, bits1: i32, bits2: i32, bits3: i32): Lanes {
  const right1 = i32x4.shr_u(x, bits1);
  const left1 = i32x4.shl(x, 32 - bits1);
  const right2 = i32x4.shr_u(x, bits2);
  const left2 = i32x4.shl(x, 32 - bits2);
  const rotated1 = v128.xor(right1, left1);
  const rotated2 = v128.xor(right2, left2);
  const right3 = i32x4.shr_u(x, bits3);
  const left3 = i32x4.shl(x, 32 - bits3);
  return v128.xor(v128.xor(rotated1, rotated2), v128.xor(right3, left3));
}

/** Between the big-endian words of SHA-256 and the little-endian numbers of a header. */
// @inline
export function swapBytes(x: Lanes): Lanes {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Is any of the lanes, unsigned, at most `limit`? */
// @inline
export function anyAtMost(x: Lanes, limit: u32): bool {
  return v128.any_true(i32x4.le_u(x, i32x4.splat(limit)));
}
