import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { link, quietRoom } from './topology.ts';

export const tie: Scenario = {
  name: 'tie',
  holds: 'of two blocks of equal work each node keeps the one it saw first, until the next block settles it',
  nodes: 8,
  minNodes: 4,
  short: true,
  play({ seed, nodes: count }, report) {
    const simulation = quietRoom({ seed });
    const nodes = simulation.joinMany(count, { powMode: 'off', hashRate: 1 });
    const sideOf = ({ index }: SimNode) => index % 2;
    const linkAll = (far: boolean) => {
      for (const a of nodes) {
        for (const b of nodes) {
          if (a.index < b.index && (sideOf(a) !== sideOf(b)) === far) link(simulation, a, b, far ? 150 : 50);
        }
      }
    };
    linkAll(false);
    simulation.run(5);
    const [left, right] = nodes as [SimNode, SimNode];
    // Each side by itself, until both have as many blocks: on this network that is equal work.
    do {
      const behind = left.tip.height < right.tip.height ? left : right;
      const ahead = behind === left ? right : left;
      const height = Math.max(ahead.tip.height, 1);
      behind.setPowMode('always');
      simulation.run(600, () => behind.tip.height >= height);
      behind.setPowMode('off');
    } while (left.tip.height !== right.tip.height);
    const { height } = left.tip;
    simulation.run(2);
    linkAll(true);
    const [leftId, rightId] = [left.tip.id, right.tip.id];
    report.check('two blocks of equal work', leftId !== rightId && left.tip.work === right.tip.work);
    simulation.run(30);
    report.check(
      'everybody knows both',
      nodes.every(({ node }) => node.chain.index.get(leftId) && node.chain.index.get(rightId)),
    );
    const kept = nodes.filter((node) => node.tip.id === (sideOf(node) === 0 ? leftId : rightId));
    report.equal('nodes that keep what they saw first', kept.length, nodes.length);
    report.check(
      'they know that it is a tie',
      nodes.every(({ node }) => node.chain.index.isTied),
    );
    // On demand: nobody wrote anything, and yet a tie is reason enough to work.
    for (const node of nodes) {
      node.pow.hashRate = 0.01;
      node.setPowMode('on-demand');
    }
    const startMs = simulation.queue.nowMs;
    report.check(
      'the next block settles it',
      simulation.run(600, () => simulation.converged && left.tip.height > height),
    );
    report.equal('height then', left.tip.height, height + 1);
    report.check('one ledger', simulation.agreed);
    report.figure('seconds until then', (simulation.queue.nowMs - startMs) / 1000);
    return simulation;
  },
};
