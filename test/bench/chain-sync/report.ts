/** Prints figures beside what bounds them. */
import { median } from '../measuring/quantile.ts';
import type { JsonFigures, RestartFigures, SyncFigures } from './figures.ts';

const GOAL_SHARE = 0.8;

/** Of the tighter bound, what the sync reaches. */
export function shareOfBound({ ms, rawMs, nativeMs }: SyncFigures): number {
  return Math.max(rawMs, nativeMs) / ms;
}

export function printSync(figures: SyncFigures): void {
  const { blocks, sources, ms, storedMs, bytes, rawMs, rawSmallMs, rawPausedMs, signatures, nativeMs } =
    figures;
  const line = (what: string, took: number): void =>
    console.log(
      `  ${what.padEnd(58)}${took.toFixed(0).padStart(8)} ms ${(took / blocks).toFixed(3).padStart(8)} ms a block ` +
        `${count((blocks * 1000) / took).padStart(8)} blocks/s`,
    );
  console.log(
    `\n${count(blocks)} blocks, ${count(signatures)} signatures, ${mega(bytes)} from ${sources} ${sources === 1 ? 'tab' : 'tabs'}:`,
  );
  line('sync: first link to last block', ms);
  line('the same, to the last block in the database', storedMs);
  line(`bound: these bytes alone, ${mega((bytes * 1000) / rawMs)}/s`, rawMs);
  line('the same in messages of a block’s size', rawSmallMs);
  if (rawPausedMs > 0)
    console.log(
      `    (without ${rawPausedMs.toFixed(0)} ms in which SCTP waited for its timer, in all these transfers)`,
    );
  line(`bound: these signatures alone, native, ${count((signatures * 1000) / nativeMs)} a second`, nativeMs);
  const bound = nativeMs > rawMs ? 'signatures' : 'bytes';
  console.log(
    `  ${percent(shareOfBound(figures))} of the tighter bound (${bound}); goal ${percent(GOAL_SHARE)}. ` +
      `A block of each quarter: ${figures.quarters.map((quarter) => quarter.toFixed(3)).join(', ')} ms.`,
  );
}

/** `sync`: of the same pages. */
export function printJson({ blocks, ms }: JsonFigures, sync: SyncFigures): void {
  const [ours, theirs] = [sync.ms / sync.blocks, ms / blocks];
  console.log(
    `  the tutorial's way (JSON blocks, one after another), ${count(blocks)} blocks: ${ms.toFixed(0)} ms, ` +
      `${theirs.toFixed(3)} ms a block: ${(theirs / ours).toFixed(1)} times as long`,
  );
}

/** `empty`: a restart in an empty room. */
export function printGrowth(sync: readonly SyncFigures[], empty: RestartFigures): void {
  console.log(
    `\nGrowth, from one tab; the engine of an empty room has ${mega(empty.engineBytes)} in use:\n` +
      '  blocks      ms a block   engine     bytes more for each block',
  );
  for (const { blocks, ms, engineBytes } of sync) {
    const more = (engineBytes - empty.engineBytes) / blocks;
    const columns = [
      count(blocks).padEnd(12),
      (ms / blocks).toFixed(3).padEnd(13),
      mega(engineBytes).padEnd(11),
    ];
    console.log(`  ${columns.join('')}${count(more)}`);
  }
}

export function printRestart(all: readonly RestartFigures[]): void {
  console.log('\nRestart, from the navigation until the node runs; median (least to most):');
  for (const { blocks, ms, engineBytes, rawMs, rawBytes } of all) {
    const raw = blocks === 0 ? '' : `; raw read of the same ${mega(rawBytes)}: ${spread(rawMs)}`;
    console.log(`  ${count(blocks).padEnd(12)}${spread(ms)}, engine ${mega(engineBytes)} afterwards${raw}`);
  }
}

function spread(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(0)} ms (${least.toFixed(0)} to ${most.toFixed(0)})`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}
