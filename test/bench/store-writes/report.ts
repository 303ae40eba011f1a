/** Prints what was measured beside what bounds it. */
import { MAX_BEHIND_BLOCKS, MAX_BEHIND_MS } from '../../../web/store/write-pace.ts';
import type { Spread } from '../measuring/spread.ts';
import type { WriteFigures } from './figures.ts';

export function printWrites(figures: WriteFigures): void {
  const { blocks, reader, syncMs, bytes, batches, batchBlocks, reads, readMs, tipNotLast } = figures;
  console.log(
    `\n${blocks.toLocaleString('en')} blocks arrive within ${(syncMs / 1000).toFixed(1)} s` +
      `${reader ? ', and somebody drags the list through the chain' : ''}:`,
  );
  line('stored in batches of', spread(batchBlocks, ' blocks', 0), `${batches} of them`);
  line('behind the chain, in blocks', spread(figures.lagBlocks, '', 0), `bound ${MAX_BEHIND_BLOCKS}`);
  line(
    'behind the chain, from connected to stored',
    spread(figures.lagMs, ' ms', 0),
    `bound ${MAX_BEHIND_MS} ms`,
  );
  each('the store on the engine’s thread: encoding, checksums', figures.encodeMs, blocks);
  each('the same: handing values to the database', figures.putMs, blocks);
  each('its transactions, from opening to stored', figures.transactionMs, blocks);
  each(`bound: these ${(bytes / 1e6).toFixed(1)} MB alone, in the same batches`, figures.rawMs, blocks);
  if (reader) line('transactions that read meanwhile', spread(readMs, ' ms', 1), `${reads} of them`);
  if (tipNotLast > 0) console.log(`  ${tipNotLast} batches whose tip record was not the last value!`);
}

function line(what: string, told: string, note: string): void {
  console.log(`  ${what.padEnd(58)} ${told}   ${note}`);
}

function each(what: string, ms: number, blocks: number): void {
  console.log(`  ${what.padEnd(58)} ${(ms / blocks).toFixed(3)} ms a block`);
}

function spread({ p50, p95, most }: Spread, unit: string, digits: number): string {
  const told = (value: number): string => `${value.toFixed(digits)}${unit}`;
  return `p50 ${told(p50)}, p95 ${told(p95)}, most ${told(most)}`;
}
