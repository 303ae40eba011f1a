/** Takes the place of lanes.ts for engines without SIMD: one lane, a plain 32-bit word. */
export type Lanes = u32;
export const LANES: u32 = 1;
export const WIDTH: usize = 4;

export function load(address: usize): Lanes {
  return i32.load(address);
}

export function store(address: usize, value: Lanes): void {
  i32.store(address, value);
}

export function splat(word: u32): Lanes {
  return word;
}

export function count(first: u32): Lanes {
  return first;
}

export function add(x: Lanes, y: Lanes): Lanes {
  return x + y;
}

export function xor(x: Lanes, y: Lanes): Lanes {
  return x ^ y;
}

export function and(x: Lanes, y: Lanes): Lanes {
  return x & y;
}

export function shr(x: Lanes, bits: i32): Lanes {
  return x >> bits;
}

export function rotr(x: Lanes, bits: i32): Lanes {
  return i32.rotr(x, bits);
}

export function swapBytes(x: Lanes): Lanes {
  return bswap<u32>(x);
}

export function anyAtMost(x: Lanes, limit: u32): bool {
  return x <= limit;
}
