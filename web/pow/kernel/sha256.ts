/**
 * SHA-256 as the standard writes it (FIPS 180-4), on lanes: each lane computes a hash of its own.
 *
 * `// @inline` puts a function's code where it is called, by scripts/kernel-plugin.ts. The order of operations is the one
 * written here, down to the machine code: that is worth a tenth of the speed, see search.ts.
 */
import {
  Lanes,
  WIDTH,
  add,
  and,
  load,
  rotr,
  shr,
  splat,
  store,
  swapBytes,
  xor,
  xorOfRotated,
} from './lanes.ts';

/** 4.2.2: of the cube roots of the first 64 primes, the first 32 bits after the point. */
const CONSTANTS = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);
/** 5.3.3: the same of the square roots of the first eight primes. */
const INITIAL_WORDS = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** Tables in memory have an entry for each word, and the entry has the word in each of its lanes. */
export const STATE_BYTES: usize = 8 * WIDTH;
export const SCHEDULE_BYTES: usize = 64 * WIDTH;
/** K of 4.2.2. */
export const K = memory.data(SCHEDULE_BYTES, 16);
/** H(0) of 5.3.3. */
export const INITIAL = memory.data(STATE_BYTES, 16);

// @inline
export function at(table: usize, index: usize): Lanes {
  return load(table + index * WIDTH);
}

// @inline
export function put(table: usize, index: usize, value: Lanes): void {
  store(table + index * WIDTH, value);
}

/** Fills the two tables of constants. */
export function fillConstants(): void {
  for (let t: usize = 0; t < 64; t++) put(K, t, splat(i32.load(CONSTANTS + 4 * t)));
  for (let i: usize = 0; i < 8; i++) put(INITIAL, i, splat(i32.load(INITIAL_WORDS + 4 * i)));
}

/** A word of a message in every lane. Words are big-endian (3.1), WebAssembly's memory is not. */
// @inline
export function messageWord(message: usize, index: usize): Lanes {
  return swapBytes(splat(i32.load(message + 4 * index)));
}

// The six functions of 4.1.2.

/** Takes the bits of g where e has 0 and those of f where it has 1. */
// @inline
function ch(e: Lanes, f: Lanes, g: Lanes): Lanes {
  return xor(g, and(e, xor(f, g)));
}

/**
 * The majority of a, b and c: where a and b agree it is b, and where they don't, c decides. This is b ^ ((a^b) &
 * (b^c)), and since the next round's b and c are this round's a and b, its b^c is our a^b: one xor saved.
 */
// @inline
function maj(b: Lanes, ab: Lanes, bc: Lanes): Lanes {
  return xor(b, and(ab, bc));
}

// @inline
function bigSigma0(a: Lanes): Lanes {
  return xorOfRotated(a, 2, 13, 22);
}

// @inline
function bigSigma1(e: Lanes): Lanes {
  return xorOfRotated(e, 6, 11, 25);
}

// @inline
export function sigma0(w: Lanes): Lanes {
  return xor(xor(rotr(w, 7), rotr(w, 18)), shr(w, 3));
}

// @inline
export function sigma1(w: Lanes): Lanes {
  return xor(xor(rotr(w, 17), rotr(w, 19)), shr(w, 10));
}

// The two sums of a round (6.2.2, step 3). A round can't begin before the last one's sums are there, so each has the
// shortest way possible: in the code first Sigma1, which takes longest, and no sum waits for what is ready late.

/** T1, and what is added to d. `wk` is W[t] + K[t]. */
// @inline
export function t1(e: Lanes, f: Lanes, g: Lanes, h: Lanes, wk: Lanes): Lanes {
  const s1 = bigSigma1(e);
  return add(add(add(h, wk), ch(e, f, g)), s1);
}

/** T1 + T2, the next a. As (T1 + Maj) + Sigma0 it is there a step sooner: Maj is ready before Sigma0. */
// @inline
export function t1PlusT2(t1: Lanes, a: Lanes, b: Lanes, ab: Lanes, bc: Lanes): Lanes {
  return add(add(t1, maj(b, ab, bc)), bigSigma0(a));
}

/** W[t] of 6.2.2, step 1, made of W[t-16], W[t-15], W[t-7] and W[t-2]. */
// @inline
export function nextWord(w16: Lanes, w15: Lanes, w7: Lanes, w2: Lanes): Lanes {
  return add(add(sigma1(w2), w7), add(sigma0(w15), w16));
}

/** Step 1, in place: `words` has W[0] to W[15], and then W[t] + K[t] for all t. */
export function expand(words: usize): void {
  for (let t: usize = 16; t < 64; t++)
    put(words, t, nextWord(at(words, t - 16), at(words, t - 15), at(words, t - 7), at(words, t - 2)));
  for (let t: usize = 0; t < 64; t++) put(words, t, add(at(words, t), at(K, t)));
}

/** Steps 2 and 3, so many rounds of them, from the state at `from` to the one at `to`. `wk` has W[t] + K[t]. */
export function compress(from: usize, to: usize, wk: usize, rounds: usize): void {
  let a = at(from, 0);
  let b = at(from, 1);
  let c = at(from, 2);
  let d = at(from, 3);
  let e = at(from, 4);
  let f = at(from, 5);
  let g = at(from, 6);
  let h = at(from, 7);
  for (let t: usize = 0; t < rounds; t++) {
    const temp1 = t1(e, f, g, h, at(wk, t));
    const sum = t1PlusT2(temp1, a, b, xor(a, b), xor(b, c));
    h = g;
    g = f;
    f = e;
    e = add(d, temp1);
    d = c;
    c = b;
    b = a;
    a = sum;
  }
  putState(to, a, b, c, d, e, f, g, h);
}

// @inline
function putState(
  to: usize,
  a: Lanes,
  b: Lanes,
  c: Lanes,
  d: Lanes,
  e: Lanes,
  f: Lanes,
  g: Lanes,
  h: Lanes,
): void {
  put(to, 0, a);
  put(to, 1, b);
  put(to, 2, c);
  put(to, 3, d);
  put(to, 4, e);
  put(to, 5, f);
  put(to, 6, g);
  put(to, 7, h);
}

/** Step 4: the sum of the state before a block and the one after its rounds. */
export function addStates(before: usize, after: usize, sum: usize): void {
  for (let i: usize = 0; i < 8; i++) put(sum, i, add(at(before, i), at(after, i)));
}
