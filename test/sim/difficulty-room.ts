/**
 * A room whose blocks are not hashed but drawn: a miner finds one after an
 * exponentially distributed time, at a rate that core's own difficulty rule
 * sets for the time it would stamp at that moment.
 */
import { asertExponent, asertTarget, nextBaseBits, relievedBits } from '../../web/core/difficulty.ts';
import type { Params } from '../../web/core/params.ts';
import { encodeCompact, targetFromBits } from '../../web/core/target.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface SimBlock {
  readonly parent: SimBlock | undefined;
  readonly height: number;
  /** As stamped, in seconds. */
  readonly time: number;
  /** When it was really found. */
  readonly foundAt: number;
  readonly baseBits: number;
  /** Index of the miner, in the list given to `mine`. */
  readonly miner: number;
}

export interface Rule {
  readonly name: string;
  readonly params: Params;
  /** Base target, compact, of a child of `parent`. */
  readonly next: (parent: SimBlock) => number;
}

/** Core's rule with these parameters. */
export function roomRule(name: string, params: Params): Rule {
  const next = (parent: SimBlock): number =>
    nextBaseBits(params, parent.baseBits, parent.parent && parent.time - parent.parent.time);
  return { name, params, next };
}

/** Bitcoin Cash's own way: the schedule counts from the first block, however long ago. */
export function absoluteRule(name: string, params: Params): Rule {
  const next = (parent: SimBlock): number => {
    let anchor = parent;
    while (anchor.parent) anchor = anchor.parent;
    const exponent = asertExponent(
      BigInt(parent.time - anchor.time),
      BigInt(params.spacingSeconds * (parent.height - anchor.height)),
      BigInt(params.halfLifeSeconds),
    );
    return encodeCompact(asertTarget(targetOf(anchor.baseBits), exponent, targetOf(params.powLimitBits)));
  };
  return { name, params, next };
}

/** Solve times capped above only: what core's rule was before a simulation froze a room with it. */
export function cappedAboveRule(name: string, params: Params): Rule {
  const next = (parent: SimBlock): number => {
    const { parent: grandparent } = parent;
    if (!grandparent) return parent.baseBits;
    const exponent = asertExponent(
      BigInt(Math.min(parent.time - grandparent.time, params.solveCapSeconds)),
      BigInt(params.spacingSeconds),
      BigInt(params.halfLifeSeconds),
    );
    return encodeCompact(asertTarget(targetOf(parent.baseBits), exponent, targetOf(params.powLimitBits)));
  };
  return { name, params, next };
}

export interface Miner {
  /** Hash power in tabs. */
  readonly tabs: number;
  /** The time that it stamps; the clock's if it does not say. */
  readonly stamp?: (now: number, median: number, parentTime: number) => number;
}

/**
 * Hashes a second of one tab: 64 blocks at the easiest target in the time of
 * one spacing. That is a good desktop; a phone is some 20 times slower.
 */
export const TAB_RATE = (2 ** 22 * 64) / 15;

const MEDIAN_SPAN = 11;

export class SimRoom {
  readonly #rule: Rule;
  readonly #random: SeededRandom;
  readonly #relieved = new Map<number, number>();
  now = 0;
  tip: SimBlock;

  /** A room in which `tabs` tabs have been mining for long: a block each spacing. */
  constructor(rule: Rule, tabs: number, random: SeededRandom) {
    this.#rule = rule;
    this.#random = random;
    const { spacingSeconds, powLimitBits } = rule.params;
    const settled = BigInt(Math.floor(2 ** 256 / (tabs * TAB_RATE * spacingSeconds)));
    const limit = targetOf(powLimitBits);
    const baseBits = encodeCompact(settled > limit ? limit : settled);
    let tip: SimBlock | undefined;
    for (let height = 0; height <= MEDIAN_SPAN; height++) {
      this.now = height * spacingSeconds;
      tip = { parent: tip, height, time: this.now, foundAt: this.now, baseBits, miner: 0 };
    }
    this.tip = tip as SimBlock;
  }

  idle(seconds: number): void {
    this.now += seconds;
  }

  /** Mines until `done` says so of the tip, or until `untilSeconds` have passed. Returns the new blocks. */
  mine(
    miners: readonly Miner[],
    untilSeconds: number,
    done: (found: number) => boolean = () => false,
  ): SimBlock[] {
    const end = this.now + untilSeconds;
    const found: SimBlock[] = [];
    while (this.now < end && !done(found.length)) {
      const block = this.#nextBlock(miners, end);
      if (!block) break;
      found.push(block);
      this.tip = block;
    }
    return found;
  }

  /** Lets `now` run until the hashes done, each weighted with its chance, reach what was drawn. */
  #nextBlock(miners: readonly Miner[], end: number): SimBlock | undefined {
    const baseBits = this.#rule.next(this.tip);
    const median = medianTime(this.tip);
    this.#relieved.clear();
    let left = this.#random.exponential(1);
    for (;;) {
      const stamps = miners.map(({ stamp }) => this.#lawfulStamp(stamp, median));
      const chances = miners.map(
        ({ tabs }, i) => tabs * TAB_RATE * this.#chance(baseBits, (stamps[i] as number) - this.tip.time),
      );
      const rate = chances.reduce((sum, chance) => sum + chance, 0);
      // Stamps are whole seconds: until the next one nothing changes.
      const step = Math.min(Math.floor(this.now) + 1, end) - this.now;
      if (rate * step >= left) {
        this.now += left / rate;
        const miner = this.#pick(chances, rate);
        const { tip } = this;
        return {
          parent: tip,
          height: tip.height + 1,
          time: stamps[miner] as number,
          foundAt: this.now,
          baseBits,
          miner,
        };
      }
      left -= rate * step;
      this.now += step;
      if (this.now >= end) return undefined;
    }
  }

  #lawfulStamp(stamp: Miner['stamp'], median: number): number {
    const clock = Math.floor(this.now);
    const wanted = stamp ? stamp(clock, median, this.tip.time) : clock;
    return Math.max(Math.min(wanted, clock + this.#rule.params.maxFutureSeconds), median + 1);
  }

  /** Of one hash, to be a block stamped so many seconds after its parent. */
  #chance(baseBits: number, secondsAfterParent: number): number {
    const step = Math.floor(secondsAfterParent / this.#rule.params.reliefStepSeconds);
    const known = this.#relieved.get(step);
    if (known !== undefined) return known;
    const bits = relievedBits(this.#rule.params, baseBits, secondsAfterParent);
    const chance = Number(targetOf(bits)) / 2 ** 256;
    this.#relieved.set(step, chance);
    return chance;
  }

  #pick(chances: readonly number[], rate: number): number {
    let left = this.#random.next() * rate;
    for (let i = 0; i < chances.length; i++) {
      left -= chances[i] as number;
      if (left < 0) return i;
    }
    return chances.length - 1;
  }
}

function targetOf(bits: number): bigint {
  const target = targetFromBits(bits);
  if (target === undefined) throw new Error(`bits 0x${bits.toString(16)} are no target`);
  return target;
}

function medianTime(tip: SimBlock): number {
  const times: number[] = [];
  for (let block: SimBlock | undefined = tip; block && times.length < MEDIAN_SPAN; block = block.parent) {
    times.push(block.time);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1] as number;
}
