import { SelfishMiner, selfishShare } from '../adversaries/selfish-miner.ts';
import { activeBlocks } from '../chain-reading.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { Simulation } from '../simulation.ts';

const POWER = 0.3;
const SPACING_SECONDS = 15;
const BLOCKS = 3_000;
const SHORT_BLOCKS = 300;
/** When a race's blocks have reached everybody, and hardly ever a third one. */
const RACE_SAMPLE_MS = 2_000;

export const selfishMiner: Scenario = {
  name: 'selfish-miner',
  holds: 'a selfish miner with 30% of the power gets what theory says for first-seen, and no more',
  nodes: 14,
  minNodes: 4,
  short: false,
  play({ seed, nodes: count, long }, report) {
    const blocks = long ? BLOCKS : SHORT_BLOCKS;
    const simulation = new Simulation({ seed, tickMs: 1_000 });
    const perSecond = 2 / SPACING_SECONDS;
    const nodes = simulation.joinMany(count, {
      powMode: 'always',
      hashRate: ((1 - POWER) * perSecond) / count,
    });
    const selfish = new SelfishMiner(simulation, POWER * perSecond);
    for (const node of nodes) selfish.endpoint.linkTo(node, 60);
    const onItsSide: number[] = [];
    selfish.onRace = (own) => {
      simulation.queue.after(RACE_SAMPLE_MS, () => {
        onItsSide.push(nodes.filter(({ tip }) => tip.id === own).length / count);
      });
    };
    const first = nodes[0] as SimNode;
    simulation.run(blocks * SPACING_SECONDS * 3, () => first.tip.height >= blocks);
    const chain = activeBlocks(first);
    const own = chain.filter(({ transactions }) => transactions[0]?.recipient === selfish.account).length;
    const share = own / chain.length;
    const gamma = onItsSide.reduce((a, b) => a + b, 0) / Math.max(onItsSide.length, 1);
    // Some honest work is lost to honest forks as well, and chance has its part.
    const theory = selfishShare(POWER, gamma);
    const chance = 3 * Math.sqrt((theory * (1 - theory)) / chain.length) * 1.3;
    report.figure('its part of the power', POWER);
    report.figure('its share of the blocks', share);
    report.figure('theory, with what was measured of the races', theory);
    report.figure('theory, if nobody took its side', selfishShare(POWER, 0));
    report.figure('of the others, on its side in a race', gamma);
    report.figure('races', onItsSide.length);
    report.atLeast('blocks', chain.length, blocks);
    report.atLeast('races', onItsSide.length, blocks / 50);
    report.atMost('share above theory', share - theory, chance + 0.01);
    report.atMost('share below theory', theory - share, chance + 0.02);
    report.equal(
      'bans',
      nodes.reduce((sum, { node }) => sum + node.banned, 0),
      0,
    );
    return simulation;
  },
};
