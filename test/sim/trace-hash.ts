/**
 * A digest of all that was delivered, in order: two runs of one seed have the
 * same. Not a cryptographic one, since nobody attacks it and millions of
 * frames pass (two 32-bit halves after MurmurHash3's mixing).
 */
export class TraceHash {
  #a = 0x9e3779b9;
  #b = 0x85ebca6b;
  #frames = 0;

  get frames(): number {
    return this.#frames;
  }

  add(atMs: number, from: number, to: number, frame: Uint8Array): void {
    this.#frames++;
    // Microseconds: latencies are not whole milliseconds.
    const micros = Math.round(atMs * 1000);
    this.#mix(micros | 0);
    this.#mix((micros / 2 ** 32) | 0);
    this.#mix((from << 16) ^ to);
    this.#mix(frame.length);
    // The end of a message holds what chance made: a nonce, a challenge, a signature.
    for (let i = Math.max(frame.length - 16, 0); i < frame.length; i++) this.#mix(frame[i] as number);
  }

  toString(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #mix(value: number): void {
    let k = Math.imul(value, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    const a = this.#a ^ k;
    this.#a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0;
    this.#b = (Math.imul(this.#b ^ this.#a, 0xc2b2ae35) + value) | 0;
  }
}
