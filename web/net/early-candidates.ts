import type { CandidateData } from './envelope.ts';

/** Candidates kept for one offer that is still under way: a machine with two networks has about ten. */
export const MAX_EARLY_PER_OFFER = 16;
/** Offers that one peer may have under way at a time: one, and its next attempt. */
export const MAX_EARLY_OFFERS_PER_PEER = 2;
/** Offers under way in all, whoever claims to send them: bounds the memory at 32 * 16 candidates of 1 KiB. */
export const MAX_EARLY_OFFERS = 32;
/** An offer that comes later than this after its candidates, in ms, comes too late for its own connect timeout. */
export const EARLY_LIFETIME_MS = 10_000;

interface Waiting {
  readonly from: string;
  readonly expiresAtMs: number;
  readonly candidates: CandidateData[];
}

/**
 * Candidates that overtook their offer: through one server they can't, over relaying peers they do. What goes over
 * a bound is dropped; ICE connects with what is left, or the dialer tries again.
 */
export interface EarlyCandidates {
  hold(from: string, linkId: string, candidate: CandidateData, nowMs: number): void;
  /** Takes out what `from` sent for its offer `linkId`, in order. */
  take(from: string, linkId: string): readonly CandidateData[];
  expire(nowMs: number): void;
}

export function createEarlyCandidates(): EarlyCandidates {
  const waiting = new Map<string, Waiting>();

  function hasRoomFor(from: string): boolean {
    if (waiting.size >= MAX_EARLY_OFFERS) return false;
    let count = 0;
    for (const entry of waiting.values()) if (entry.from === from) count += 1;
    return count < MAX_EARLY_OFFERS_PER_PEER;
  }

  return {
    hold(from, linkId, candidate, nowMs) {
      const entry = waiting.get(linkId);
      if (entry !== undefined) {
        // An id that two peers use is a clash or a lie; the first one keeps it.
        if (entry.from === from && entry.candidates.length < MAX_EARLY_PER_OFFER)
          entry.candidates.push(candidate);
      } else if (hasRoomFor(from)) {
        waiting.set(linkId, { from, expiresAtMs: nowMs + EARLY_LIFETIME_MS, candidates: [candidate] });
      }
    },
    take(from, linkId) {
      const entry = waiting.get(linkId);
      waiting.delete(linkId);
      return entry?.from === from ? entry.candidates : [];
    },
    expire(nowMs) {
      for (const [linkId, entry] of waiting) if (nowMs >= entry.expiresAtMs) waiting.delete(linkId);
    },
  };
}
