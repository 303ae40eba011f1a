import { memosOf } from '../chain-reading.ts';
import type { Report, Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { Simulation } from '../simulation.ts';

const LONG_SEEDS = 1_000;
const SHORT_SEEDS = 20;
const STORM_SECONDS = 40;
const CALM_SECONDS = 400;
/** So that crashes often hit between two commits. */
const SLOW_DISK_MS = 1_000;

export const chaos: Scenario = {
  name: 'chaos',
  holds: 'under stalls, cuts, crashes and reorderings across links all converge, and one seed gives one run',
  nodes: 5,
  minNodes: 2,
  short: true,
  play({ seed, nodes, long }, report) {
    const count = long ? LONG_SEEDS : SHORT_SEEDS;
    const failures: string[] = [];
    let last!: Simulation;
    for (let i = 0; i < count; i++) {
      last = weather(seed + i, nodes);
      const problem = problemOf(last);
      if (problem) failures.push(`seed ${seed + i}: ${problem}`);
    }
    report.check(`${count} seeds converge`, failures.length === 0, failures.slice(0, 5).join('; ') || 'all');
    checkTrace(seed, nodes, report);
    return last;
  },
};

function checkTrace(seed: number, nodes: number, report: Report): void {
  const [first, second] = [weather(seed, nodes), weather(seed, nodes)];
  report.equal('the trace of one seed, again', second.trace.toString(), first.trace.toString());
  report.atLeast('frames in it', first.trace.frames, 100);
  report.check(
    'another seed gives another',
    weather(seed + 1, nodes).trace.toString() !== first.trace.toString(),
  );
}

/** A room in bad weather, and the calm after it. */
function weather(seed: number, count: number): Simulation {
  const simulation = new Simulation({ seed, diskMs: SLOW_DISK_MS });
  const { random, queue, nodes, network } = simulation;
  simulation.joinMany(count, { powMode: 'always', hashRate: 2 / (4 * count) });
  const anyNode = () => nodes[Math.floor(random.next() * count)] as SimNode;
  const anyLink = () => [...network.links][Math.floor(random.next() * network.links.size)];
  const endMs = queue.nowMs + STORM_SECONDS * 1000;
  const strikes = [
    () => anyLink()?.stall(500 + random.next() * 8_000),
    () => anyLink()?.cut(),
    () => {
      const link = anyLink();
      if (link) link.latencyMs = 10 + random.next() * 1_500;
    },
    () => {
      const node = anyNode();
      if (!node.alive) return;
      node.crash();
      queue.after(random.next() * 5_000, () => node.start());
    },
  ];
  const strike = () => {
    if (queue.nowMs > endMs) return;
    strikes[Math.floor(random.next() * strikes.length)]?.();
    queue.after(random.exponential(1_000), strike);
  };
  strike();
  for (let i = 0; i < count; i++) {
    queue.after(random.next() * STORM_SECONDS * 1000, () => {
      const node = anyNode();
      if (node.alive) node.compose(`message ${i}`);
    });
  }
  simulation.run(STORM_SECONDS + 6);
  // A tie is settled, and what was written is mined, on demand.
  for (const node of nodes) node.setPowMode('on-demand');
  simulation.run(CALM_SECONDS, () => problemOf(simulation) === undefined);
  return simulation;
}

function problemOf(simulation: Simulation): string | undefined {
  const { nodes } = simulation;
  if (nodes.some(({ alive }) => !alive)) return 'a node is off';
  if (!simulation.converged) return 'tips differ';
  if (!simulation.agreed) return 'ledgers differ';
  if (nodes.some(({ node }) => node.mempool.size > 0)) return 'a message is not mined';
  if (nodes.some(({ node }) => node.banned > 0)) return 'somebody is banned';
  const memos = memosOf(nodes[0] as SimNode);
  return new Set(memos).size === memos.length ? undefined : 'a message is mined twice';
}
