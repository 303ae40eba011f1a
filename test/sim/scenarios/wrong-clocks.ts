import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { Simulation } from '../simulation.ts';

const MINUTE_MS = 60_000;
/** The page warns when half of the peers say so much (web/ui/notices.ts). */
const WARNED_SECONDS = 60;

export const wrongClocks: Scenario = {
  name: 'wrong-clocks',
  holds:
    'clocks 10 min ahead, 10 min behind and one that jumps 1 h: nobody is banned, and all agree once they are set',
  nodes: 12,
  minNodes: 6,
  short: true,
  play({ seed, nodes: count }, report) {
    const simulation = new Simulation({ seed });
    const nodes = simulation.joinMany(count, { powMode: 'always', hashRate: 2 / (15 * count) });
    const [ahead, behind, jumper, ...right] = nodes as [SimNode, SimNode, SimNode, ...SimNode[]];
    ahead.clock.skewMs = 10 * MINUTE_MS;
    behind.clock.skewMs = -10 * MINUTE_MS;
    simulation.run(180);
    jumper.clock.skewMs = 60 * MINUTE_MS;
    simulation.run(600);
    const bans = () => nodes.reduce((sum, { node }) => sum + node.banned, 0);
    report.equal('bans while the clocks are wrong', bans(), 0);
    report.atLeast(
      'blocks of those whose clocks are right',
      Math.min(...right.map(({ tip }) => tip.height)),
      10,
    );
    const heights = right.map(({ tip }) => tip.height);
    report.atMost('blocks that these differ by', Math.max(...heights) - Math.min(...heights), 1);
    // Links that were opened since say by how much the clocks differ.
    for (const [node, seconds] of [
      [ahead, -600],
      [behind, 600],
    ] as const) {
      const median = medianAhead(node);
      report.check(
        `${node.name} sees its peers ${seconds} s off`,
        Math.abs(median - seconds) < WARNED_SECONDS,
        `${median} s`,
      );
    }
    for (const { clock } of [ahead, behind, jumper]) clock.skewMs = 0;
    // What was stamped an hour ahead stays out for that hour: its finder is overtaken by the others' next blocks.
    const startMs = simulation.queue.nowMs;
    simulation.run(180);
    for (const node of nodes) node.setPowMode('on-demand');
    report.check(
      'all agree',
      simulation.run(300, () => simulation.agreed),
    );
    report.figure('seconds until then', (simulation.queue.nowMs - startMs) / 1000);
    report.equal('bans after it', bans(), 0);
    return simulation;
  },
};

/** How far the clocks of this node's peers are ahead of its own, in seconds. */
function medianAhead({ node }: SimNode): number {
  const ahead = node
    .snapshot('peers')
    .peers.flatMap(({ clockAheadSeconds }) => clockAheadSeconds ?? [])
    .sort((a, b) => a - b);
  return ahead[ahead.length >> 1] ?? NaN;
}
