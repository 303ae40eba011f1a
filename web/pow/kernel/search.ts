/**
 * The search for a nonce: SHA-256 twice over an 80-byte block header, as fast as vectors of 128 bits allow.
 *
 * SHA-256 takes its message in blocks of 16 words (FIPS 180-4, 5.2.1), padded with a bit, zeros and its length (5.1.1).
 * A header takes two blocks, and its hash, which is hashed again, a third:
 *
 *     W[t], t =   0      1      2      3      4 ... 7          8           9 ... 14   15
 *     header      version, the parent's hash, the first seven of the merkle root's eight words
 *     its rest    root   time   bits   nonce  80000000 0 0 0   0           0          640 bits
 *     its digest  eight words of the header's hash             80000000    0          256 bits
 *
 * What makes it fast is what it does not compute:
 *  - The first block has no nonce. The state after it, the *midstate*, serves them all.
 *  - The schedule of the second block does not depend on the first. So headers that differ only there share it: the
 *    version has bits that are free (BIP320), and each nonce is tried with several versions ("AsicBoost").
 *  - Of the second block's schedule only word 3 changes, so words 16, 17 and parts of later ones are fixed.
 *  - A round's word enters by addition, to a and to e. So of the first round with an unknown word everything else can be
 *    computed before, with the word 0: the header's rounds 0 to 3 and the digest's round 0 become two additions.
 *  - A target is small, so nearly always the digest's last word, the hash's highest, tells that a nonce missed. It
 *    is e after round 60 (f, g and h after 61, 62 and 63): the last three rounds, and all that only feeds a or T2
 *    after round 56, are left out.
 * A group of nonces that may have hit is left to the caller to look at: that costs nothing, since it is so rare.
 *
 * How near the limit that is: four nonces with a version take about 5,200 vector operations, so 1,300 cycles where four
 * are done at once. On Zen 4 it takes 1,530: 10 a round, not 34 / 4, since a round waits for the last one's sums and only
 * two of its 12 shifts are done at once. Native code made of the same operations (clang, AVX) takes 10.7 a round.
 *
 * What was measured and is slower, or no faster:
 *  - operations in another order than written (asc -O3 moves them to where they are first used): 10%;
 *  - all rounds unrolled (40 KB of code miss the caches), 16 or 28 rounds a turn;
 *  - constants of K in the code instead of in memory;
 *  - two vectors by turns (16 registers are too few), scalar code beside the vectors;
 *  - left shifts as products (other pipes, but three cycles instead of one);
 *  - Sigma with nested rotations (its chain is longer).
 */
import { LANES, Lanes, WIDTH, add, anyAtMost, count, splat, swapBytes, xor } from './lanes.ts';
import {
  addStates,
  at,
  compress,
  expand,
  fillConstants,
  INITIAL,
  K,
  messageWord,
  nextWord,
  put,
  SCHEDULE_BYTES,
  sigma0,
  sigma1,
  STATE_BYTES,
  t1,
  t1PlusT2,
} from './sha256.ts';

/** The bit after a message's last one (5.1.1). */
const END_OF_MESSAGE: u32 = 0x80000000;
/** Where the caller puts the 80 bytes. */
export const HEADER = memory.data(80, 16);
/** How many nonces make a group. */
export const GROUP = LANES;
/** At most so many versions of a header. More of them would save ever less: of the first schedule 1/8 is left. */
export const MAX_VERSIONS: u32 = 8;

/** W[t] + K[t] of the block that holds the header's rest; words 4 to 17 are the same for all nonces. */
const REST = memory.data(SCHEDULE_BYTES, 16);
/** By t: the part of the same block's W[t] that does not depend on the nonce. */
const FIXED = memory.data(SCHEDULE_BYTES, 16);
/** W[t] + K[t] of the digest's block; words 8 to 15 are padding. */
const DIGEST = memory.data(SCHEDULE_BYTES, 16);
/** The digest itself. */
const DIGEST_WORDS = memory.data(STATE_BYTES, 16);
/** One of each version. */
const MIDSTATES = memory.data(MAX_VERSIONS * STATE_BYTES, 16);
/** Of each version the state after the rest's round 3, were the nonce 0. */
const REST_STARTS = memory.data(MAX_VERSIONS * STATE_BYTES, 16);
/** The state after the digest's round 0, were its first word 0. */
const DIGEST_START = memory.data(STATE_BYTES, 16);
/** The state after the first block's rounds. */
const STATE = memory.data(STATE_BYTES, 16);

/**
 * Everything that is the same for all nonces of the header in `HEADER`, whose version is one of several, this one.
 * Nothing but the version may differ between them, which is a word of the first block.
 */
export function prepare(version: u32): void {
  const midstate = MIDSTATES + version * STATE_BYTES;
  fillConstants();
  for (let t: usize = 0; t < 16; t++) put(REST, t, messageWord(HEADER, t));
  expand(REST);
  compress(INITIAL, STATE, REST, 64);
  addStates(INITIAL, STATE, midstate);

  // The second block, first as if its nonce, word 3, was 0.
  for (let t: usize = 0; t < 16; t++) put(REST, t, splat(0));
  for (let t: usize = 0; t < 3; t++) put(REST, t, messageWord(HEADER + 64, t));
  put(REST, 4, splat(END_OF_MESSAGE));
  put(REST, 15, splat(8 * 80));
  const w0 = at(REST, 0);
  const w1 = at(REST, 1);
  const w2 = at(REST, 2);
  const w4 = at(REST, 4);
  const w15 = at(REST, 15);
  expand(REST);
  compress(midstate, REST_STARTS + version * STATE_BYTES, REST, 4);

  // Of 6.2.2's W[t] = sigma1(W[t-2]) + W[t-7] + sigma0(W[t-15]) + W[t-16] the terms without word 3 or one made of it.
  const w16 = add(sigma0(w1), w0);
  const w17 = add(add(sigma1(w15), sigma0(w2)), w1);
  put(FIXED, 16, w16);
  put(FIXED, 17, w17);
  put(FIXED, 18, add(sigma1(w16), w2));
  put(FIXED, 19, add(sigma1(w17), sigma0(w4)));
  put(FIXED, 30, sigma0(w15));
  put(FIXED, 31, add(sigma0(w16), w15));

  // The digest's block, as if its first word was 0.
  for (let t: usize = 0; t < 16; t++) put(DIGEST, t, at(K, t));
  put(DIGEST, 8, add(splat(END_OF_MESSAGE), at(K, 8)));
  put(DIGEST, 15, add(splat(8 * 32), at(K, 15)));
  compress(INITIAL, DIGEST_START, DIGEST, 1);
}

/**
 * Tries so many groups of nonces, the first one at `nonce`, each nonce with the versions 0 to `versions - 1`. Returns
 * how many groups before one with a hash whose highest 32 bits are at most `limit`, the target's: that group may
 * hit. All of them if there is none.
 */
export function search(nonce: u32, groups: u32, versions: u32, limit: u32): u32 {
  for (let group: u32 = 0; group < groups; group++) {
    const nonces = swapBytes(count(nonce + group * GROUP));
    expandRest(nonces);
    for (let version: u32 = 0; version < versions; version++) {
      hashRest(version, nonces);
      expandDigest();
      // A target is compared with the digest as a little-endian number: its last word is the highest, bytes reversed.
      if (anyAtMost(swapBytes(lastDigestWord()), limit)) return group;
    }
  }
  return groups;
}

/** The rest of the header, from the midstate to the digest. */
// @inline
function hashRest(version: u32, nonces: Lanes): void {
  compressFrom(REST, 4, REST_STARTS + version * STATE_BYTES, nonces, MIDSTATES + version * STATE_BYTES);
}

/** The hash of the digest, as much of it as the word needs that decides. */
// @inline
function lastDigestWord(): Lanes {
  return compressFrom(DIGEST, 1, DIGEST_START, at(DIGEST_WORDS, 0), INITIAL);
}

/**
 * A block's rounds from `first` on. `start` is the state that they begin with, but for `word`, which is still to be
 * added to a and e; `before` is the state before the block. After 56 of them come four more: of the header's rest all
 * of them, and its digest goes to `DIGEST_WORDS`; of the digest only what e needs, and its last word is returned.
 *
 * Eight rounds a turn, after which each name has its place again: no value ever moves from a name to another.
 */
function compressFrom(table: usize, first: usize, start: usize, word: Lanes, before: usize): Lanes {
  let a = add(at(start, 0), word);
  let b = at(start, 1);
  let c = at(start, 2);
  let d = at(start, 3);
  let e = add(at(start, 4), word);
  let f = at(start, 5);
  let g = at(start, 6);
  let h = at(start, 7);
  let t: Lanes;
  // By turns this round's a ^ b and the one of the round before, b ^ c.
  let x: Lanes;
  let y = xor(b, c);
  let wk = table + first * WIDTH;
  const end = wk + 56 * WIDTH;
  // prettier-ignore
  for (; wk < end; wk += 8 * WIDTH) {
    t = t1(e, f, g, h, at(wk, 0)); d = add(d, t); x = xor(a, b); h = t1PlusT2(t, a, b, x, y);
    t = t1(d, e, f, g, at(wk, 1)); c = add(c, t); y = xor(h, a); g = t1PlusT2(t, h, a, y, x);
    t = t1(c, d, e, f, at(wk, 2)); b = add(b, t); x = xor(g, h); f = t1PlusT2(t, g, h, x, y);
    t = t1(b, c, d, e, at(wk, 3)); a = add(a, t); y = xor(f, g); e = t1PlusT2(t, f, g, y, x);
    t = t1(a, b, c, d, at(wk, 4)); h = add(h, t); x = xor(e, f); d = t1PlusT2(t, e, f, x, y);
    t = t1(h, a, b, c, at(wk, 5)); g = add(g, t); y = xor(d, e); c = t1PlusT2(t, d, e, y, x);
    t = t1(g, h, a, b, at(wk, 6)); f = add(f, t); x = xor(c, d); b = t1PlusT2(t, c, d, x, y);
    t = t1(f, g, h, a, at(wk, 7)); e = add(e, t); y = xor(b, c); a = t1PlusT2(t, b, c, y, x);
  }
  if (table === DIGEST) {
    d = add(d, t1(e, f, g, h, at(wk, 0)));
    c = add(c, t1(d, e, f, g, at(wk, 1)));
    b = add(b, t1(c, d, e, f, at(wk, 2)));
    a = add(a, t1(b, c, d, e, at(wk, 3)));
    return add(a, at(before, 7));
  }
  // prettier-ignore
  {
    t = t1(e, f, g, h, at(wk, 0)); d = add(d, t); x = xor(a, b); h = t1PlusT2(t, a, b, x, y);
    t = t1(d, e, f, g, at(wk, 1)); c = add(c, t); y = xor(h, a); g = t1PlusT2(t, h, a, y, x);
    t = t1(c, d, e, f, at(wk, 2)); b = add(b, t); x = xor(g, h); f = t1PlusT2(t, g, h, x, y);
    t = t1(b, c, d, e, at(wk, 3)); a = add(a, t); y = xor(f, g); e = t1PlusT2(t, f, g, y, x);
  }
  // Half a turn later what was a is called e.
  put(DIGEST_WORDS, 0, add(at(before, 0), e));
  put(DIGEST_WORDS, 1, add(at(before, 1), f));
  put(DIGEST_WORDS, 2, add(at(before, 2), g));
  put(DIGEST_WORDS, 3, add(at(before, 3), h));
  put(DIGEST_WORDS, 4, add(at(before, 4), a));
  put(DIGEST_WORDS, 5, add(at(before, 5), b));
  put(DIGEST_WORDS, 6, add(at(before, 6), c));
  put(DIGEST_WORDS, 7, add(at(before, 7), d));
  return a;
}

/** Puts W[t] + K[t] into its table, and returns W[t]. */
// @inline
function keep(table: usize, t: usize, word: Lanes): Lanes {
  put(table, t, add(word, at(K, t)));
  return word;
}

/** The schedule of the header's rest, straight: so many words don't fit into registers, but most accesses do. */
function expandRest(nonces: Lanes): void {
  const w16 = at(FIXED, 16);
  const w17 = at(FIXED, 17);
  const w18 = keep(REST, 18, add(sigma0(nonces), at(FIXED, 18)));
  const w19 = keep(REST, 19, add(nonces, at(FIXED, 19)));
  const w20 = keep(REST, 20, add(sigma1(w18), splat(END_OF_MESSAGE)));
  const w21 = keep(REST, 21, sigma1(w19));
  const w22 = keep(REST, 22, add(sigma1(w20), splat(8 * 80)));
  const w23 = keep(REST, 23, add(sigma1(w21), w16));
  const w24 = keep(REST, 24, add(sigma1(w22), w17));
  const w25 = keep(REST, 25, add(sigma1(w23), w18));
  const w26 = keep(REST, 26, add(sigma1(w24), w19));
  const w27 = keep(REST, 27, add(sigma1(w25), w20));
  const w28 = keep(REST, 28, add(sigma1(w26), w21));
  const w29 = keep(REST, 29, add(sigma1(w27), w22));
  const w30 = keep(REST, 30, add(add(sigma1(w28), w23), at(FIXED, 30)));
  const w31 = keep(REST, 31, add(add(sigma1(w29), w24), at(FIXED, 31)));
  expandFrom32(REST, w16, w17, w18, w19, w20, w21, w22, w23, w24, w25, w26, w27, w28, w29, w30, w31);
}

/** The same of the digest. */
function expandDigest(): void {
  const w0 = keep(DIGEST, 0, at(DIGEST_WORDS, 0));
  const w1 = keep(DIGEST, 1, at(DIGEST_WORDS, 1));
  const w2 = keep(DIGEST, 2, at(DIGEST_WORDS, 2));
  const w3 = keep(DIGEST, 3, at(DIGEST_WORDS, 3));
  const w4 = keep(DIGEST, 4, at(DIGEST_WORDS, 4));
  const w5 = keep(DIGEST, 5, at(DIGEST_WORDS, 5));
  const w6 = keep(DIGEST, 6, at(DIGEST_WORDS, 6));
  const w7 = keep(DIGEST, 7, at(DIGEST_WORDS, 7));
  const w8 = splat(END_OF_MESSAGE);
  const w15 = splat(8 * 32);
  const w16 = keep(DIGEST, 16, add(sigma0(w1), w0));
  const w17 = keep(DIGEST, 17, add(add(sigma1(w15), sigma0(w2)), w1));
  const w18 = keep(DIGEST, 18, add(add(sigma1(w16), sigma0(w3)), w2));
  const w19 = keep(DIGEST, 19, add(add(sigma1(w17), sigma0(w4)), w3));
  const w20 = keep(DIGEST, 20, add(add(sigma1(w18), sigma0(w5)), w4));
  const w21 = keep(DIGEST, 21, add(add(sigma1(w19), sigma0(w6)), w5));
  const w22 = keep(DIGEST, 22, nextWord(w6, w7, w15, w20));
  const w23 = keep(DIGEST, 23, nextWord(w7, w8, w16, w21));
  const w24 = keep(DIGEST, 24, add(add(sigma1(w22), w17), w8));
  const w25 = keep(DIGEST, 25, add(sigma1(w23), w18));
  const w26 = keep(DIGEST, 26, add(sigma1(w24), w19));
  const w27 = keep(DIGEST, 27, add(sigma1(w25), w20));
  const w28 = keep(DIGEST, 28, add(sigma1(w26), w21));
  const w29 = keep(DIGEST, 29, add(sigma1(w27), w22));
  const w30 = keep(DIGEST, 30, add(add(sigma1(w28), w23), sigma0(w15)));
  const w31 = keep(DIGEST, 31, nextWord(w15, w16, w24, w29));
  expandFrom32(DIGEST, w16, w17, w18, w19, w20, w21, w22, w23, w24, w25, w26, w27, w28, w29, w30, w31);
}

/** From here on no word is special. `w0` is W[16], then W[32] and W[48], and so are the others. */
// prettier-ignore
function expandFrom32(
  table: usize, w0: Lanes, w1: Lanes, w2: Lanes, w3: Lanes, w4: Lanes, w5: Lanes, w6: Lanes, w7: Lanes,
  w8: Lanes, w9: Lanes, w10: Lanes, w11: Lanes, w12: Lanes, w13: Lanes, w14: Lanes, w15: Lanes,
): void {
  w0 = keep(table, 32, nextWord(w0, w1, w9, w14));
  w1 = keep(table, 33, nextWord(w1, w2, w10, w15));
  w2 = keep(table, 34, nextWord(w2, w3, w11, w0));
  w3 = keep(table, 35, nextWord(w3, w4, w12, w1));
  w4 = keep(table, 36, nextWord(w4, w5, w13, w2));
  w5 = keep(table, 37, nextWord(w5, w6, w14, w3));
  w6 = keep(table, 38, nextWord(w6, w7, w15, w4));
  w7 = keep(table, 39, nextWord(w7, w8, w0, w5));
  w8 = keep(table, 40, nextWord(w8, w9, w1, w6));
  w9 = keep(table, 41, nextWord(w9, w10, w2, w7));
  w10 = keep(table, 42, nextWord(w10, w11, w3, w8));
  w11 = keep(table, 43, nextWord(w11, w12, w4, w9));
  w12 = keep(table, 44, nextWord(w12, w13, w5, w10));
  w13 = keep(table, 45, nextWord(w13, w14, w6, w11));
  w14 = keep(table, 46, nextWord(w14, w15, w7, w12));
  w15 = keep(table, 47, nextWord(w15, w0, w8, w13));
  w0 = keep(table, 48, nextWord(w0, w1, w9, w14));
  w1 = keep(table, 49, nextWord(w1, w2, w10, w15));
  w2 = keep(table, 50, nextWord(w2, w3, w11, w0));
  w3 = keep(table, 51, nextWord(w3, w4, w12, w1));
  w4 = keep(table, 52, nextWord(w4, w5, w13, w2));
  w5 = keep(table, 53, nextWord(w5, w6, w14, w3));
  w6 = keep(table, 54, nextWord(w6, w7, w15, w4));
  w7 = keep(table, 55, nextWord(w7, w8, w0, w5));
  w8 = keep(table, 56, nextWord(w8, w9, w1, w6));
  w9 = keep(table, 57, nextWord(w9, w10, w2, w7));
  w10 = keep(table, 58, nextWord(w10, w11, w3, w8));
  w11 = keep(table, 59, nextWord(w11, w12, w4, w9));
  w12 = keep(table, 60, nextWord(w12, w13, w5, w10));
  // The digest's last three rounds are left out.
  if (table === DIGEST) return;
  w13 = keep(table, 61, nextWord(w13, w14, w6, w11));
  keep(table, 62, nextWord(w14, w15, w7, w12));
  keep(table, 63, nextWord(w15, w0, w8, w13));
}
