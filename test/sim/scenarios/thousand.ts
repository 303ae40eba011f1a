import { quantile } from '../block-log.ts';
import type { Scenario } from '../scenario.ts';
import { Simulation } from '../simulation.ts';

const BLOCKS = 1_000;
const SHORT_BLOCKS = 40;
/** Three times as fast as a room: the same number of blocks in a third of the time, and more that cross each other. */
const SPACING_SECONDS = 5;
/** One in so many works all the time; the others write now and then, and work on demand. */
const WORKER_SHARE = 0.05;
const CHURN_A_MINUTE = 0.05;
const AWAY_MS = 60_000;
const MEMO_INTERVAL_MS = 20_000;
/** Finer ones change nothing at these latencies, and cost most of the run. */
const TICK_MS = 250;

export const thousand: Scenario = {
  name: 'thousand',
  holds:
    'with 5% of the nodes leaving a minute, p95 propagation is below 3 s and below 5% of all deliveries are duplicates',
  nodes: 1_000,
  minNodes: 20,
  short: false,
  play({ seed, nodes: count, long }, report) {
    const blocks = long ? BLOCKS : SHORT_BLOCKS;
    const simulation = new Simulation({ seed, tickMs: TICK_MS });
    const { random, queue, nodes } = simulation;
    const workers = Math.max(Math.round(count * WORKER_SHARE), 1);
    const hashRate = 2 / (SPACING_SECONDS * workers);
    for (let i = 0; i < count; i++) {
      // Not all in one second: a class arrives within a minute or two.
      queue.after(random.next() * 60_000, () => {
        simulation.join(`n${i}`, { hashRate, powMode: i < workers ? 'always' : 'off' });
      });
    }
    simulation.run(120);

    const leave = () => {
      const present = simulation.alive;
      const node = present[Math.floor(random.next() * present.length)];
      if (node) {
        node.crash();
        queue.after(AWAY_MS, () => node.start());
      }
      queue.after(random.exponential(60_000 / (CHURN_A_MINUTE * count)), leave);
    };
    leave();
    const write = () => {
      const node = nodes[Math.floor(random.next() * count)];
      if (node?.alive) node.compose(`at ${Math.round(queue.nowMs)}`);
      queue.after(random.exponential(MEMO_INTERVAL_MS), write);
    };
    write();
    const height = () => Math.max(...simulation.alive.map(({ tip }) => tip.height));
    const startHeight = height();
    // Looked at once a block or so: a thousand nodes are asked.
    for (let rounds = 0; rounds < blocks * 10 && height() < startHeight + blocks; rounds++) {
      simulation.run(SPACING_SECONDS);
    }
    simulation.log.finish();
    const { delaysMs, found } = simulation.log;
    report.atLeast('blocks found', found.length, blocks);
    report.atMost('p95 propagation in ms', quantile(delaysMs, 0.95) ?? Infinity, 3_000);
    report.atLeast('deliveries measured', delaysMs.length, (found.length * count) / 2);
    // Of those that a node received, however they came: a compact block that is completed is one received.
    const { duplicateBlocks, wholeBlocks } = simulation.tap;
    report.atMost('duplicates of all deliveries', duplicateBlocks / (delaysMs.length + wholeBlocks), 0.05);
    report.equal(
      'bans',
      simulation.alive.reduce((sum, { node }) => sum + node.banned, 0),
      0,
    );
    const behind = simulation.alive.filter(({ tip }) => tip.height < height() - 2);
    // Who has just come back is still catching up.
    report.atMost('nodes more than 2 blocks behind', behind.length, Math.ceil(count * 0.02));
    return simulation;
  },
};
