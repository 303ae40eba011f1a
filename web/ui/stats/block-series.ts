/** What the times and targets of blocks tell of the room: series for the charts, upwards by height. */
import type { BlockSummary } from '../../node/snapshot.ts';

/** Seconds between blocks that the difficulty rule aims at (web/core/params.ts). */
export const TARGET_SPACING_S = 15;
/** Blocks behind one estimate of the room's hash rate: their luck evens out to a fifth, and three minutes pass. */
export const RATE_BLOCKS = 20;
/** Fewer say nothing: one lucky block would be taken for a fast room. */
const MIN_RATE_BLOCKS = 4;

export interface HeightPoint {
  readonly height: number;
  readonly value: number;
}

export interface TimePoint {
  /** Seconds since 1970. */
  readonly time: number;
  readonly value: number;
}

/** Hashes that it takes on average to find one below the target of `bits`: 2^256 / target, with 15 digits. */
export function expectedHashes(bits: number): number {
  const mantissa = bits & 0x7fffff;
  return 2 ** (256 - 8 * ((bits >>> 24) - 3)) / mantissa;
}

/** Without the genesis block, whose time and target nobody worked for. `blocks`: upwards by height, gaps allowed. */
function mined(blocks: readonly BlockSummary[]): readonly BlockSummary[] {
  return blocks.filter(({ height }) => height > 0);
}

/** Seconds from each block's parent to it, by their headers: clocks differ, so some are below zero. */
export function intervals(blocks: readonly BlockSummary[]): readonly HeightPoint[] {
  return mined(blocks).flatMap(({ height, time }, i, all) => {
    const parent = all[i - 1];
    return parent?.height === height - 1 ? [{ height, value: time - parent.time }] : [];
  });
}

/** Expected hashes of each block: what its own target asked for, relief after a long wait included. */
export function difficulties(blocks: readonly BlockSummary[]): readonly HeightPoint[] {
  return mined(blocks).map(({ height, bits }) => ({ height, value: expectedHashes(bits) }));
}

/**
 * Seconds from the time in a block's header to when this tab had the block. Only of blocks that a peer gave it:
 * those of its own took no way.
 */
export function delays(blocks: readonly BlockSummary[]): readonly HeightPoint[] {
  return mined(blocks).flatMap(({ height, time, heardAtMs, heardFrom }) =>
    heardAtMs === undefined || heardFrom === undefined ? [] : [{ height, value: heardAtMs / 1000 - time }],
  );
}

/** Hashes a second of all who mine, at each block: the work of the blocks up to it over the time that they took. */
export function roomRates(blocks: readonly BlockSummary[]): readonly TimePoint[] {
  const all = mined(blocks);
  return all.flatMap((block, i) => {
    const window = all.slice(Math.max(0, i - RATE_BLOCKS), i + 1);
    const [first, ...rest] = window;
    // With a gap in it, some of the work is missing and all of the time is there.
    if (first === undefined || rest.length < MIN_RATE_BLOCKS || first.height !== block.height - rest.length)
      return [];
    const seconds = block.time - first.time;
    const work = rest.reduce((sum, { bits }) => sum + expectedHashes(bits), 0);
    return seconds > 0 ? [{ time: block.time, value: work / seconds }] : [];
  });
}
