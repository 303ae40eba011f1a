/** Makes the page of all benchmarks out of what each of them has left. Pure: the same data makes the same page. */
import type { Machine } from '../measuring/measurement.ts';
import { figureColumns, table } from './markdown.ts';
import { drawPlot } from './plot.ts';
import type { AnyMeasurement } from './section.ts';
import type { SuiteBenchmark } from './suite.ts';

export interface ReportPage {
  /** Markdown. */
  readonly page: string;
  /** The pictures beside it, by file name. */
  readonly pictures: ReadonlyMap<string, string>;
}

const INTRODUCTION = `# Benchmarks

<!-- Made of docs/benchmarks/*.json by \`npm run bench -- report\`: what is written here by hand is lost. -->

Numbers of this project, measured by the project itself, each beside what bounds it: what the same machine needs in the
same run for the same bytes, signatures or values and nothing else. There is no pass or fail in them. They are of a shared
machine whose load is told for each; only figures of one run are to be compared with each other.

\`npm run bench\` measures the long chain's again and makes this page (\`-- --quick\` for a look, \`-- --long\` with a chain of
100,000 blocks), \`npm run bench -- all\` all there are; \`npm run bench -- report\` makes the page from what was measured
before.`;

/** `measurements`: by benchmark. `folder`: where the pictures will be, as seen from the page. */
export function makeReport(
  suite: readonly SuiteBenchmark[],
  measurements: ReadonlyMap<string, AnyMeasurement>,
  folder: string,
): ReportPage {
  const pictures = new Map<string, string>();
  const sections: string[] = [];
  for (const { name, section } of suite) {
    const measurement = measurements.get(name);
    if (measurement === undefined) continue;
    const { title, body, plots } = section(measurement.figures);
    let text = body;
    for (const [picture, plot] of Object.entries(plots)) {
      pictures.set(`${picture}.svg`, drawPlot(plot));
      text = text.replace(`{{${picture}}}`, `![${plot.title}](${folder}/${picture}.svg)`);
    }
    sections.push([`## ${title}`, text, howMeasured(measurement)].join('\n\n'));
  }
  const missing = suite.filter(({ name }) => !measurements.has(name)).map(({ name }) => `\`${name}\``);
  const notMeasured =
    missing.length === 0
      ? []
      : [`## Not measured\n\nThis time there are no figures of ${missing.join(', ')}.`];
  const machines = table(figureColumns('machine', ''), machineRows([...measurements.values()]));
  return { page: `${[INTRODUCTION, machines, ...sections, ...notMeasured].join('\n\n')}\n`, pictures };
}

function howMeasured({ command, commit, date, seconds, load }: AnyMeasurement): string {
  const changed = commit.endsWith('+') ? ', with changes that were not committed' : '';
  return (
    `Measured by \`${command}\` at commit ${commit.replace('+', '')}${changed}, ${date.slice(0, 16).replace('T', ' ')} UTC, ` +
    `in ${seconds} s; load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after.`
  );
}

/** Where benchmarks ran on different ones, all are told. */
function machineRows(all: readonly AnyMeasurement[]): string[][] {
  const rows: readonly (readonly [string, (machine: Machine) => string | undefined])[] = [
    ['processor', ({ processor, cores }) => `${processor}, ${cores} cores`],
    ['memory', ({ memoryBytes }) => `${(memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ['system', ({ system }) => system],
    ['Node.js', ({ node }) => node],
    ['browser', ({ browser }) => browser],
  ];
  return rows.map(([what, of]) => {
    const values = all.map(({ machine }) => of(machine)).filter((value) => value !== undefined);
    return [what, [...new Set(values)].join('; ')];
  });
}
