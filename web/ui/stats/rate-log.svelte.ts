import { createContext } from 'svelte';
import type { PowSnapshot } from '../../node/snapshot.ts';
import type { EngineClient } from '../engine-client.ts';
import type { TimePoint } from './block-series.ts';

/** An hour, at the pace below. The oldest go. */
const MAX_SAMPLES = 720;
/** The measured rate changes several times a second: one value in this time is kept. */
const SAMPLE_S = 5;

/** Hashes a second of this tab since it was opened; 0 while it rests. */
export class RateLog {
  samples = $state.raw<readonly TimePoint[]>([]);

  /** Returns what ends the listening. */
  follow(client: EngineClient, nowMs: () => number): () => void {
    return client.subscribe('pow', () => {
      const pow = client.slice('pow');
      if (pow !== undefined) this.samples = withRate(this.samples, rateOf(pow), nowMs() / 1000);
    });
  }
}

function rateOf({ working, hashRate }: PowSnapshot): number | undefined {
  return working ? hashRate : 0;
}

/**
 * `rate`: undefined while it is not measured. A rest and its end are kept at once, between them one in `SAMPLE_S`:
 * the line then goes straight up and down where the work began and ended.
 */
export function withRate(
  samples: readonly TimePoint[],
  rate: number | undefined,
  time: number,
): readonly TimePoint[] {
  if (rate === undefined) return samples;
  const last = samples.at(-1);
  if (last === undefined) return [{ time, value: rate }];
  const turns = (last.value === 0) !== (rate === 0);
  if (!turns && (rate === 0 || time - last.time < SAMPLE_S)) return samples;
  // What it was up to now, so that the line does not slope through a rest.
  const edge = turns && time > last.time + 0.001 ? [{ time: time - 0.001, value: last.value }] : [];
  return [...samples, ...edge, { time, value: rate }].slice(-MAX_SAMPLES);
}

/** What was true last is true until now. */
export function upTo(samples: readonly TimePoint[], time: number): readonly TimePoint[] {
  const last = samples.at(-1);
  return last === undefined || time <= last.time ? samples : [...samples, { time, value: last.value }];
}

export const [getRateLog, setRateLog] = createContext<RateLog>();
