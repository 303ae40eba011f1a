import { NOBODY } from '../../../web/core/hash.ts';
import { headerHash } from '../../../web/core/header.ts';
import { MAX_MEMO_BYTES, signTransaction, type Transaction } from '../../../web/core/transaction.ts';
import { HandPlayedNode } from '../adversaries/hand-played-node.ts';
import { spammer } from '../adversaries/spammer.ts';
import { memosOf } from '../chain-reading.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { Simulation } from '../simulation.ts';
import { bansAmong } from './withheld-transaction.ts';

const KEYS = 1_000;
/** Messages of each key: together more than any mempool takes. */
const PER_KEY = 6;
const SHORT_KEYS = 250;
const MAX_MEMPOOL_BYTES = 4 * 2 ** 20;

export const mempoolSpam: Scenario = {
  name: 'mempool-spam',
  holds:
    'spam from 1,000 keys fills no mempool beyond 4 MiB, and a user who pays a fee is mined within 5 blocks',
  nodes: 10,
  minNodes: 4,
  short: false,
  play({ seed, nodes: count, long }, report) {
    const simulation = new Simulation({ seed });
    const nodes = simulation.joinMany(count, { powMode: 'always', hashRate: 2 / (15 * count) });
    const user = nodes[0] as SimNode;
    simulation.run(1_200, () => user.node.chain.ledger.get(user.account).balance > 0);
    const spam = spamOf(simulation, long ? KEYS : SHORT_KEYS);
    const script = spammer(spam);
    const attacker = new HandPlayedNode(simulation, 'spammer', script);
    for (const node of nodes) attacker.linkTo(node, 10);
    simulation.run(2);
    let largestBytes = 0;
    const flood = () => {
      script.announce(500);
      largestBytes = Math.max(largestBytes, ...nodes.map(({ node }) => node.mempool.bytes));
      simulation.queue.after(1_000, flood);
    };
    flood();
    simulation.run(15);
    const sizes = nodes.map(({ node }) => node.mempool.size);
    report.atLeast('spam in the smallest mempool', Math.min(...sizes), spam.length / 10);
    report.check('a user can write', user.compose('mine, paid for', { fee: 1 }).ok);
    const writtenAt = user.tip.height;
    const mined = (memo: string) => memosOf(user).includes(memo);
    report.check(
      'it is mined',
      simulation.run(300, () => mined('mine, paid for')),
    );
    report.atMost('blocks until then', user.tip.height - writtenAt, 5);
    // Nobody promises this one; worth knowing all the same.
    const free = user.compose('mine, for nothing');
    report.figure('without a fee, on its own node', free.ok ? 'taken' : free.code);
    const freeAt = user.tip.height;
    simulation.run(300, () => mined('mine, for nothing'));
    report.figure(
      'blocks until that is mined',
      mined('mine, for nothing') ? user.tip.height - freeAt : 'not within 5 minutes',
    );
    report.atMost('bytes of the largest mempool', largestBytes, MAX_MEMPOOL_BYTES);
    report.equal('honest nodes that are banned', bansAmong(nodes), 0);
    report.figure('bytes of the largest mempool', largestBytes);
    report.figure('spam transactions', spam.length);
    for (const node of nodes) node.setPowMode('off');
    report.check('one tip', simulation.run(60, () => simulation.converged) || oneBlockApart(nodes));
    return simulation;
  },
};

/** Two that were found at once stay a tie while nobody works. */
function oneBlockApart(nodes: readonly SimNode[]): boolean {
  const works = nodes.map(({ tip }) => Number(tip.work));
  return Math.max(...works) === Math.min(...works);
}

function spamOf({ random, genesis }: Simulation, keys: number): Transaction[] {
  const genesisHash = headerHash(genesis.header);
  const spam: Transaction[] = [];
  for (let key = 0; key < keys; key++) {
    const secretKey = random.bytes(32);
    for (let nonce = 0; nonce < PER_KEY; nonce++) {
      const memo = `${key}/${nonce} `.padEnd(MAX_MEMO_BYTES, 'spam ');
      spam.push(
        signTransaction(genesisHash, secretKey, { nonce, recipient: NOBODY, amount: 0, fee: 0, memo }),
      );
    }
  }
  return spam;
}
