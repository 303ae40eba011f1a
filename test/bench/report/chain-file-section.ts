import type { ChainFileFigures, WatchedRun } from '../chain-file/figures.ts';
import { figure, figureColumns, megabytes, table } from './markdown.ts';
import type { Section } from './section.ts';

export function chainFileSection(all: readonly ChainFileFigures[]): Section {
  const body = [
    'A tab saves its chain into a file, piece by piece, and a fresh browser without peers loads it: every block is verified and ' +
      'stored while the file is read. Memory is what page and engine have in use, with whatever garbage there is at that ' +
      'moment; neither may grow with the file as if it were held there. The bound is the signatures of these blocks and ' +
      'nothing else, by the browser’s own Ed25519.',
    table(figureColumns('', ...all.map(({ blocks }) => `${figure(blocks)} blocks`)), rows(all)),
  ].join('\n\n');
  return { title: 'The chain as a file', body, plots: {} };
}

function rows(all: readonly ChainFileFigures[]): string[][] {
  const row = (what: string, of: (figures: ChainFileFigures) => string): string[] => [what, ...all.map(of)];
  const took = (of: (figures: ChainFileFigures) => number) => (figures: ChainFileFigures) =>
    `${figure(of(figures) / 1000, 's')}, ${figure(of(figures) / figures.blocks, 'ms')} a block`;
  const memory = (of: (figures: ChainFileFigures) => WatchedRun) => (figures: ChainFileFigures) => {
    const { page, engine } = of(figures);
    return `page ${megabytes(page.mostBytes)}, engine ${megabytes(engine.mostBytes)}`;
  };
  return [
    row('the file', ({ fileBytes }) => megabytes(fileBytes)),
    row(
      'saved in',
      took(({ save }) => save.ms),
    ),
    row(
      'in use meanwhile, at most',
      memory(({ save }) => save),
    ),
    row(
      'loaded, verified and stored in',
      took(({ load }) => load.ms),
    ),
    row(
      'bound: the signatures alone',
      took(({ nativeMs }) => nativeMs),
    ),
    row(
      'in use meanwhile, at most',
      memory(({ load }) => load),
    ),
  ];
}
