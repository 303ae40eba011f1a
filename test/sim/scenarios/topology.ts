/** Rooms whose links are laid by hand, for scenarios in which it matters who is linked with whom. */
import type { SimNode, SimNodeOptions } from '../sim-node.ts';
import { Simulation, type SimulationOptions } from '../simulation.ts';

/** A room without a server: nobody dials. */
export function quietRoom(options: SimulationOptions): Simulation {
  const simulation = new Simulation(options);
  simulation.server.isUp = false;
  return simulation;
}

/** A link that is simply there, whatever the mesh wants. */
export function link({ network }: Simulation, a: SimNode, b: SimNode, latencyMs: number): void {
  network.open(a, b, 'server', { dialled: b.name, dialler: a.name }, latencyMs);
}

/** Nodes in a ring, each also linked with the one after the next: no single node parts them. */
export function ring(
  simulation: Simulation,
  count: number,
  latencyMs: number,
  options: SimNodeOptions = {},
): SimNode[] {
  const nodes = simulation.joinMany(count, options);
  const pairs = new Set<string>();
  for (const step of [1, 2]) {
    for (let i = 0; i < count; i++) {
      const j = (i + step) % count;
      const pair = [i, j].sort((a, b) => a - b).join('-');
      if (i === j || pairs.has(pair)) continue;
      pairs.add(pair);
      link(simulation, nodes[i] as SimNode, nodes[j] as SimNode, latencyMs);
    }
  }
  return nodes;
}
