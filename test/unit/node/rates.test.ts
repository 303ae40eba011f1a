/** The token buckets must be wide enough for honest peers at their busiest. */
import { expect, test } from 'vitest';
import { transactionId } from '../../../web/core/transaction.ts';
import { Simulation } from '../../sim/simulation.ts';
import type { SimNode } from '../../sim/sim-node.ts';
import { signed, wallet } from '../core/build.ts';

const SEED = Number(process.env.SEED ?? 5);
const SENDERS = 42;
/** As many as one sender may have pending. */
const EACH = 25;

test(`a full mempool comes to newcomers, who tell each other: no flood (SEED=${SEED})`, () => {
  // Next door: nothing slows them down.
  const simulation = new Simulation({ seed: SEED, links: { minLatencyMs: 1, maxLatencyMs: 2 } });
  const [full] = simulation.joinMany(1, { powMode: 'off' }) as [SimNode];
  const { genesisHash } = full.node.chain;
  for (let n = 0; n < SENDERS * EACH; n++) {
    const tx = signed(
      wallet(1 + (n % SENDERS)),
      { nonce: Math.floor(n / SENDERS), memo: `${n}` },
      genesisHash,
    );
    full.node.submitOwn(tx, full.clock.nowMs);
    expect(full.node.mempool.has(transactionId(tx))).toBe(true);
  }
  simulation.joinMany(2, { powMode: 'off' });
  const all = () => simulation.nodes.every(({ node }) => node.mempool.size === SENDERS * EACH);
  expect(simulation.run(60, all)).toBe(true);
  for (const { node } of simulation.nodes) expect(node.snapshot('wire').refusals).toEqual({});
}, 600_000);

test(`a test network's burst of blocks is no flood (SEED=${SEED})`, () => {
  const simulation = new Simulation({ seed: SEED, links: { minLatencyMs: 1, maxLatencyMs: 2 } });
  simulation.joinMany(1, { powMode: 'off' });
  const [maker] = simulation.joinMany(1, { powMode: 'always', hashRate: 10_000 }) as [SimNode];
  const [other] = simulation.nodes as [SimNode];
  expect(simulation.run(60, () => maker.tip.height >= 500)).toBe(true);
  maker.node.setPowMode('off', maker.clock.nowMs);
  expect(simulation.run(5, () => other.tip === maker.tip || other.tip.id === maker.tip.id)).toBe(true);
  for (const { node } of simulation.nodes) expect(node.snapshot('wire').refusals).toEqual({});
}, 600_000);
