import { Chain } from '../../../web/core/chain.ts';
import { Mempool } from '../../../web/core/mempool.ts';
import { signTransaction, type Transaction } from '../../../web/core/transaction.ts';
import { NOBODY } from '../../../web/core/hash.ts';
import { activeBlocks } from '../chain-reading.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { Simulation } from '../simulation.ts';

const DEPTH = 60;

export const deepReorg: Scenario = {
  name: 'deep-reorg',
  holds: 'after a reorg of 60 blocks balances, nonces and mempool are those of a replay from genesis',
  nodes: 6,
  minNodes: 4,
  short: true,
  play({ seed, nodes: count }, report) {
    const simulation = new Simulation({ seed });
    const { random } = simulation;
    const nodes = simulation.joinMany(count, { powMode: 'always', hashRate: 2 / (5 * count) });
    // Credits for everybody, and a user with one key on two devices, in whose name both halves will write.
    simulation.run(120 * count, () =>
      nodes.every(({ node }) => node.chain.ledger.get(node.account).balance >= 100),
    );
    const sideOf = ({ index }: { readonly index: number }) => 1 + (index % 2);
    const [left, right] = nodes as [SimNode, SimNode];
    const twice = random.bytes(32);
    simulation.partition(sideOf);
    const forkHeight = Math.max(...nodes.map(({ tip }) => tip.height));
    // One side is much faster, so that the other's whole branch is the one that goes.
    for (const node of nodes) node.pow.hashRate *= sideOf(node) === 1 ? 1 : 1.5;

    const written: Transaction[] = [];
    const write = (node: SimNode) => {
      const to = nodes[Math.floor(random.next() * count)] as SimNode;
      const pay = random.next() < 0.5;
      const amount = pay ? 1 + Math.floor(random.next() * 20) : 0;
      const composed = node.compose(`m${written.length}`, {
        recipient: pay ? to.account : undefined,
        amount,
        fee: Math.floor(random.next() * 3),
      });
      if (composed.ok) written.push(composed.tx);
    };
    for (const [device, nonceCount] of [
      [left, 3],
      [right, 5],
    ] as const) {
      for (let nonce = 0; nonce < nonceCount; nonce++) {
        const draft = { nonce, recipient: NOBODY, amount: 0, fee: 0, memo: `${device.name} ${nonce}` };
        const tx = signTransaction(device.node.chain.genesisHash, twice, draft);
        written.push(tx);
        device.node.submitOwn(tx, device.clock.nowMs);
      }
    }
    const deep = () => Math.min(...nodes.map(({ tip }) => tip.height)) >= forkHeight + DEPTH;
    for (let round = 0; round < 200 && !deep(); round++) {
      write(nodes[round % count] as SimNode);
      simulation.run(20);
    }
    report.check('both branches are deep', deep());
    // Some that are in no block yet on either side.
    for (const node of nodes) {
      node.setPowMode('off');
      write(node);
    }
    simulation.run(5);
    simulation.heal();
    report.check(
      'one tip',
      simulation.run(120, () => simulation.converged),
    );
    // What came back from the lost branch is told to those who never had it.
    simulation.run(90);
    const depth = Math.max(...nodes.flatMap(({ node }) => node.reorgs.map((reorg) => reorg.depth)));
    report.atLeast('depth of the reorg', depth, DEPTH);

    const replay = replayOf(simulation, left);
    report.equal('tip of the replay', replay.tip.id, left.tip.id);
    const ledgers = nodes.filter(({ node }) => node.chain.ledger.hash() === replay.ledger.hash());
    report.equal('nodes with the ledger of the replay', ledgers.length, count);
    const pending = pendingAfter(replay, written, simulation.queue.nowMs);
    report.atLeast('transactions that wait again', pending.length, 1);
    for (const node of nodes) {
      const ids = [...node.node.mempool.all()].map(({ id }) => id).sort();
      report.equal(`mempool of ${node.name}`, ids.join(' ') === pending.join(' '), true);
    }
    for (const node of nodes) node.setPowMode('always');
    const empty = () => nodes.every(({ node }) => node.mempool.size === 0) && simulation.converged;
    report.check('all of them are mined', simulation.run(600, empty));
    report.check('one ledger', simulation.agreed);
    report.figure('transactions written', written.length);
    return simulation;
  },
};

/** A new chain, given the blocks of `node` one after the other. */
function replayOf({ params, genesis, verify }: Simulation, node: SimNode): Chain {
  const chain = new Chain(params, genesis, verify);
  for (const block of activeBlocks(node)) {
    chain.addBlock(block, Infinity);
    chain.activate();
  }
  return chain;
}

/** Of all that was ever written, what is still to be mined on this chain: ids, sorted. */
function pendingAfter(chain: Chain, written: readonly Transaction[], nowMs: number): string[] {
  const mempool = new Mempool();
  // By nonce, as each sender wrote them.
  const inOrder = [...written].sort((a, b) => a.nonce - b.nonce);
  for (const tx of inOrder) mempool.add(tx, chain.ledger, nowMs, () => true);
  return [...mempool.all()].map(({ id }) => id).sort();
}
