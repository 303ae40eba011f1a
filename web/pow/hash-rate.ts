/** The span over which a rate is measured, in ms: long enough to be calm, short enough to show a slider's effect. */
export const WINDOW_MS = 5_000;
/** No rate before so much working time, in ms: with a report every 200 ms less would be a guess. */
export const MIN_MEASURED_MS = 500;
/** A worker silent for longer than this, in ms, is not between two reports but slow: its rate falls. */
const MAX_SILENCE_MS = 500;

/** Measures hashes a second from counted hashes over working time; pauses count as neither. */
export interface HashRate {
  resume(nowMs: number): void;
  pause(nowMs: number): void;
  /** Hashes done since the last call. */
  count(hashes: number, nowMs: number): void;
  /** Undefined until it was measured. */
  perSecond(nowMs: number): number | undefined;
}

/** Hashes done in all, at a time of the clock that stands still in pauses. */
interface Reading {
  readonly atMs: number;
  readonly hashes: number;
}

export function createHashRate(): HashRate {
  let workedMs = 0;
  let resumedAtMs: number | undefined;
  /** Oldest first, the first one at the start of the window or before it. */
  let readings: Reading[] = [{ atMs: 0, hashes: 0 }];

  const clock = (nowMs: number): number =>
    workedMs + (resumedAtMs === undefined ? 0 : Math.max(0, nowMs - resumedAtMs));

  return {
    resume(nowMs) {
      resumedAtMs ??= nowMs;
    },
    pause(nowMs) {
      workedMs = clock(nowMs);
      resumedAtMs = undefined;
    },
    count(hashes, nowMs) {
      const atMs = clock(nowMs);
      readings.push({ atMs, hashes: (readings.at(-1)?.hashes ?? 0) + hashes });
      const start = readings.findLastIndex((reading) => atMs - reading.atMs >= WINDOW_MS);
      if (start > 0) readings = readings.slice(start);
    },
    perSecond(nowMs) {
      const first = readings[0];
      const last = readings.at(-1);
      if (first === undefined || last === undefined) return undefined;
      const spanMs = Math.max(last.atMs, clock(nowMs) - MAX_SILENCE_MS) - first.atMs;
      return spanMs < MIN_MEASURED_MS ? undefined : ((last.hashes - first.hashes) * 1000) / spanMs;
    },
  };
}
