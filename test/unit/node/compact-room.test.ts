/** Compact blocks among real nodes in virtual time: what a block costs, and that nothing is lost. */
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../sim/simulation.ts';

const SEED = Number(process.env.SEED ?? 11);
const NODES = 12;
const MESSAGES_EACH = 10;
const TRANSACTIONS = NODES * MESSAGES_EACH;

const messages = (simulation: Simulation, name: 'compactBlock' | 'block' | 'getBlockTxn') =>
  simulation.tap.counts.get(name) ?? { messages: 0, bytes: 0 };

function refusals(simulation: Simulation): Record<string, number> {
  const codes = simulation.nodes.flatMap(({ node }) => Object.entries(node.snapshot('wire').refusals));
  return Object.fromEntries(codes);
}

describe(`a room of ${NODES} (SEED=${SEED})`, () => {
  test('a block of messages that all have crosses it in compact blocks alone, 6 bytes a message', () => {
    const simulation = new Simulation({ seed: SEED });
    const nodes = simulation.joinMany(NODES, { powMode: 'off' });
    expect(simulation.run(60, () => nodes.every(({ readyPeers }) => readyPeers >= 4))).toBe(true);
    for (const node of nodes) for (let i = 0; i < MESSAGES_EACH; i++) node.compose(`${node.name} ${i}`);
    const allHaveAll = () => nodes.every(({ node }) => node.mempool.size === TRANSACTIONS);
    expect(simulation.run(60, allHaveAll)).toBe(true);

    const [maker] = nodes;
    // For its own messages, and then no more.
    maker?.setPowMode('on-demand');
    expect(simulation.run(120, () => nodes.every(({ tip }) => tip.height === 1))).toBe(true);
    const first = maker?.node.chain.activeAt(1);
    const block = first && maker?.node.chain.body(first.id);
    expect(block?.transactions).toHaveLength(1 + TRANSACTIONS);
    expect(messages(simulation, 'block').messages).toBe(0);
    expect(messages(simulation, 'getBlockTxn').messages).toBe(0);
    const { messages: count, bytes } = messages(simulation, 'compactBlock');
    expect(count).toBeGreaterThanOrEqual(NODES - 1);
    expect(bytes / count).toBeLessThanOrEqual(250 + 6 * TRANSACTIONS);
    expect(refusals(simulation)).toEqual({});
  });

  test('messages and blocks at once, from all: one chain with all of them, and next to no whole block', () => {
    const simulation = new Simulation({ seed: SEED });
    // A block each 4 s or so, while messages are still on their way.
    const nodes = simulation.joinMany(NODES, { hashRate: 0.04 });
    simulation.run(30);
    const wholeAtFirst = messages(simulation, 'block').messages;
    for (let i = 0; i < MESSAGES_EACH; i++) {
      for (const [j, node] of nodes.entries()) {
        simulation.queue.after(i * 3_000 + j * 250, () => node.compose(`${node.name} ${i}`));
      }
    }
    simulation.run(MESSAGES_EACH * 3 + 5);
    const settled = () => simulation.agreed && nodes.every(({ node }) => node.mempool.size === 0);
    expect(simulation.run(300, settled)).toBe(true);
    // A reorg seals some twice.
    expect(new Set(nodes.flatMap(({ sealed }) => sealed)).size).toBe(TRANSACTIONS);
    expect(refusals(simulation)).toEqual({});
    const whole = messages(simulation, 'block').messages - wholeAtFirst;
    const compact = messages(simulation, 'compactBlock').messages;
    expect(compact).toBeGreaterThan(NODES * 5);
    // Of a rival's branch, when two were found at once.
    expect(whole).toBeLessThan(compact / 10);
  });
});
