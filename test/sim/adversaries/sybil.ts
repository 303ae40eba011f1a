/**
 * A crowd of keys that belongs to one attacker: each dials one node again and
 * again, behaves perfectly while it is linked, and never tells it anything.
 */
import type { SimNode } from '../sim-node.ts';
import type { Simulation } from '../simulation.ts';
import { HandPlayedNode } from './hand-played-node.ts';

const REDIAL_MEAN_MS = 10_000;

export function sybilCrowd(simulation: Simulation, count: number, target: SimNode): HandPlayedNode[] {
  const { queue, random } = simulation;
  return Array.from({ length: count }, (_, i) => {
    const sybil = new HandPlayedNode(simulation, `sybil${i}`, {
      onMessage(peer, message) {
        // It knows nobody.
        if (message.name === 'getPeers') peer.say({ name: 'peers', addresses: [] });
      },
    });
    const dial = () => {
      if (sybil.links.size === 0) sybil.dial(target);
      queue.after(random.exponential(REDIAL_MEAN_MS), dial);
    };
    queue.after(random.exponential(REDIAL_MEAN_MS), dial);
    return sybil;
  });
}
