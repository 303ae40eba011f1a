import { sybilCrowd } from '../adversaries/sybil.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { Simulation } from '../simulation.ts';

const SYBILS = 200;
const SIEGE_SECONDS = 1_800;
const SHORT_SIEGE_SECONDS = 300;
const SAMPLE_SECONDS = 5;

export const sybils: Scenario = {
  name: 'sybils',
  holds:
    '200 Sybils that besiege one node leave it at least 2 honest links of its own and at most 2 blocks behind',
  nodes: 25,
  minNodes: 10,
  short: true,
  play({ seed, nodes: count, long }, report) {
    const simulation = new Simulation({ seed, tickMs: 500 });
    const nodes = simulation.joinMany(count, { powMode: 'always', hashRate: 2 / (15 * count) });
    const victim = nodes[0] as SimNode;
    victim.setPowMode('off');
    simulation.run(120);
    const crowd = sybilCrowd(simulation, SYBILS, victim);
    const keys = new Set(crowd.map(({ account }) => account));

    let fewestHonest = Infinity;
    let mostSybils = 0;
    let mostBehind = 0;
    const honestOwn = () =>
      victim.node.peers.ready.filter(({ key, link }) => link.dialled && !keys.has(key ?? '')).length;
    // A dialled link may end, as its peer's user closes the tab: it is the long run that counts.
    const samples: number[] = [];
    for (let second = 0; second < (long ? SIEGE_SECONDS : SHORT_SIEGE_SECONDS); second += SAMPLE_SECONDS) {
      simulation.run(SAMPLE_SECONDS);
      const ready = victim.node.peers.ready;
      const inbound = ready.filter(({ link }) => !link.dialled);
      const theirs = inbound.filter(({ key }) => keys.has(key ?? ''));
      mostSybils = Math.max(mostSybils, theirs.length / Math.max(inbound.length, 1));
      fewestHonest = Math.min(fewestHonest, honestOwn());
      samples.push(honestOwn());
      const height = Math.max(...nodes.map(({ tip }) => tip.height));
      mostBehind = Math.max(mostBehind, height - victim.tip.height);
    }
    report.figure('of its inbound links, theirs at most', mostSybils);
    report.figure('honest links of its own, mean', samples.reduce((a, b) => a + b, 0) / samples.length);
    report.atLeast('of its inbound links, theirs at most', mostSybils, 0.75);
    report.atLeast('honest links of its own at any time', fewestHonest, 2);
    report.atMost('blocks behind at any time', mostBehind, 2);
    report.check('its links are bounded', victim.links.size <= 24, victim.links.size);
    report.equal(
      'bans',
      nodes.reduce((sum, { node }) => sum + node.banned, 0),
      0,
    );
    return simulation;
  },
};
