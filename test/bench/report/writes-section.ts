import { MAX_BEHIND_BLOCKS, MAX_BEHIND_MS } from '../../../web/store/write-pace.ts';
import type { WriteFigures } from '../store-writes/figures.ts';
import { figure, figureColumns, megabytes, spread, table } from './markdown.ts';
import type { Plot } from './plot.ts';
import type { Section } from './section.ts';

export function writesSection(all: readonly WriteFigures[]): Section {
  const body = [
    'Blocks arrive at full speed and are stored in batches, each in one transaction whose last value is the record of the ' +
      `tip. How far the database is behind the chain (at most ${MAX_BEHIND_BLOCKS} blocks or ${MAX_BEHIND_MS} ms), and what ` +
      'storing a block costs; the bound is the same values in the same batches, written by idb-keyval’s `setMany` and nothing else. With a reader: somebody drags the list ' +
      'through the chain meanwhile. That no block is ever stored by half is tested, not measured: ' +
      '`test/unit/store/chain-store.test.ts` ends a tab at each value of a batch.',
    writesTable(all),
    '{{writes}}',
  ].join('\n\n');
  return { title: 'Storing a chain', body, plots: { writes: lagPlot(all) } };
}

const nameOf = ({ reader }: WriteFigures): string => (reader ? 'with a reader' : 'nobody reads');

function writesTable(all: readonly WriteFigures[]): string {
  const row = (what: string, of: (figures: WriteFigures) => string): string[] => [what, ...all.map(of)];
  const each = (what: string, of: (figures: WriteFigures) => number): string[] =>
    row(what, (figures) => figure(of(figures) / figures.blocks, 'ms'));
  return table(figureColumns('p50 / p95 / most', ...all.map(nameOf)), [
    row(
      'blocks, arriving within',
      ({ blocks, syncMs }) => `${figure(blocks)}, ${figure(syncMs / 1000, 's')}`,
    ),
    row('blocks in a batch', ({ batchBlocks }) => spread(batchBlocks)),
    row('behind the chain, blocks', ({ lagBlocks }) => spread(lagBlocks)),
    row('behind the chain, ms', ({ lagMs }) => spread(lagMs)),
    each('a block: encoding and checksums, on the engine’s thread', ({ encodeMs }) => encodeMs),
    each('a block: handed to the database, on the engine’s thread', ({ putMs }) => putMs),
    each('a block: transaction, from opening to stored', ({ transactionMs }) => transactionMs),
    each('bound: the same values alone', ({ rawMs }) => rawMs),
    row('bytes written', ({ bytes }) => megabytes(bytes)),
    row('transactions that read, ms each', ({ reads, readMs }) =>
      reads === 0 ? '–' : `${figure(reads)}: ${spread(readMs)}`,
    ),
  ]);
}

function lagPlot(all: readonly WriteFigures[]): Plot {
  return {
    title: `From connected to stored while a chain arrives (bound: ${figure(MAX_BEHIND_MS)} ms)`,
    xTitle: 'seconds since the first block',
    yTitle: 'ms behind, worst of its moment',
    series: all.map((figures) => ({
      name: nameOf(figures),
      points: figures.lagOverTime.map(({ atMs, ms }) => ({ x: atMs / 1000, y: ms })),
    })),
  };
}
