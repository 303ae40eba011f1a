/**
 * npm run bench -- core [...]: runs one file of test/bench/, which prints numbers.
 *
 * Without a name, those of the long chain run one after another; `all`: all there are; `all core pow`: these. Each leaves
 * what it has measured in docs/benchmarks/, and docs/benchmarks.md is made of that. `--quick`: a short look; `--long`:
 * with 100,000 blocks. `report`: makes the page again.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { writeReport } from '../test/bench/report/report-files.ts';
import { runSuite } from '../test/bench/report/run-suite.ts';
import { SUITE } from '../test/bench/report/suite.ts';

const folder = join(import.meta.dirname, '../test/bench');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const [wanted, ...rest] = process.argv.slice(2);

if (wanted === 'report') {
  writeReport();
} else if (wanted === 'all') {
  await measure(rest, true);
} else if (wanted === undefined || wanted.startsWith('--')) {
  await measure(process.argv.slice(2), false);
} else if (names.includes(wanted)) {
  // The benchmark finds its own arguments where its name has stood.
  process.argv.splice(2, 1);
  await import(pathToFileURL(join(folder, `${wanted}.ts`)).href);
} else {
  refuse(wanted);
}

async function measure(args: string[], isAll: boolean): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: { quick: { type: 'boolean', default: false }, long: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  for (const name of positionals) if (!SUITE.some((benchmark) => benchmark.name === name)) refuse(name);
  const benchmarks = SUITE.filter(({ name, isChain }) =>
    positionals.length > 0 ? positionals.includes(name) : isAll || isChain,
  );
  const failed = await runSuite({ ...values, benchmarks });
  if (failed.length === 0) return;
  console.error(`Not measured: ${failed.join(', ')}.`);
  process.exitCode = 1;
}

function refuse(name: string): never {
  console.error(`There is no benchmark "${name}": choose one of ${names.join(', ')}, or "all", or "report".`);
  process.exit(2);
}
