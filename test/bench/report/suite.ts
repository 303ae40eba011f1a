/** The benchmarks that the report is made of, in its order. */
import type { ChainFileFigures } from '../chain-file/figures.ts';
import type { Figures as SyncFigures } from '../chain-sync/figures.ts';
import type { FanOutFigures } from '../fan-out/figures.ts';
import type { RoomFigures } from '../propagation/figures.ts';
import type { WriteFigures } from '../store-writes/figures.ts';
import { chainFileSection } from './chain-file-section.ts';
import { fanOutSection } from './fan-out-section.ts';
import { propagationSection } from './propagation-section.ts';
import type { PrintedFigures, Section } from './section.ts';
import { syncSection } from './sync-section.ts';
import { writesSection } from './writes-section.ts';

export interface SuiteBenchmark {
  /** A file of test/bench. */
  readonly name: string;
  /** Of the long chain: measured where nothing else is asked for. */
  readonly isChain: boolean;
  /** Does it write its figures as JSON? Else what it prints is kept. */
  readonly hasFigures: boolean;
  /** For a quick look: more arguments. */
  readonly quick: readonly string[];
  /** For the whole of it, which takes long: likewise. */
  readonly long: readonly string[];
  readonly section: (figures: unknown) => Section;
}

function chain<Figures>(
  name: string,
  section: (figures: Figures) => Section,
  quick: readonly string[],
  long: readonly string[] = [],
): SuiteBenchmark {
  // What a benchmark has written, it reads.
  return {
    name,
    isChain: true,
    hasFigures: true,
    quick,
    long,
    section: section as (figures: unknown) => Section,
  };
}

function printing(name: string, title: string, quick: readonly string[] = []): SuiteBenchmark {
  const section = (figures: unknown): Section => {
    const { printed } = figures as PrintedFigures;
    return { title, body: ['```text', ...printed, '```'].join('\n'), plots: {} };
  };
  return { name, isChain: false, hasFigures: false, quick, long: [], section };
}

export const SUITE: readonly SuiteBenchmark[] = [
  chain<SyncFigures>('sync', syncSection, ['--blocks', '2000'], ['--long']),
  chain<readonly WriteFigures[]>('writes', writesSection, ['--blocks', '2000']),
  chain<readonly ChainFileFigures[]>('chain-file', chainFileSection, ['--blocks', '2000'], ['--long']),
  chain<readonly RoomFigures[]>('propagation', propagationSection, ['--tabs', '5,10', '--blocks', '4']),
  chain<readonly FanOutFigures[]>('fan-out', fanOutSection, ['--receivers', '5']),
  printing('page', 'The page in a room with a long chain', ['--height', '5000']),
  printing('pow', 'Proof of work in browsers'),
  printing('latency', 'How soon workers hear of news'),
  printing('core', 'Hashing, verifying and connecting on one core'),
  printing('signaling', 'The signaling server', ['--quick']),
];
