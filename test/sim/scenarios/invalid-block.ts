import type { Block } from '../../../web/core/block.ts';
import { headerId } from '../../../web/core/header.ts';
import { signTransaction } from '../../../web/core/transaction.ts';
import { NOBODY } from '../../../web/core/hash.ts';
import { ForgedChain } from '../adversaries/forged-chain.ts';
import { branchServer } from '../adversaries/branch-server.ts';
import { HandPlayedNode } from '../adversaries/hand-played-node.ts';
import { memosOf } from '../chain-reading.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { quietRoom, ring } from './topology.ts';
import { bansAmong } from './withheld-transaction.ts';

const HONEST_BLOCKS = 20;
const FORK_HEIGHT = 5;
const BRANCH_BLOCKS = 30;
const BAD_AT = 12;

export const invalidBlock: Scenario = {
  name: 'invalid-block',
  holds: 'a heavier chain with an invalid block deep inside is rolled back exactly; only its giver is banned',
  nodes: 10,
  minNodes: 4,
  short: true,
  play({ seed, nodes: count }, report) {
    const simulation = quietRoom({ seed });
    const nodes = ring(simulation, count, 80, { powMode: 'off', hashRate: 0.02 });
    simulation.run(3);
    const first = nodes[0] as SimNode;
    first.compose('honest');
    first.pow.hashRate = 1;
    first.setPowMode('always');
    simulation.run(600, () => first.tip.height >= HONEST_BLOCKS);
    first.setPowMode('off');
    simulation.run(10);
    report.check('the room agrees', simulation.agreed);
    const before = stateOf(first);

    // A signature that nobody made, in one block of many: headers and forms are in order.
    const forged = new ForgedChain(simulation);
    forged.copy(first, FORK_HEIGHT);
    const thief = simulation.random.bytes(32);
    const branch: Block[] = [];
    for (let i = 0; i < BRANCH_BLOCKS; i++) {
      const draft = { nonce: 0, recipient: NOBODY, amount: 0, fee: 0, memo: 'forged' };
      const tx = signTransaction(simulation.random.bytes(32), thief, draft);
      branch.push(forged.extend(simulation.queue.nowMs, i === BAD_AT ? [tx] : []));
    }
    const liar = new HandPlayedNode(simulation, 'liar', branchServer(forged.chain, branch));
    const reached = nodes.slice(0, 2);
    for (const node of reached) liar.linkTo(node, 30);

    const badId = headerId((branch[BAD_AT] as Block).header);
    const judged = () => reached.every(({ node }) => node.chain.index.get(badId)?.invalid !== undefined);
    report.check('both nodes that the liar reaches find it out', simulation.run(120, judged));
    simulation.run(20);
    for (const node of reached) {
      report.check(
        `${node.name} has banned the liar`,
        node.node.peers.isBanned(liar.account, node.clock.nowMs),
      );
    }
    report.equal('honest nodes that are banned', bansAmong(nodes), 0);

    // What lies before the bad block may win by its own work, but here the honest branch is heavier.
    report.equal('nodes off the chain of before', nodes.filter((node) => stateOf(node) !== before).length, 0);
    report.check('the honest message is still mined', memosOf(first).includes('honest'));
    first.pow.hashRate = 0.02;
    for (const node of nodes) node.setPowMode('always');
    simulation.run(60);
    for (const node of nodes) node.setPowMode('on-demand');
    report.check(
      'the room goes on',
      simulation.run(120, () => simulation.agreed),
    );
    report.atLeast('height after it', first.tip.height, HONEST_BLOCKS + 1);
    return simulation;
  },
};

function stateOf({ node }: SimNode): string {
  return `${node.chain.tip.id} ${node.chain.ledger.hash()}`;
}
