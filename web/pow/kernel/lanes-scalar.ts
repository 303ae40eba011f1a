/** Takes the place of lanes.ts for engines without SIMD: one lane, a plain 32-bit word. */
export type Lanes = u32;
export const LANES: u32 = 1;
export const WIDTH: usize = 4;

// @inline
export function load(address: usize): Lanes {
  return i32.load(address);
}

// @inline
export function store(address: usize, value: Lanes): void {
  i32.store(address, value);
}

// @inline
export function splat(word: u32): Lanes {
  return word;
}

// @inline
export function count(first: u32): Lanes {
  return first;
}

// @inline
export function add(x: Lanes, y: Lanes): Lanes {
  return x + y;
}

// @inline
export function xor(x: Lanes, y: Lanes): Lanes {
  return x ^ y;
}

// @inline
export function and(x: Lanes, y: Lanes): Lanes {
  return x & y;
}

// @inline
export function shr(x: Lanes, bits: i32): Lanes {
  return x >> bits;
}

// @inline
export function rotr(x: Lanes, bits: i32): Lanes {
  return i32.rotr(x, bits);
}

// @inline
export function xorOfRotated(x: Lanes, bits1: i32, bits2: i32, bits3: i32): Lanes {
  return i32.rotr(x, bits1) ^ i32.rotr(x, bits2) ^ i32.rotr(x, bits3);
}

// @inline
export function swapBytes(x: Lanes): Lanes {
  return bswap<u32>(x);
}

// @inline
export function anyAtMost(x: Lanes, limit: u32): bool {
  return x <= limit;
}
