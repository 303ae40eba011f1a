import { quantile } from './quantile.ts';

/** Of many values: the middle one, the one that 95 of 100 do not exceed, and the greatest. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly most: number;
}

/** Zeros of none. */
export function spreadOf(values: readonly number[]): Spread {
  const at = (share: number): number => (values.length === 0 ? 0 : quantile(values, share));
  return { p50: at(0.5), p95: at(0.95), most: at(1) };
}
