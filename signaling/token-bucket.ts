/** Bounds how fast one socket may spend: `burst` tokens at once, `ratePerSecond` from then on. */
export interface TokenBucket {
  /** Takes `cost` tokens, or none and returns false if there are too few. `nowMs` is a steady clock's. */
  take(cost: number, nowMs: number): boolean;
}

export interface TokenBucketLimits {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** A full bucket. */
export function createTokenBucket(limits: TokenBucketLimits, createdMs: number): TokenBucket {
  let tokens = limits.burst;
  let filledMs = createdMs;
  return {
    take(cost, nowMs) {
      const earned = (Math.max(0, nowMs - filledMs) / 1000) * limits.ratePerSecond;
      tokens = Math.min(limits.burst, tokens + earned);
      filledMs = nowMs;
      if (tokens < cost) return false;
      tokens -= cost;
      return true;
    },
  };
}
