import type { Figures, RestartFigures, SyncFigures } from '../chain-sync/figures.ts';
import { shareOfBound } from '../chain-sync/report.ts';
import { median } from '../measuring/quantile.ts';
import { figure, figureColumns, megabytes, percent, table } from './markdown.ts';
import type { Plot } from './plot.ts';
import type { Section } from './section.ts';

export function syncSection({ sync, json, restart }: Figures): Section {
  const fromOne = sync.filter(({ sources }) => sources === 1);
  const parts = [
    'A fresh tab fetches a chain of blocks with five transfers each from other tabs of this machine, over WebRTC, and ' +
      'verifies all of it. The bounds are measured right afterwards in the same pages: the same bytes over a bare data ' +
      'channel, and the same signatures by the browser’s own Ed25519. A bound has the machine to itself, while in a sync ' +
      'both tabs, their engines and the browser share its cores: two are full long before the goal.',
    syncTable(sync),
    '{{sync}}',
  ];
  // It was measured in the pages of the length that was asked for, which is the one fetched from several, too.
  const asked = sync.find(({ sources }) => sources > 1)?.blocks;
  const same = fromOne.find(({ blocks }) => blocks === asked);
  if (same !== undefined) parts.push(tutorialTable(json, same));
  parts.push('### Growth', growthTable(fromOne, restart), '### Opening a stored chain', restartText(restart));
  return { title: 'Fetching a chain', body: parts.join('\n\n'), plots: { sync: syncPlot(fromOne) } };
}

function syncTable(all: readonly SyncFigures[]): string {
  return table(
    figureColumns(
      'blocks, from',
      'ms a block',
      'blocks a second',
      'until stored, ms a block',
      'bound: bytes',
      'bytes in small messages',
      'bound: signatures',
      'of the tighter bound (goal 80%)',
    ),
    all.map((figures) => {
      const { blocks, sources, ms, storedMs, rawMs, rawSmallMs, nativeMs } = figures;
      return [
        `${figure(blocks)}, ${sources === 1 ? 'one tab' : `${sources} tabs`}`,
        ...[ms / blocks, (blocks * 1000) / ms].map((value) => figure(value)),
        ...[storedMs, rawMs, rawSmallMs, nativeMs].map((took) => figure(took / blocks)),
        percent(shareOfBound(figures)),
      ];
    }),
  );
}

function tutorialTable({ blocks, ms }: Figures['json'], ours: SyncFigures): string {
  const [own, tutorial] = [ours.ms / ours.blocks, ms / blocks];
  return table(figureColumns('the same chain', 'ms a block', 'times'), [
    ['tabchain', figure(own), '1'],
    [
      `the tutorial’s way: JSON, one block after another (${figure(blocks)} blocks)`,
      figure(tutorial),
      figure(tutorial / own),
    ],
  ]);
}

function growthTable(all: readonly SyncFigures[], restart: readonly RestartFigures[]): string {
  const empty = restart.find(({ blocks }) => blocks === 0)?.engineBytes ?? NaN;
  return table(
    figureColumns('blocks', 'ms a block', 'of each quarter', 'engine in memory', 'bytes more for each block'),
    all.map(({ blocks, ms, quarters, engineBytes }) => [
      figure(blocks),
      figure(ms / blocks),
      quarters.map((quarter) => figure(quarter)).join(', '),
      megabytes(engineBytes),
      figure(Math.round((engineBytes - empty) / blocks)),
    ]),
  );
}

function restartText(all: readonly RestartFigures[]): string {
  const rows = all.map(({ blocks, ms, engineBytes, rawMs, rawBytes }) => [
    figure(blocks),
    figure(Math.round(median(ms)), 'ms'),
    `${figure(Math.round(Math.min(...ms)))} to ${figure(Math.round(Math.max(...ms)))} ms`,
    blocks === 0 ? '–' : `${figure(Math.round(median(rawMs)), 'ms')} for ${megabytes(rawBytes)}`,
    megabytes(engineBytes),
  ]);
  return (
    'From the navigation until the node runs and is ready to mine; the goal at 100,000 blocks is a second and 100 MB.\n\n' +
    table(
      figureColumns(
        'blocks',
        'median',
        'least to most',
        'bound: the same bytes read, no more',
        'engine in memory',
      ),
      rows,
    )
  );
}

function syncPlot(all: readonly SyncFigures[]): Plot {
  const over = (of: (figures: SyncFigures) => number) =>
    all.map((figures) => ({ x: figures.blocks, y: of(figures) / figures.blocks }));
  return {
    title: 'Fetching a chain from one tab: time for each block',
    xTitle: 'blocks in the chain',
    yTitle: 'ms a block',
    isLogX: true,
    series: [
      { name: 'fetched, verified, connected', points: over(({ ms }) => ms) },
      { name: 'bound: native signatures alone', points: over(({ nativeMs }) => nativeMs), isBound: true },
      { name: 'bound: the bytes alone', points: over(({ rawMs }) => rawMs), isBound: true },
    ],
  };
}
