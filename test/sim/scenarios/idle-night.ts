import { quantile } from '../block-log.ts';
import { foundTimesMs, settledRoom } from '../scaled-room.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import type { Simulation } from '../simulation.ts';

const NIGHT_SECONDS = 8 * 3600;
const LONG_TRIALS = 20;
const SHORT_TRIALS = 2;

export const idleNight: Scenario = {
  name: 'idle-night',
  holds: 'tabs that resume after 8 idle hours find at most 20 blocks in the first minute, and ban nobody',
  nodes: 10,
  minNodes: 2,
  short: true,
  play({ seed, nodes, long }, report) {
    const blocks: number[] = [];
    let simulation!: Simulation;
    for (let trial = 0; trial < (long ? LONG_TRIALS : SHORT_TRIALS); trial++) {
      simulation = settledRoom(seed + trial, nodes);
      for (const node of simulation.nodes) node.sleep();
      simulation.run(NIGHT_SECONDS);
      const morningMs = simulation.queue.nowMs;
      for (const node of simulation.nodes) node.wake();
      simulation.run(60);
      const [first] = simulation.nodes as [SimNode];
      blocks.push(foundTimesMs(simulation, first).filter((ms) => ms > morningMs).length);
      report.equal(
        `bans, seed ${seed + trial}`,
        simulation.nodes.reduce((n, { node }) => n + node.banned, 0),
        0,
      );
      for (const node of simulation.nodes) node.setPowMode('on-demand');
      report.check(
        `one tip again, seed ${seed + trial}`,
        simulation.run(120, () => simulation.agreed),
      );
    }
    report.atMost('blocks in the first minute, p95', quantile(blocks, 0.95) ?? Infinity, 20);
    report.figure('blocks in the first minute, mean', blocks.reduce((a, b) => a + b, 0) / blocks.length);
    report.figure('trials', blocks.length);
    return simulation;
  },
};
