import type { NonceRange } from './job-messages.ts';

/** Nonces of a header: 32 bits. */
export const NONCE_COUNT = 2 ** 32;
/** Nonces handed out at once: seconds to half a minute of work, so that handing out costs nothing. */
export const LEASE_NONCES = 2 ** 24;

/**
 * Deals out the nonces of one job, each once. What a worker could not finish comes back and goes to the next one
 * that asks.
 */
export interface NonceSpace {
  /** Undefined if nothing is left to hand out; a part that is still out may come back. */
  lease(): NonceRange | undefined;
  /** The range that a lease's holder did not try. An empty one is fine. */
  giveBack(range: NonceRange): void;
}

export function createNonceSpace(count = NONCE_COUNT, leaseNonces = LEASE_NONCES): NonceSpace {
  let next = 0;
  const returned: NonceRange[] = [];
  return {
    lease() {
      const range = returned.pop();
      if (range !== undefined) return range;
      if (next >= count) return undefined;
      const from = next;
      next = Math.min(count, from + leaseNonces);
      return { from, to: next };
    },
    giveBack(range) {
      if (range.from < range.to) returned.push(range);
    },
  };
}
