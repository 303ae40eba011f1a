/** What a benchmark leaves behind: its figures, and all that is needed to judge and to repeat them. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { format } from 'prettier';

export interface Measurement<Figures> {
  /** Its name, as `npm run bench` takes it. */
  readonly benchmark: string;
  /** Repeats it. */
  readonly command: string;
  readonly machine: Machine;
  /** Short, with a `+` if what ran was not what is committed; `unknown` outside of a clone. */
  readonly commit: string;
  /** When it began, in ISO 8601. */
  readonly date: string;
  readonly seconds: number;
  /** Mean of the last minute: others at work make most figures worse. */
  readonly load: { readonly before: number; readonly after: number };
  readonly figures: Figures;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** Name and version; undefined where none took part. */
  readonly browser?: string;
}

export interface RunningMeasurement {
  /** The end. Prints on what it ran; `file` gets it as JSON. */
  finish<Figures>(figures: Figures, browser: string | undefined, file: string | undefined): Promise<void>;
}

/** To be called before anything else takes the processor. `args`: what the benchmark got, apart from its name. */
export function beginMeasurement(benchmark: string, args = ownArguments()): RunningMeasurement {
  const before = load();
  const startMs = performance.now();
  const date = new Date().toISOString();
  const commit = currentCommit();
  const command = `npm run bench -- ${[benchmark, ...args].join(' ')}`;
  return {
    async finish(figures, browser, file) {
      const measurement = {
        benchmark,
        command,
        machine: machine(browser),
        commit,
        date,
        seconds: Math.round((performance.now() - startMs) / 1000),
        load: { before, after: load() },
        figures,
      };
      console.log(`\n${describe(measurement)}`);
      if (file !== undefined) await writeMeasurement(file, measurement);
    },
  };
}

/** As prettier wants it, as it is kept with the sources. */
export async function writeMeasurement(file: string, measurement: Measurement<unknown>): Promise<void> {
  writeFileSync(file, await format(JSON.stringify(measurement), { parser: 'json', printWidth: 110 }));
}

export function machine(browser?: string): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
    ...(browser !== undefined && { browser }),
  };
}

function describe({
  machine: { browser, processor, cores },
  load: { before, after },
}: Measurement<unknown>): string {
  const on = browser === undefined ? '' : `${browser}, `;
  return `${on}${cores} cores of ${processor}; load ${before.toFixed(1)} before, ${after.toFixed(1)} after.`;
}

export function load(): number {
  return Math.round((loadavg()[0] ?? NaN) * 100) / 100;
}

/** Where the figures go is no part of what is measured. */
function ownArguments(): string[] {
  const args = process.argv.slice(2);
  const at = args.indexOf('--json');
  return at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 2)];
}

/** What earlier benchmarks of the same run have written does not count as a change. */
export function currentCommit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--', '.', ':!docs/benchmarks', ':!docs/benchmarks.md');
    return `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}
