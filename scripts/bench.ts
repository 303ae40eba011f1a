/**
 * npm run bench -- core [...]: runs one file of test/bench/, which prints numbers. Without a name, those of the long
 * chain, one after another; `all`: all there are. These leave what they have measured in docs/benchmarks/ and make
 * docs/benchmarks.md of it. `--quick`: a short look; `--long`: with 100,000 blocks. `report`: makes the page again.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { writeReport } from '../test/bench/report/report-files.ts';
import { runSuite } from '../test/bench/report/run-suite.ts';

const folder = join(import.meta.dirname, '../test/bench');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const [wanted] = process.argv.slice(2);

if (wanted === 'report') {
  writeReport();
} else if (wanted === undefined || wanted === 'all' || wanted.startsWith('--')) {
  const { values } = parseArgs({
    args: process.argv.slice(wanted === 'all' ? 3 : 2),
    options: { quick: { type: 'boolean', default: false }, long: { type: 'boolean', default: false } },
  });
  const failed = await runSuite({ ...values, chainOnly: wanted !== 'all' });
  if (failed.length > 0) {
    console.error(`Not measured: ${failed.join(', ')}.`);
    process.exitCode = 1;
  }
} else if (names.includes(wanted)) {
  // The benchmark finds its own arguments where its name has stood.
  process.argv.splice(2, 1);
  await import(pathToFileURL(join(folder, `${wanted}.ts`)).href);
} else {
  console.error(
    `There is no benchmark "${wanted}": choose one of ${names.join(', ')}, or "all", or "report".`,
  );
  process.exit(2);
}
