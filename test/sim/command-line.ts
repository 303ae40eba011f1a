/** What `npm run sim` understands, and what it prints. */
import { parseArgs } from 'node:util';
import { Report, type Scenario } from './scenario.ts';
import { summarise, type Summary } from './summary.ts';

const HELP = `Plays a scenario: the product's own nodes, on simulated clocks, links and disks.

  npm run sim -- --scenario NAME [--nodes N] [--seed N] [--json]
  npm run sim -- --list

  --scenario NAME  which one; --list names them
  --nodes N        how many nodes; each scenario has its own number otherwise
  --seed N         of all chance: one seed is one run, frame for frame (1)
  --short          the size that npm test plays
  --json           prints JSON only
  --list           names the scenarios and what must hold in each

Exit code 0: all checks held. 1: one failed. 2: it was asked for wrongly.`;

const MAX_NODES = 10_000;

/** Where what is said goes. */
export interface Output {
  say(text: string): void;
  complain(sentence: string): void;
}

/** Returns the exit code. */
export function runCommand(argv: readonly string[], scenarios: readonly Scenario[], output: Output): number {
  const refuse = (sentence: string): number => {
    output.complain(sentence);
    return 2;
  };
  const answer = (text: string): number => {
    output.say(text);
    return 0;
  };
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        scenario: { type: 'string' },
        nodes: { type: 'string' },
        seed: { type: 'string' },
        short: { type: 'boolean' },
        json: { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    // Node.js explains at length.
    return refuse((error instanceof Error ? error.message : String(error)).split('\n', 1)[0] as string);
  }
  if (values.help) return answer(HELP);
  if (values.list) return answer(scenarios.map(({ name, holds }) => `${name.padEnd(20)}${holds}`).join('\n'));
  const scenario = scenarios.find(({ name }) => name === values.scenario);
  if (values.scenario === undefined) return refuse('Which scenario? --list names them.');
  if (!scenario) return refuse(`There is no scenario "${values.scenario}"; --list names them.`);
  const nodes = wholeNumber(values.nodes, scenario.nodes);
  const seed = wholeNumber(values.seed, 1);
  if (nodes === undefined || nodes < scenario.minNodes || nodes > MAX_NODES)
    return refuse(`--nodes is a whole number from ${scenario.minNodes} to ${MAX_NODES} in this scenario.`);
  if (seed === undefined || seed >= 2 ** 32) return refuse('--seed is a whole number below 2^32.');
  return play(scenario, { nodes, seed, long: values.short !== true }, values.json === true, output);
}

function play(
  scenario: Scenario,
  settings: Parameters<Scenario['play']>[0],
  json: boolean,
  output: Output,
): number {
  const startedMs = performance.now();
  const report = new Report();
  const summary = summarise(scenario.play(settings, report));
  const realSeconds = Math.round((performance.now() - startedMs) / 100) / 10;
  const { checks, figures } = report;
  if (json)
    output.say(
      JSON.stringify({ scenario: scenario.name, ...summary, figures, checks, realSeconds }, null, 2),
    );
  else output.say(text(scenario, summary, report, realSeconds));
  return report.failed.length === 0 ? 0 : 1;
}

function text(scenario: Scenario, summary: Summary, report: Report, realSeconds: number): string {
  const { propagationMs, hops, duplicates } = summary;
  const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
  const line = (name: string, value: string | number) => `  ${name.padEnd(26)}  ${value}`;
  return [
    `${scenario.name}: ${scenario.holds}`,
    line('seed', summary.seed),
    line('nodes', summary.nodes),
    line('time', `${summary.virtualSeconds} s in ${realSeconds} s`),
    line('propagation p50/p95/p99', `${propagationMs.p50} / ${propagationMs.p95} / ${propagationMs.p99} ms`),
    line('hops p50/p95/p99', `${hops.p50} / ${hops.p95} / ${hops.p99}`),
    line(
      'a node, a block',
      `${summary.bytesPerNodePerBlock} bytes, ${summary.messagesPerNodePerBlock} messages`,
    ),
    line(
      'duplicates',
      `${duplicates.duplicates} of ${duplicates.wholeBlocks} whole blocks (${percent(duplicates.share)})`,
    ),
    line('blocks found', `${summary.blocksFound}, ${percent(summary.staleRate)} of them stale`),
    line('largest node', `${megabytes(summary.largestNodeBytes)} (counted)`),
    ...Object.entries(summary.tips).map(([tip, count]) => line('tip', `${tip} of ${count} nodes`)),
    line('trace', summary.trace),
    ...Object.entries(report.figures).map(([name, value]) => line(name, value)),
    ...report.checks.map(({ ok, name, saw }) => `  ${ok ? 'holds ' : 'FAILED'}  ${name} (${saw})`),
  ].join('\n');
}

/** undefined: it is none. */
function wholeNumber(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
