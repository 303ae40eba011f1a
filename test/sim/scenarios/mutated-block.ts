import { transactionsRoot } from '../../../web/core/block.ts';
import { headerId } from '../../../web/core/header.ts';
import type { Transaction } from '../../../web/core/transaction.ts';
import { tampering } from '../adversaries/tampered-link.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { quietRoom, link } from './topology.ts';

const LIAR_MS = 20;
const HONEST_MS = 400;

/** CVE-2012-2459: an odd list whose last one is repeated has the same merkle root. */
function repeatLast(transactions: readonly Transaction[]): Transaction[] {
  const longer = [...transactions, ...transactions.slice(-1)];
  if (!transactionsRoot(longer).mutated) throw new Error('the list can not be lengthened unnoticed');
  return longer;
}

export const mutatedBlock: Scenario = {
  name: 'mutated-block',
  holds: 'a block that a liar has mutated on its way does not keep the honest one from connecting',
  nodes: 4,
  minNodes: 4,
  short: true,
  play({ seed }, report) {
    const simulation = quietRoom({ seed });
    const producer = simulation.join('producer', { powMode: 'off', hashRate: 1 });
    const honest = simulation.join('honest', { powMode: 'off' });
    const victim = simulation.join('victim', { powMode: 'off' });
    let mutated = 0;
    const liar: SimNode = simulation.join('liar', {
      powMode: 'off',
      wrapLink: tampering((message, to) => {
        if (to !== victim) return [message];
        if (message.name !== 'block' && message.name !== 'compactBlock') return [message];
        const { header } = message.name === 'block' ? message.block : message;
        const block = liar.node.chain.body(headerId(header));
        if (!block) throw new Error('it gives a block that it does not have');
        const transactions = repeatLast(block.transactions);
        if (message.name === 'block') {
          mutated++;
          return [{ name: 'block', block: { header, transactions } }];
        }
        const prefilled = transactions.map((tx, index) => ({ index, tx }));
        return [{ ...message, shortIds: [], prefilled }];
      }),
    });
    link(simulation, producer, liar, LIAR_MS);
    link(simulation, liar, victim, LIAR_MS);
    link(simulation, producer, honest, HONEST_MS);
    link(simulation, honest, victim, HONEST_MS);
    simulation.run(5);
    // With the coinbase three: an odd list is the one that can be lengthened.
    producer.compose('one');
    producer.compose('two');
    simulation.run(3);
    producer.setPowMode('always');
    simulation.run(60, () => producer.tip.height === 1);
    producer.setPowMode('off');
    const block = producer.tip;
    const foundMs = simulation.queue.nowMs;
    report.check(
      'the victim has the honest block',
      simulation.run(30, () => victim.tip.id === block.id),
    );
    report.figure('seconds until then', (simulation.queue.nowMs - foundMs) / 1000);
    report.equal('mutated blocks sent', mutated, 1);
    report.equal('transactions in its block', victim.node.chain.body(block.id)?.transactions.length, 3);
    report.check(
      'the block is not marked invalid',
      victim.node.chain.index.get(block.id)?.invalid === undefined,
    );
    report.check('the liar is banned', victim.node.peers.isBanned(liar.account, victim.clock.nowMs));
    report.check('the honest node is not', !victim.node.peers.isBanned(honest.account, victim.clock.nowMs));
    return simulation;
  },
};
