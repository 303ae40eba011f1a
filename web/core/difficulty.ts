/**
 * Which target a block must meet.
 *
 * The base target is ASERT (aserti3-2d, Bitcoin Cash's 2020-11-15 upgrade
 * specification) with the parent as its anchor: it moves by 2^exponent with
 *
 *     exponent = (clamp(dt, -cap, cap) - spacing) / halfLife
 *
 * where dt is the parent's own time minus its parent's. Anchored on the
 * parent, because a room idles for hours: an absolute schedule would then owe
 * thousands of blocks at the easiest target. The cap bounds what one long
 * pause gives away. It holds in both directions: after an idle night the
 * median of eleven is hours old, and one block stamped just above it would
 * otherwise put the next target out of reach for good. It is the same in
 * both, so that a lie about one block's time is taken back by the next.
 *
 * Relief doubles a block's own target for each full `reliefStep` seconds
 * between its parent's time and its own, so that one tab can still get a
 * message in after thirty have left. It does not feed later targets: those
 * come from base targets only, which is why the index keeps them.
 */
import type { Params } from './params.ts';
import { encodeCompact, targetFromBits } from './target.ts';

const RADIX = 65536n;

/** BigInt division rounds towards zero, as the specification's does. */
export function asertExponent(timeDelta: bigint, idealDelta: bigint, halfLife: bigint): bigint {
  return ((timeDelta - idealDelta) * RADIX) / halfLife;
}

/**
 * `anchorTarget` times 2^(exponent / 65536), the fraction of the power by the
 * specification's cubic (error below 0.013%), clamped to 1 ... limit.
 */
export function asertTarget(anchorTarget: bigint, exponent: bigint, limit: bigint): bigint {
  // A shift rounds towards minus infinity, so the fraction is never negative.
  const shifts = exponent >> 16n;
  const fraction = exponent - (shifts << 16n);
  const factor =
    ((195766423245049n * fraction +
      971821376n * fraction * fraction +
      5127n * fraction * fraction * fraction +
      (1n << 47n)) >>
      48n) +
    RADIX;
  const product = anchorTarget * factor;
  const shift = shifts - 16n;
  const target = shift < 0n ? product >> -shift : product << shift;
  if (target === 0n) return 1n;
  return target > limit ? limit : target;
}

/**
 * Base target, in compact form, of a block whose parent has base target
 * `parentBaseBits` and came `parentSolveSeconds` after its own parent
 * (undefined if the parent is genesis: nothing was measured yet).
 */
export function nextBaseBits(
  params: Params,
  parentBaseBits: number,
  parentSolveSeconds: number | undefined,
): number {
  if (!params.retarget || parentSolveSeconds === undefined) return parentBaseBits;
  const cap = params.solveCapSeconds;
  const measured = Math.max(-cap, Math.min(parentSolveSeconds, cap));
  const exponent = asertExponent(
    BigInt(measured),
    BigInt(params.spacingSeconds),
    BigInt(params.halfLifeSeconds),
  );
  return encodeCompact(asertTarget(mustTarget(parentBaseBits), exponent, mustTarget(params.powLimitBits)));
}

/** The bits that a block's header must carry, given how long after its parent's time it is stamped. */
export function relievedBits(params: Params, baseBits: number, secondsAfterParent: number): number {
  if (!params.retarget) return baseBits;
  const doublings = Math.min(
    Math.max(Math.floor(secondsAfterParent / params.reliefStepSeconds), 0),
    params.reliefMaxDoublings,
  );
  if (doublings === 0) return baseBits;
  const limit = mustTarget(params.powLimitBits);
  const relieved = mustTarget(baseBits) << BigInt(doublings);
  return encodeCompact(relieved > limit ? limit : relieved);
}

function mustTarget(bits: number): bigint {
  const target = targetFromBits(bits);
  if (target === undefined) throw new Error(`bits 0x${bits.toString(16)} are no target`);
  return target;
}
