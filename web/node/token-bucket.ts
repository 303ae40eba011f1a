/** Limits how often something may happen: `burst` times at once, and then as often as `perSecond` refills. */

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #atMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#atMs = nowMs;
  }

  /** Is there a token, besides `keep` that are left to others? */
  has(nowMs: number, keep = 0): boolean {
    const passedMs = Math.max(nowMs - this.#atMs, 0);
    this.#tokens = Math.min(this.#tokens + (passedMs / 1000) * this.#rate.perSecond, this.#rate.burst);
    this.#atMs = nowMs;
    return this.#tokens >= keep + 1;
  }

  /** Takes it, if there is one. */
  take(nowMs: number, keep = 0): boolean {
    const has = this.has(nowMs, keep);
    if (has) this.#tokens -= 1;
    return has;
  }
}
