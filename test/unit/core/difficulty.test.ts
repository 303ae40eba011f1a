import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asertExponent, asertTarget, nextBaseBits, relievedBits } from '../../../web/core/difficulty.ts';
import { REGTEST, ROOM } from '../../../web/core/params.ts';
import { encodeCompact, targetFromBits } from '../../../web/core/target.ts';
import { describeVectors, vectorText } from '../../vectors.ts';

// The numbers of the specification, on purpose not those of the code under test.
const LIMIT_BITS = 0x1e03ffff;
const LIMIT = 0x3ffffn << 216n;
const SPACING = 15;
const HALF_LIFE = 150;
const CAP = 300;
const RELIEF_STEP = 120;
const RELIEF_MAX = 5;

function target(bits: number): bigint {
  const value = targetFromBits(bits);
  if (value === undefined) throw new Error(`0x${bits.toString(16)} is no target`);
  return value;
}

describeVectors("Bitcoin Cash's aserti3-2d", () => {
  const IDEAL_SECONDS = 600n;
  const HALF_LIFE_SECONDS = 172_800n;
  const BCH_LIMIT = 0xffffn << 208n;

  test.each(['run01', 'run02', 'run03', 'run04', 'run05', 'run06'])('%s, every line', (run) => {
    const lines = vectorText(`asert/${run}`).split('\n');
    const anchor = (name: string): bigint => {
      const found = lines.map((line) => new RegExp(`anchor ${name}: (\\w+)`).exec(line)?.[1]).find(Boolean);
      if (!found) throw new Error(`${run} names no anchor ${name}`);
      return BigInt(found);
    };
    const anchorTarget = target(Number(anchor('nBits')));
    const rows = lines.filter((line) => /^\d/.test(line)).map((line) => line.split(' '));
    expect(rows.length).toBeGreaterThanOrEqual(10);
    for (const [, height, time, bits] of rows as [string, string, string, string][]) {
      // The anchor's time is its parent's: one more block has had its time.
      const blocks = BigInt(height) - anchor('height') + 1n;
      const exponent = asertExponent(
        BigInt(time) - anchor('parent time'),
        IDEAL_SECONDS * blocks,
        HALF_LIFE_SECONDS,
      );
      const ours = encodeCompact(asertTarget(anchorTarget, exponent, BCH_LIMIT));
      expect(`${height}: ${ours.toString(16)}`).toBe(`${height}: ${Number(bits).toString(16)}`);
    }
  });
});

/** A ratio of integers, for a model that rounds where the rule says so and nowhere else. */
class Ratio {
  readonly over: bigint;
  readonly under: bigint;

  constructor(over: bigint, under = 1n) {
    this.over = over;
    this.under = under;
  }

  plus({ over, under }: Ratio): Ratio {
    return new Ratio(this.over * under + over * this.under, this.under * under);
  }

  times({ over, under }: Ratio): Ratio {
    return new Ratio(this.over * over, this.under * under);
  }

  floor(): bigint {
    const quotient = this.over / this.under;
    return quotient * this.under > this.over ? quotient - 1n : quotient;
  }
}

/** The largest target of at most 23 significant bits on a byte boundary: what compact form can hold. */
function roundedToCompact(value: bigint): bigint {
  const hex = value.toString(16);
  const bytes = (hex.length % 2 ? `0${hex}` : hex).match(/../g) ?? [];
  const kept = Number.parseInt(bytes[0] ?? '0', 16) >= 0x80 ? 2 : 3;
  return BigInt(`0x${bytes.map((byte, i) => (i < kept ? byte : '00')).join('')}`);
}

function atMostLimit(value: bigint): bigint {
  return value > LIMIT ? LIMIT : value;
}

/** The rule of PROTOCOL.md, "Difficulty", step by step. */
function modelBaseTarget(parentBase: bigint, solveSeconds: number): bigint {
  const measured = Math.max(-CAP, Math.min(CAP, solveSeconds));
  const exponent = Math.trunc(((measured - SPACING) * 65_536) / HALF_LIFE);
  const whole = Math.floor(exponent / 65_536);
  const x = new Ratio(BigInt(exponent - whole * 65_536));
  const cubic = new Ratio(195_766_423_245_049n)
    .times(x)
    .plus(new Ratio(971_821_376n).times(x).times(x))
    .plus(new Ratio(5_127n).times(x).times(x).times(x))
    .times(new Ratio(1n, 1n << 48n));
  // Rounded to the nearest 65536th, up from the half.
  const power = new Ratio(65_536n + cubic.plus(new Ratio(1n, 2n)).floor(), 65_536n);
  const scale = whole < 0 ? new Ratio(1n, 1n << BigInt(-whole)) : new Ratio(1n << BigInt(whole));
  const moved = new Ratio(parentBase).times(power).times(scale).floor();
  return roundedToCompact(atMostLimit(moved === 0n ? 1n : moved));
}

function modelRelieved(base: bigint, secondsAfterParent: number): bigint {
  let value = base;
  for (let step = 1; step <= RELIEF_MAX && secondsAfterParent >= step * RELIEF_STEP; step++) value *= 2n;
  return roundedToCompact(atMostLimit(value));
}

// Targets as they occur: from the easiest down to what a large pool would make of a room.
const arbitraryBits = fc
  .tuple(fc.integer({ min: 0x008000, max: 0x7fffff }), fc.integer({ min: 0x10, max: 0x1d }))
  .map(([mantissa, size]) => size * 0x1000000 + mantissa);
const arbitrarySeconds = fc.oneof(
  fc.integer({ min: -400, max: 400 }),
  fc.integer({ min: -0xffffffff, max: 0xffffffff }),
);

describe('our rule', () => {
  test('gives the base target of an independent model', () => {
    fc.assert(
      fc.property(arbitraryBits, arbitrarySeconds, (bits, seconds) => {
        expect(target(nextBaseBits(ROOM, bits, seconds))).toBe(modelBaseTarget(target(bits), seconds));
      }),
      { numRuns: 3000 },
    );
  });

  test('gives the relieved target of an independent model', () => {
    fc.assert(
      fc.property(arbitraryBits, arbitrarySeconds, (bits, seconds) => {
        expect(target(relievedBits(ROOM, bits, seconds))).toBe(modelRelieved(target(bits), seconds));
      }),
      { numRuns: 3000 },
    );
  });

  test('follows the exponential to 0.013% and what compact form rounds away', () => {
    for (let seconds = -CAP; seconds <= CAP; seconds++) {
      const before = 0x1b7fffff;
      const after = target(nextBaseBits(ROOM, before, seconds));
      const ratio = Number(after) / Number(target(before));
      const ideal = 2 ** ((seconds - SPACING) / HALF_LIFE);
      expect(Math.abs(ratio / ideal - 1)).toBeLessThan(0.00013 + 2 ** -15 + 2 ** -16);
    }
  });

  // The worked numbers of PROTOCOL.md.
  test.each([
    ['in 15 s: no change', 0x1d00ffff, 15, 0x1d00ffff],
    ['in 165 s: twice as easy', 0x1c400000, 165, 0x1d008000],
    ['at once: 6.7% harder', 0x1c400000, 0, 0x1c3bb880],
    ['in 300 s: 3.7 times as easy', 0x1c400000, 300, 0x1d00eee1],
    ['after a night: as after 300 s', 0x1c400000, 8 * 3600, 0x1d00eee1],
    ['300 s before its parent: 4.3 times as hard', 0x1c400000, -300, 0x1c0eee20],
    ['a night before its parent: the same', 0x1c400000, -8 * 3600, 0x1c0eee20],
    ['at the easiest target, slowly: still that', LIMIT_BITS, 300, LIMIT_BITS],
  ])('a parent that came %s', (_, bits, seconds, expected) => {
    expect(nextBaseBits(ROOM, bits, seconds).toString(16)).toBe(expected.toString(16));
  });

  test.each([
    [119, 0x1c400000],
    [120, 0x1d008000],
    [239, 0x1d008000],
    [240, 0x1d010000],
    [599, 0x1d040000],
    [600, 0x1d080000],
    [86_400, 0x1d080000],
    [-86_400, 0x1c400000],
  ])('%i s after its parent, relief counts', (seconds, expected) => {
    expect(relievedBits(ROOM, 0x1c400000, seconds).toString(16)).toBe(expected.toString(16));
  });

  test('relief never goes beyond the easiest target', () => {
    expect(relievedBits(ROOM, 0x1e03fffe, 600)).toBe(LIMIT_BITS);
    expect(relievedBits(ROOM, LIMIT_BITS, 600)).toBe(LIMIT_BITS);
  });

  test('the block after genesis has the easiest target: nothing was measured yet', () => {
    expect(nextBaseBits(ROOM, LIMIT_BITS, undefined)).toBe(LIMIT_BITS);
  });

  // After an idle night the median of eleven is hours old, so a time hours
  // before the parent's is lawful: it must not put the target out of reach.
  test('one block stamped a night back can make the next at most 4.3 times as hard', () => {
    const before = target(0x1d00ffff);
    const after = target(nextBaseBits(ROOM, 0x1d00ffff, -8 * 3600));
    expect(after * 44n > before * 10n).toBe(true);
  });

  test('on regtest nothing ever changes', () => {
    expect(nextBaseBits(REGTEST, 0x207fffff, 300)).toBe(0x207fffff);
    expect(relievedBits(REGTEST, 0x207fffff, 600)).toBe(0x207fffff);
  });
});
