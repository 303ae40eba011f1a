import { transactionId } from '../../../web/core/transaction.ts';
import { HandPlayedNode } from '../adversaries/hand-played-node.ts';
import { withholder } from '../adversaries/withholder.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { quietRoom, ring } from './topology.ts';

const WITHHOLDERS = 2;
const HONEST_MS = 150;
const LIAR_MS = 5;

export const withheldTransaction: Scenario = {
  name: 'withheld-transaction',
  holds: 'transactions that liars announce first and never deliver are fetched elsewhere within 15 s',
  nodes: 12,
  minNodes: 5,
  short: true,
  play({ seed, nodes: count }, report) {
    const simulation = quietRoom({ seed });
    const nodes = ring(simulation, count, HONEST_MS, { powMode: 'off' });
    // Each liar has a fast link to everybody, so that it is always the first to announce.
    for (let i = 0; i < WITHHOLDERS; i++) {
      const liar = new HandPlayedNode(simulation, `liar${i}`, withholder());
      for (const node of nodes) liar.linkTo(node, LIAR_MS);
    }
    simulation.run(5);
    const writer = nodes[0] as SimNode;
    const composed = writer.compose('hard to get');
    if (!composed.ok) throw new Error(composed.code);
    const id = transactionId(composed.tx);
    const startMs = simulation.queue.nowMs;
    const all = simulation.run(60, () => nodes.every(({ node }) => node.mempool.has(id)));
    const seconds = (simulation.queue.nowMs - startMs) / 1000;
    report.check('everybody has it', all);
    report.atMost('seconds until then', seconds, 15);
    // Else the scenario has shown nothing.
    report.atLeast('seconds that the liars cost', seconds, 1);
    report.equal('honest nodes that are banned', bansAmong(nodes), 0);
    return simulation;
  },
};

/** How often one of these nodes has banned another of them. */
export function bansAmong(nodes: readonly SimNode[]): number {
  let bans = 0;
  for (const judge of nodes) {
    for (const { account } of nodes) {
      if (judge.node.peers.isBanned(account, judge.clock.nowMs)) bans++;
    }
  }
  return bans;
}
