/** What the benchmark of writes tells, made of what was observed. Times in ms, sizes in bytes. */
import { spreadOf, type Spread } from '../measuring/spread.ts';
import type { ObservedWrites } from './observed-writes.ts';

export interface WriteFigures {
  readonly blocks: number;
  /** Did somebody scroll through the chain meanwhile? */
  readonly reader: boolean;
  /** Transactions that read, and what each took. */
  readonly reads: number;
  readonly readMs: Spread;
  /** From the first block connected to the last one connected. */
  readonly syncMs: number;
  readonly batches: number;
  readonly batchBlocks: Spread;
  readonly bytes: number;
  /** Transactions whose tip record was not the last value: none. */
  readonly tipNotLast: number;
  /** On the engine's thread, of all batches. */
  readonly encodeMs: number;
  readonly putMs: number;
  /** All transactions, from opening to stored. */
  readonly transactionMs: number;
  /** The same values in the same batches, by idb-keyval's setMany and nothing else, in the page. */
  readonly rawMs: number;
  /** Blocks between the chain's tip and the database's, whenever a block was connected. */
  readonly lagBlocks: Spread;
  /** Of each block, from being connected to being stored. */
  readonly lagMs: Spread;
  /** Lag over time, one in so many: for a plot. */
  readonly lagOverTime: readonly { readonly atMs: number; readonly blocks: number; readonly ms: number }[];
}

/** Of a plot. */
const POINTS = 200;

export interface Lag {
  readonly atMs: number;
  /** Of the chain's tip above the database's, this block counted. */
  readonly blocks: number;
  /** Until this block is stored. */
  readonly ms: number;
}

/** Of each connected block, in the order of connecting. @throws Error if one was never stored. */
export function lagsOf({ connected, batches }: Pick<ObservedWrites, 'connected' | 'batches'>): Lag[] {
  let stored = 0;
  return connected.map(({ height, atMs }) => {
    while ((batches[stored]?.doneAtMs ?? Infinity) <= atMs) stored++;
    const own = batches.slice(stored).find(({ tipHeight }) => tipHeight >= height);
    if (own === undefined) throw new Error(`block ${height} was never stored`);
    return { atMs, blocks: height - (batches[stored - 1]?.tipHeight ?? 0), ms: own.doneAtMs - atMs };
  });
}

export function figuresOf(observed: ObservedWrites, reader: boolean, rawMs: number): WriteFigures {
  const { connected, batches, readMs } = observed;
  const lags = lagsOf(observed);
  const startMs = connected[0]?.atMs ?? NaN;
  const sum = (of: (batch: (typeof batches)[number]) => number): number =>
    batches.reduce((total, batch) => total + of(batch), 0);
  const every = Math.max(1, Math.ceil(lags.length / POINTS));
  return {
    blocks: connected.length,
    reader,
    reads: readMs.length,
    readMs: spreadOf(readMs),
    syncMs: (connected.at(-1)?.atMs ?? NaN) - startMs,
    batches: batches.length,
    batchBlocks: spreadOf(batches.map(({ blocks }) => blocks)),
    bytes: sum(({ values }) => values.reduce((total, [, bytes]) => total + bytes, 0)),
    tipNotLast: batches.filter(({ isTipLast }) => !isTipLast).length,
    encodeMs: sum(({ encodeMs }) => encodeMs),
    putMs: sum(({ putMs }) => putMs),
    transactionMs: sum(({ openedAtMs, doneAtMs }) => doneAtMs - openedAtMs),
    rawMs,
    lagBlocks: spreadOf(lags.map(({ blocks }) => blocks)),
    lagMs: spreadOf(lags.map(({ ms }) => ms)),
    lagOverTime: worstOfEach(lags, every).map(({ atMs, blocks, ms }) => ({
      atMs: tenths(atMs - startMs),
      blocks,
      ms: tenths(ms),
    })),
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A mean would hide what a bound is about. */
function worstOfEach(lags: readonly Lag[], every: number): Lag[] {
  const worst: Lag[] = [];
  for (let from = 0; from < lags.length; from += every) {
    const group = lags.slice(from, from + every);
    worst.push({
      atMs: group[0]?.atMs ?? NaN,
      blocks: Math.max(...group.map(({ blocks }) => blocks)),
      ms: Math.max(...group.map(({ ms }) => ms)),
    });
  }
  return worst;
}
