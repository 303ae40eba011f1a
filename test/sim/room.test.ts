import { describe, expect, test } from 'vitest';
import { Simulation } from './simulation.ts';

const SEED = Number(process.env.SEED ?? 7);

function room(nodes: number, hashRate?: number): Simulation {
  const simulation = new Simulation({ seed: SEED });
  simulation.joinMany(nodes, hashRate === undefined ? {} : { hashRate });
  return simulation;
}

describe(`a simulated room (SEED=${SEED})`, () => {
  test('the scene: C writes, A and B have it in a block made by C', () => {
    const simulation = room(3);
    const [a, b, c] = simulation.nodes;
    if (!a || !b || !c) throw new Error('three nodes');
    expect(simulation.run(30, () => simulation.nodes.every((node) => node.readyPeers === 2))).toBe(true);
    c.compose('Hello P2P');
    expect(simulation.run(120, () => simulation.nodes.every(({ node }) => node.chain.tip.height === 1))).toBe(
      true,
    );
    for (const { node } of [a, b]) {
      const block = node.chain.body(node.chain.tip.id);
      expect(block?.transactions[1]?.memo).toBe('Hello P2P');
      expect(block?.transactions[0]?.recipient).toBe(c.node.account);
    }
    expect(c.sealed).toEqual(['Hello P2P']);
  });

  test('50 nodes split in half, mine apart, meet again: one tip, and no message is lost', () => {
    // One node needs 40 s for a block, all together 0.8 s: well above what a block takes to cross the room.
    const simulation = room(50, 0.05);
    simulation.run(60);
    simulation.partition((node) => (simulation.nodes.indexOf(node) < 20 ? 1 : 2));
    const writers = simulation.nodes.filter((_, i) => i % 5 === 0);
    for (const [i, writer] of writers.entries()) {
      simulation.queue.after(i * 5_000, () => writer.compose(`from ${writer.name}`));
    }
    simulation.run(200);
    expect(simulation.converged).toBe(false);
    simulation.heal();
    const settled = () =>
      simulation.converged && simulation.nodes.every(({ node }) => node.mempool.size === 0);
    expect(simulation.run(600, settled)).toBe(true);
    const ledgers = new Set(simulation.nodes.map(({ node }) => node.chain.ledger.hash()));
    expect(ledgers.size).toBe(1);
    const [first] = simulation.nodes;
    const memos: string[] = [];
    for (let height = 1; height <= (first?.node.chain.tip.height ?? 0); height++) {
      const entry = first?.node.chain.activeAt(height);
      const block = entry && first?.node.chain.body(entry.id);
      for (const tx of block?.transactions.slice(1) ?? []) memos.push(tx.memo);
    }
    expect(memos.sort()).toEqual(writers.map(({ name }) => `from ${name}`).sort());
    expect(simulation.nodes.every(({ node }) => node.banned === 0)).toBe(true);
  }, 120_000);

  test('one seed gives one trace', () => {
    const run = () => {
      const simulation = room(12);
      simulation.run(20);
      simulation.nodes[3]?.compose('again');
      simulation.run(60);
      expect(simulation.trace.frames).toBeGreaterThan(1_000);
      return simulation.trace.toString();
    };
    expect(run()).toBe(run());
  }, 60_000);

  test('a newcomer gets a long chain; one that was away gets what it missed', () => {
    const simulation = room(3);
    const [a, b] = simulation.nodes;
    if (!a || !b) throw new Error('nodes');
    a.setPowMode('always');
    simulation.run(1_600);
    const height = a.node.chain.tip.height;
    expect(height).toBeGreaterThan(600);
    b.crash();
    simulation.run(100);
    const late = simulation.join('late');
    b.start();
    a.setPowMode('off');
    expect(simulation.run(120, () => simulation.converged)).toBe(true);
    expect(late.node.chain.tip.height).toBeGreaterThan(height);
    expect(late.node.chain.ledger.hash()).toBe(a.node.chain.ledger.hash());
  }, 60_000);
});
