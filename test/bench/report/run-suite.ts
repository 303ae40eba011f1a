/** Runs benchmarks one after another, each in a process of its own, and makes the report. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { beginMeasurement } from '../measuring/measurement.ts';
import { forgetMeasurement, measurementFile, writeReport } from './report-files.ts';
import type { SuiteBenchmark } from './suite.ts';

/** Against one that hangs: longer than the longest takes. */
const TIMEOUT_MS = 40 * 60_000;

export interface SuiteChoice {
  readonly benchmarks: readonly SuiteBenchmark[];
  readonly quick: boolean;
  readonly long: boolean;
}

/** One that fails leaves no figures, and the others go on. Gives the names of those. */
export async function runSuite({ benchmarks, quick, long }: SuiteChoice): Promise<string[]> {
  const failed: string[] = [];
  for (const benchmark of benchmarks) {
    const args = [...(quick ? benchmark.quick : []), ...(long ? benchmark.long : [])];
    console.log(`\n=== ${[benchmark.name, ...args].join(' ')}`);
    // What an earlier run has measured is not told as if it was of this one.
    forgetMeasurement(benchmark.name);
    if (!(await (benchmark.hasFigures ? measure : keepPrinted)(benchmark, args))) failed.push(benchmark.name);
    writeReport();
  }
  return failed;
}

function measure({ name }: SuiteBenchmark, args: readonly string[]): Promise<boolean> {
  return runBenchmark(name, [...args, '--json', measurementFile(name)]);
}

async function keepPrinted({ name }: SuiteBenchmark, args: readonly string[]): Promise<boolean> {
  const measurement = beginMeasurement(name, [...args]);
  const printed: string[] = [];
  if (!(await runBenchmark(name, args, (line) => printed.push(line.trimEnd())))) return false;
  await measurement.finish({ printed }, undefined, measurementFile(name));
  return true;
}

/** True if it ended well. What it prints is shown, and each line told. */
function runBenchmark(
  name: string,
  args: readonly string[],
  onLine?: (line: string) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/run.mjs', 'scripts/bench.ts', name, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const watchdog = setTimeout(() => child.kill(), TIMEOUT_MS);
    createInterface(child.stdout).on('line', (line) => {
      console.log(line);
      onLine?.(line);
    });
    child.on('error', (error) => console.error(String(error)));
    child.on('close', (code) => {
      clearTimeout(watchdog);
      if (code !== 0) console.error(`The benchmark "${name}" has failed.`);
      resolve(code === 0);
    });
  });
}
