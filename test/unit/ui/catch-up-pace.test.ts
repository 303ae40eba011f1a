import { describe, expect, test } from 'vitest';
import { CatchUpPace, SETTLE_MS, SPAN_MS } from '../../../web/ui/catch-up-pace.ts';

/** Feeds a pace as a page does: four snapshots a second, from a height that is told for each moment. */
function play(heightAt: (ms: number) => number, headerHeightAt: (ms: number) => number, untilMs: number) {
  const pace = new CatchUpPace();
  const told: { readonly atMs: number; readonly leftMs: number | undefined }[] = [];
  for (let atMs = 0; atMs <= untilMs; atMs += 250) {
    const chain = { height: Math.floor(heightAt(atMs)), headerHeight: headerHeightAt(atMs) };
    told.push({ atMs, leftMs: pace.msLeft(chain, 1_000_000 + atMs) });
  }
  return told;
}

const BLOCKS = 20_000;
const all = () => BLOCKS;

describe('the time left of catching up', () => {
  test('is not told in the first seconds, and then is what the pace says', () => {
    const told = play((ms) => ms / 2, all, 30_000);
    for (const { atMs, leftMs } of told) {
      if (atMs < SETTLE_MS) expect(leftMs).toBe(undefined);
      else expect(leftMs).toBeCloseTo(BLOCKS * 2 - atMs, -2);
    }
  });

  test('follows another pace within the span, a little each time', () => {
    const told = play((ms) => Math.min(ms, 10_000) + Math.max(0, ms - 10_000) / 4, all, 40_000);
    const at = (ms: number) => told.find(({ atMs }) => atMs === ms)?.leftMs;
    expect(at(10_000)).toBeCloseTo(10_000, -3);
    expect(at(10_000 + SPAN_MS + 500)).toBeCloseTo((BLOCKS - 12_625) * 4, -3);
    const known = told.flatMap(({ leftMs }) => (leftMs === undefined ? [] : [leftMs]));
    const jumps = known.slice(1).map((leftMs, n) => leftMs / (known[n] ?? NaN));
    expect(Math.max(...jumps)).toBeLessThan(1.2);
  });

  test('hardly moves when blocks come in bursts', () => {
    const told = play((ms) => Math.floor(ms / 2_000) * 1_000, all, 30_000);
    for (const { atMs, leftMs } of told.filter(({ atMs: ms }) => ms >= SPAN_MS))
      expect(Math.abs((leftMs ?? 0) - (BLOCKS * 2 - atMs))).toBeLessThan(0.25 * BLOCKS * 2);
  });

  test('is not told while headers still come, and is while the others go on', () => {
    const growing = play(
      (ms) => ms / 2,
      (ms) => Math.min(BLOCKS, 4_000 + ms * 2),
      12_000,
    );
    const known = growing.filter(({ leftMs }) => leftMs !== undefined);
    expect(known[0]?.atMs).toBeGreaterThanOrEqual(8_000 + SETTLE_MS - 500);
    const room = play(
      (ms) => ms / 2,
      (ms) => BLOCKS + Math.floor(ms / 3_000),
      12_000,
    );
    expect(room.filter(({ atMs, leftMs }) => atMs >= SETTLE_MS && leftMs === undefined)).toEqual([]);
  });

  test('is not told where nothing comes, and begins anew after the end', () => {
    const stuck = play(() => 5, all, 20_000);
    expect(stuck.every(({ leftMs }) => leftMs === undefined)).toBe(true);
    const pace = new CatchUpPace();
    for (let atMs = 0; atMs <= SETTLE_MS; atMs += 500)
      pace.msLeft({ height: atMs, headerHeight: 9_999 }, atMs);
    expect(pace.msLeft({ height: 9_999, headerHeight: 9_999 }, 4_000)).toBe(undefined);
    expect(pace.msLeft({ height: 9_999, headerHeight: 10_005 }, 4_500)).toBe(undefined);
    expect(pace.msLeft(undefined, 5_000)).toBe(undefined);
  });
});
