import { headerId } from '../../../web/core/header.ts';
import { tampering } from '../adversaries/tampered-link.ts';
import type { Scenario } from '../scenario.ts';
import { link, quietRoom } from './topology.ts';

const BLOCKS = 600;
const SHORT_BLOCKS = 200;

export const stalledSync: Scenario = {
  name: 'stalled-sync',
  holds: 'a peer that stalls one block of the initial sync is replaced in 2 to 64 s, and the sync completes',
  nodes: 4,
  minNodes: 4,
  short: true,
  play({ seed, long }, report) {
    const height = long ? BLOCKS : SHORT_BLOCKS;
    const simulation = quietRoom({ seed });
    const swallowed = new Map<string, number>();
    const honest = simulation.join('honest', { powMode: 'always', hashRate: 2 });
    // It gives everything but one block, the first that it is asked for in the middle of the chain.
    const staller = simulation.join('staller', {
      powMode: 'off',
      wrapLink: tampering((message, to) => {
        if (message.name !== 'block' || to.name !== 'newcomer') return [message];
        const id = headerId(message.block.header);
        const stalls = swallowed.size === 0 && (message.block.transactions[0]?.nonce ?? 0) > height / 4;
        if (stalls) swallowed.set(id, simulation.queue.nowMs);
        return swallowed.has(id) ? [] : [message];
      }),
    });
    const other = simulation.join('other', { powMode: 'off' });
    link(simulation, honest, staller, 50);
    link(simulation, honest, other, 50);
    simulation.run(3 * height, () => honest.tip.height >= height);
    honest.setPowMode('off');
    simulation.run(30, () => simulation.converged);

    const newcomer = simulation.join('newcomer', { powMode: 'off' });
    // The staller is the nearest and is asked for most.
    link(simulation, newcomer, staller, 20);
    link(simulation, newcomer, honest, 150);
    link(simulation, newcomer, other, 150);
    report.check(
      'the sync completes',
      simulation.run(300, () => newcomer.tip.id === honest.tip.id),
    );
    report.equal('blocks that were stalled', swallowed.size, 1);
    const [[id, stalledMs] = ['', 0]] = swallowed;
    const cameMs = newcomer.node.heard(id)?.atMs ?? Infinity;
    const seconds = (cameMs - stalledMs) / 1000;
    report.atLeast('seconds until another gave it', seconds, 2);
    report.atMost('seconds until another gave it', seconds, 64);
    report.check('it came from another', newcomer.node.heard(id)?.from !== staller.account);
    report.check(
      'nobody is banned',
      simulation.nodes.every(({ node }) => node.banned === 0),
    );
    return simulation;
  },
};
