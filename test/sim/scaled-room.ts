/**
 * The room's network with easy work: every rule as in `ROOM`, but for the
 * easiest target, so that a simulated nonce is found with a few hundred real
 * hashes. A tab's hash rate is scaled with it. ASERT, relief and their caps
 * are ratios: what they do is the same as long as the target never comes
 * near the easiest one, at which both would be clamped, and that is so
 * with three tabs or more (relief makes 32 times easier at most).
 */
import { ROOM, type Params } from '../../web/core/params.ts';
import type { SimNode } from './sim-node.ts';
import { Simulation } from './simulation.ts';

/** 2^254 rounded down to compact form: 4 hashes. */
const EASIEST_HASHES = 4;
export const SCALED_ROOM: Params = { ...ROOM, powLimitBits: 0x203fffff };

/** Blocks at the easiest target that one tab finds in one spacing: a slow laptop; a good desktop makes 64 on `ROOM`. */
const BLOCKS_A_SPACING = 16;
/** Hashes a second of one tab. */
export const TAB_RATE = (EASIEST_HASHES * BLOCKS_A_SPACING) / ROOM.spacingSeconds;

/** Long enough for the target to leave the genesis block's and settle: a hundred blocks do most of that within a minute. */
const WARM_UP_SECONDS = 1_800;

/** A room in which so many tabs, all still mining, have long found their spacing. */
export function settledRoom(seed: number, tabs: number): Simulation {
  const simulation = new Simulation({ seed, params: SCALED_ROOM });
  // One node with the power of all, so that the rush at the start makes no stale blocks.
  const first = simulation.join('n0', { powMode: 'always', hashRate: tabs * TAB_RATE });
  simulation.run(WARM_UP_SECONDS);
  first.pow.hashRate = TAB_RATE;
  simulation.joinMany(tabs - 1, { powMode: 'always', hashRate: TAB_RATE });
  if (!simulation.run(600, () => simulation.converged))
    throw new Error(`the room of seed ${seed} does not settle`);
  return simulation;
}

/** From `fromMs` on, the longest time without a block in this node's chain, in seconds. Later blocks in `times` (ms). */
export function longestGapSeconds(fromMs: number, untilMs: number, timesMs: readonly number[]): number {
  const times = [fromMs, ...timesMs.filter((ms) => ms > fromMs && ms < untilMs), untilMs];
  return Math.max(...times.slice(1).map((ms, i) => ms - (times[i] as number))) / 1000;
}

/** When the blocks of this node's active chain were really found, whatever they are stamped with; oldest first. */
export function foundTimesMs({ log }: Simulation, { node }: SimNode): number[] {
  return log.found
    .filter(({ id }) => {
      const entry = node.chain.index.get(id);
      return entry !== undefined && node.chain.isActive(entry);
    })
    .map(({ foundAtMs }) => foundAtMs);
}
