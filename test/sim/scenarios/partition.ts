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
    const half = (index: number) => (index % 2 === 0 ? 1 : 2);
    simulation.partition(({ index }) => half(index));
    const splitHeight = Math.max(...simulation.nodes.map(({ tip }) => tip.height));
    for (const [i, node] of simulation.nodes.entries()) {
      simulation.queue.after(1_000 + i * 7_000, () => node.compose(`from ${node.name}`));
    }
    const apart = () =>
      simulation.nodes.every(({ tip }) => tip.height >= splitHeight + blocksApart) &&
      simulation.nodes.every(({ node }) => node.mempool.size === 0);
    report.check('both halves go on', simulation.run(blocksApart * 60, apart));
    report.check('they differ', !simulation.converged);

    const works = [1, 2].map((group) =>
      Math.max(...simulation.nodes.filter((n) => n.group === group).map((n) => Number(n.tip.work))),
    );
    const losing = (works[0] as number) < (works[1] as number) ? 1 : 2;
    const losers = simulation.nodes.filter(({ group }) => group === losing).map(({ name }) => `from ${name}`);
    simulation.heal();
    const healedAtMs = simulation.queue.nowMs;
    // While they mine on, two may find a block at once: one tip is asked for, not that it stays.
    const meet = () => simulation.converged;
    report.check('one tip', simulation.run(60, meet));
    const secondsToOneTip = (simulation.queue.nowMs - healedAtMs) / 1000;
    report.atMost('seconds to one tip', secondsToOneTip, 10);
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
    report.figure('seconds to one tip', secondsToOneTip);
    report.figure(
      'deepest reorg',
      Math.max(...simulation.nodes.flatMap(({ node }) => node.reorgs.map(({ depth }) => depth))),
    );
    return simulation;
  },
};
