/**
 * SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF",
 * 2012): a keyed hash so short and fast that compact blocks can name each
 * transaction by it. 64-bit words are pairs of 32-bit halves, not BigInts: a
 * mempool of thousands is hashed for every compact block.
 */

/** 128 bits as four little-endian words. */
export interface SipKey {
  readonly k0Low: number;
  readonly k0High: number;
  readonly k1Low: number;
  readonly k1High: number;
}

/** 64 bits, each half unsigned. */
export interface SipHash {
  readonly low: number;
  readonly high: number;
}

/** `bytes`: the 16 bytes of a key, k0 first. */
export function sipKey(bytes: Uint8Array): SipKey {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return {
    k0Low: view.getInt32(0, true),
    k0High: view.getInt32(4, true),
    k1Low: view.getInt32(8, true),
    k1High: view.getInt32(12, true),
  };
}

// v0 to v3 of the paper, low half and high half in turn. Nothing outlives a
// call, so one array serves all of them.
const v = new Int32Array(8);

export function siphash24(key: SipKey, data: Uint8Array): SipHash {
  // The constants spell "somepseudorandomlygeneratedbytes".
  v[0] = key.k0Low ^ 0x70736575;
  v[1] = key.k0High ^ 0x736f6d65;
  v[2] = key.k1Low ^ 0x6e646f6d;
  v[3] = key.k1High ^ 0x646f7261;
  v[4] = key.k0Low ^ 0x6e657261;
  v[5] = key.k0High ^ 0x6c796765;
  v[6] = key.k1Low ^ 0x79746573;
  v[7] = key.k1High ^ 0x74656462;

  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const whole = data.length & ~7;
  for (let at = 0; at < whole; at += 8) absorb(view.getInt32(at, true), view.getInt32(at + 4, true));
  // The last word: what is left, and the length in its highest byte.
  let low = 0;
  let high = data.length << 24;
  for (let i = 0; i < data.length - whole; i++) {
    const byte = data[whole + i] as number;
    if (i < 4) low |= byte << (8 * i);
    else high |= byte << (8 * (i - 4));
  }
  absorb(low, high);

  v[4] ^= 0xff;
  for (let i = 0; i < 4; i++) round();
  return { low: (v[0] ^ v[2] ^ v[4] ^ v[6]) >>> 0, high: (v[1] ^ v[3] ^ v[5] ^ v[7]) >>> 0 };
}

function absorb(low: number, high: number): void {
  v[6] = (v[6] as number) ^ low;
  v[7] = (v[7] as number) ^ high;
  round();
  round();
  v[0] = (v[0] as number) ^ low;
  v[1] = (v[1] as number) ^ high;
}

function round(): void {
  add(0, 2);
  rotateAndXor(2, 13, 0);
  swapHalves(0);
  add(4, 6);
  rotateAndXor(6, 16, 4);
  add(0, 6);
  rotateAndXor(6, 21, 0);
  add(4, 2);
  rotateAndXor(2, 17, 4);
  swapHalves(4);
}

/** v[a] += v[b] */
function add(a: number, b: number): void {
  const low = ((v[a] as number) >>> 0) + ((v[b] as number) >>> 0);
  v[a + 1] = (v[a + 1] as number) + (v[b + 1] as number) + (low > 0xffffffff ? 1 : 0);
  v[a] = low;
}

/** v[a] = (v[a] rotated left by `bits`, below 32) ^ v[b] */
function rotateAndXor(a: number, bits: number, b: number): void {
  const low = v[a] as number;
  const high = v[a + 1] as number;
  v[a] = ((low << bits) | (high >>> (32 - bits))) ^ (v[b] as number);
  v[a + 1] = ((high << bits) | (low >>> (32 - bits))) ^ (v[b + 1] as number);
}

/** v[a] rotated by 32 bits. */
function swapHalves(a: number): void {
  const low = v[a] as number;
  v[a] = v[a + 1] as number;
  v[a + 1] = low;
}
