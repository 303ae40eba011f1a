import { memosOf } from '../chain-reading.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { Simulation } from '../simulation.ts';

const LEAVE_AT_ONCE = 0.3;
const LEAVE_SLOWLY = 0.3;
const SLOWLY_SECONDS = 600;
const SHORT_SLOWLY_SECONDS = 120;
const LOW_LINKS = 4;

export const serverGone: Scenario = {
  name: 'server-gone',
  holds:
    'with the server dead and 60% of the nodes gone the rest is one mesh of at least 4 links each, by relay alone',
  nodes: 40,
  minNodes: 15,
  short: true,
  play({ seed, nodes: count, long }, report) {
    const slowlySeconds = long ? SLOWLY_SECONDS : SHORT_SLOWLY_SECONDS;
    const simulation = new Simulation({ seed, tickMs: 1_000 });
    const { random, queue, server } = simulation;
    const nodes = simulation.joinMany(count, { powMode: 'off', hashRate: 2 / (5 * count) });
    simulation.run(180);
    server.isUp = false;
    const leaving = random.shuffled(nodes);
    const atOnce = Math.round(count * LEAVE_AT_ONCE);
    const slowly = Math.round(count * LEAVE_SLOWLY);
    for (const node of leaving.splice(0, atOnce)) node.crash();
    const goneMs = queue.nowMs;
    report.check(
      'one mesh soon after the first leave',
      simulation.run(120, () => isWhole(simulation.alive)),
    );
    report.figure('seconds until it is whole', (queue.nowMs - goneMs) / 1000);
    for (const node of leaving.splice(0, slowly)) {
      queue.after(random.next() * slowlySeconds * 1000, () => node.crash());
    }
    simulation.run(slowlySeconds);
    const restMs = queue.nowMs;
    report.check(
      'one mesh in the end',
      simulation.run(120, () => isWhole(simulation.alive)),
    );
    report.figure('seconds until it is whole again', (queue.nowMs - restMs) / 1000);
    const rest = simulation.alive;
    report.equal('nodes that stay', rest.length, count - atOnce - slowly);
    report.equal('parts', partsOf(rest), 1);
    report.atLeast('links of the poorest', Math.min(...rest.map((node) => node.readyPeers)), LOW_LINKS);
    report.equal(
      'bans',
      rest.reduce((sum, { node }) => sum + node.banned, 0),
      0,
    );
    const [writer] = rest as [SimNode];
    for (const node of rest) node.setPowMode('on-demand');
    writer.compose('still here');
    report.check(
      'a message reaches all',
      simulation.run(300, () => rest.every((node) => memosOf(node).includes('still here'))),
    );
    report.figure('signals that were passed on', simulation.tap.counts.get('signal')?.messages ?? 0);
    return simulation;
  },
};

function isWhole(nodes: readonly SimNode[]): boolean {
  return partsOf(nodes) === 1 && nodes.every((node) => node.readyPeers >= LOW_LINKS);
}

/** How many parts the graph of ready links has. */
function partsOf(nodes: readonly SimNode[]): number {
  const byAccount = new Map(nodes.map((node) => [node.account, node]));
  const unseen = new Set(nodes);
  let parts = 0;
  for (const start of nodes) {
    if (!unseen.delete(start)) continue;
    parts++;
    const queue = [start];
    for (let node = queue.pop(); node; node = queue.pop()) {
      for (const { key } of node.node.peers.ready) {
        const next = byAccount.get(key ?? '');
        if (next && unseen.delete(next)) queue.push(next);
      }
    }
  }
  return parts;
}
