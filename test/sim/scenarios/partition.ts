import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { Simulation } from '../simulation.ts';
import { memosOf } from '../chain-reading.ts';

const BLOCKS_APART = 100;

export const partition: Scenario = {
  name: 'partition',
  holds: 'a room split in half for 100 blocks, then healed, has one tip within 10 s and loses no message',
  nodes: 20,
  minNodes: 8,
  short: true,
  play({ seed, nodes, long }, report) {
    const blocksApart = long ? BLOCKS_APART : 40;
    // All together a block in 5 s, half of them one in 10 s.
    const simulation = new Simulation({ seed });
    simulation.joinMany(nodes, { powMode: 'always', hashRate: 2 / (5 * nodes) });
    simulation.run(30);
    const half = ({ index }: { readonly index: number }) => (index % 2 === 0 ? 1 : 2);
    const halfOf = (group: number) => simulation.nodes.filter((node) => half(node) === group);
    const workOf = (group: number) => Math.max(...halfOf(group).map(({ tip }) => Number(tip.work)));
    simulation.partition(half);
    const splitHeight = Math.max(...simulation.nodes.map(({ tip }) => tip.height));
    for (const [i, node] of simulation.nodes.entries()) {
      simulation.queue.after(1_000 + i * 7_000, () => node.compose(`from ${node.name}`));
    }
    const apart = () =>
      simulation.nodes.every(({ tip }) => tip.height >= splitHeight + blocksApart) &&
      simulation.nodes.every(({ node }) => node.mempool.size === 0) &&
      workOf(1) !== workOf(2);
    report.check('both halves go on', simulation.run(blocksApart * 60, apart));

    // What is measured is how they meet, not how those who mine on find two blocks at once.
    for (const node of simulation.nodes) node.setPowMode('off');
    const losing = workOf(1) < workOf(2) ? 1 : 2;
    const losers = halfOf(losing).map(({ name }) => `from ${name}`);
    simulation.heal();
    const healedAtMs = simulation.queue.nowMs;
    const seconds = () => (simulation.queue.nowMs - healedAtMs) / 1000;
    simulation.run(60, () => [...simulation.network.links].some(({ from, to }) => half(from) !== half(to)));
    report.figure('seconds to a link across', seconds());
    simulation.run(60, () => simulation.converged);
    report.atMost('seconds to one tip', seconds(), 10);
    for (const node of simulation.nodes) node.setPowMode('always');
    report.check('equal ledger hash', simulation.agreed);
    report.check(
      'what the losing half wrote is mined',
      simulation.run(120, () => {
        const memos = memosOf(simulation.nodes[0] as SimNode);
        return losers.every((memo) => memos.includes(memo));
      }),
    );
    report.check(
      'nothing is mined twice',
      new Set(memosOf(simulation.nodes[0] as SimNode)).size ===
        memosOf(simulation.nodes[0] as SimNode).length,
    );
    report.equal(
      'bans',
      simulation.nodes.reduce((sum, { node }) => sum + node.banned, 0),
      0,
    );
    report.figure(
      'deepest reorg',
      Math.max(...simulation.nodes.flatMap(({ node }) => node.reorgs.map(({ depth }) => depth))),
    );
    return simulation;
  },
};
