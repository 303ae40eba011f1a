import { expect, test } from 'vitest';
import { targetFromBits, workOfTarget } from '../../../web/core/target.ts';
import {
  delays,
  difficulties,
  expectedHashes,
  intervals,
  RATE_BLOCKS,
  roomRates,
} from '../../../web/ui/stats/block-series.ts';
import { byHeight, byTime } from '../../../web/ui/stats/chart-data.ts';
import { upTo, withRate } from '../../../web/ui/stats/rate-log.svelte.ts';
import { duration } from '../../../web/ui/stats/stats-format.ts';
import { ALICE, block, blocks } from './snapshots.ts';

const BITS = 0x1e03ffff;
/** 15 seconds apart, upwards. */
const spaced = (from: number, to: number) =>
  blocks(from, to)
    .toReversed()
    .map((summary) => ({ ...summary, time: 1_000 + 15 * summary.height }));

test('expected hashes are those of the chain’s own rule', () => {
  for (const bits of [BITS, 0x1e01ffff, 0x1d00ffff, 0x207fffff]) {
    const exact = Number(workOfTarget(targetFromBits(bits) ?? 0n));
    expect(expectedHashes(bits) / exact).toBeCloseTo(1, 6);
  }
});

test('intervals need both blocks, and leave the genesis block out', () => {
  expect(intervals(spaced(0, 3))).toEqual([
    { height: 2, value: 15 },
    { height: 3, value: 15 },
  ]);
  const gap = [...spaced(5, 6), ...spaced(9, 10)];
  expect(intervals(gap).map(({ height }) => height)).toEqual([6, 10]);
});

test('the room’s rate is the work over the time that it took, and says nothing before four blocks', () => {
  const rates = roomRates(spaced(0, 30));
  expect(rates[0]?.time).toBe(1_000 + 15 * 5);
  for (const { value } of rates) expect(value).toBeCloseTo(expectedHashes(BITS) / 15, 3);
  // Half the targets: twice the work.
  const harder = spaced(1, 30).map((summary) => ({ ...summary, bits: 0x1e01ffff }));
  expect((roomRates(harder).at(-1)?.value ?? 0) / (rates.at(-1)?.value ?? 1)).toBeCloseTo(2, 3);
});

test('an estimate over a gap would lack work: there is none until enough blocks follow it', () => {
  const times = roomRates([...spaced(1, 30), ...spaced(40, 70)]).map(({ time }) => (time - 1_000) / 15);
  expect(times).not.toContain(40);
  expect(times).not.toContain(40 + RATE_BLOCKS - 1);
  expect(times).toContain(40 + RATE_BLOCKS);
  // All at one second: no time, no rate.
  expect(roomRates(spaced(1, 30).map((summary) => ({ ...summary, time: 5 })))).toEqual([]);
});

test('delays are of blocks that a peer gave this tab while it was open', () => {
  const heard = { ...block(3), heardAtMs: (block(3).time + 1.5) * 1000, heardFrom: ALICE };
  const own = { ...block(4), heardAtMs: (block(4).time + 1) * 1000 };
  expect(delays([block(2), heard, own])).toEqual([{ height: 3, value: 1.5 }]);
  expect(difficulties([block(0), heard])).toHaveLength(1);
});

test('a goal is drawn along all of a line; lines of other times meet on one axis', () => {
  const look = { label: 'a', colour: 'accent' } as const;
  const goal = { look: { label: 'goal', colour: 'busy' } as const, value: 15 };
  const points = [
    { height: 7, value: 3 },
    { height: 8, value: 4 },
  ];
  expect(byHeight(points, look, goal).lines.map(({ values }) => values)).toEqual([
    [3, 4],
    [15, 15],
  ]);
  const line = (...points: [number, number][]) => ({
    look,
    points: points.map(([time, value]) => ({ time, value })),
  });
  const data = byTime([line([1, 10], [5, 50], [7, 70]), line([5, 5], [6, 6])], 5);
  expect(data.x).toEqual([5, 6, 7]);
  expect(data.lines.map(({ values }) => values)).toEqual([
    [50, undefined, 70],
    [5, 6, undefined],
  ]);
});

test('the own rate is kept every five seconds, at once when work begins or ends, and for an hour', () => {
  let samples = withRate([], 0, 100);
  samples = withRate(samples, 0, 103);
  samples = withRate(samples, undefined, 110);
  expect(samples).toEqual([{ time: 100, value: 0 }]);
  samples = withRate(samples, 500, 160);
  samples = withRate(samples, 510, 162);
  samples = withRate(samples, 520, 165);
  samples = withRate(samples, 0, 166);
  expect(samples.map(({ value }) => value)).toEqual([0, 0, 500, 520, 520, 0]);
  // The rest before it is flat up to its end.
  expect(samples[1]?.time).toBeCloseTo(160, 1);
  for (let time = 200; time < 20_000; time += 5) samples = withRate(samples, 600, time);
  expect(samples).toHaveLength(720);
  expect(upTo(samples, 30_000).at(-1)).toEqual({ time: 30_000, value: 600 });
  expect(upTo([], 5)).toEqual([]);
});

test('durations read well from a tenth of a second to hours', () => {
  expect([0.42, 15, -1.24, 90, 300, 36_000].map(duration)).toEqual([
    '0.4 s',
    '15 s',
    '-1.2 s',
    '90 s',
    '5 min',
    '10 h',
  ]);
});
