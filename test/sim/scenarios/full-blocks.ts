import { blockSize } from '../../../web/core/block.ts';
import { MAX_MEMO_BYTES } from '../../../web/core/transaction.ts';
import { quantile } from '../block-log.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { Simulation } from '../simulation.ts';
import { bansAmong } from './withheld-transaction.ts';

const HOUR_SECONDS = 3_600;
const SHORT_SECONDS = 300;
const SPACING_SECONDS = 15;
const WORKERS = 5;
/** Until the mempools are full and blocks are too. */
const WARM_UP_SECONDS = 120;
/** Together more than blocks take: some 100 such messages fill one, and each account may have 25 pending. */
const MESSAGES_PER_SECOND = 20;
const SAMPLE_SECONDS = 5;
const MAX_BLOCK_BYTES = 64 * 1024;
/** A queue that grows without bound doubles from one third of an hour to the next; one that only varies does not. */
const MAX_GROWTH = 2;
/** What a block or two leave in a queue for a moment is no growth. */
const CALM_BYTES = 4 * MAX_BLOCK_BYTES;

/** What may pile up, the largest of any node. */
interface Sample {
  readonly sendQueueBytes: number;
  readonly mempoolBytes: number;
  readonly awaitedBlocks: number;
}

export const fullBlocks: Scenario = {
  name: 'full-blocks',
  holds:
    'full blocks of 64 KiB every 15 s: no queue of any node grows without bound, and all stay on the tip',
  nodes: 100,
  minNodes: 10,
  short: false,
  play({ seed, nodes: count, long }, report) {
    const simulation = new Simulation({ seed });
    const { random, queue } = simulation;
    const hashRate = 2 / (SPACING_SECONDS * WORKERS);
    const workers = simulation.joinMany(WORKERS, { hashRate, powMode: 'always' });
    const nodes = [...workers, ...simulation.joinMany(count - WORKERS, { powMode: 'off' })];

    let written = 0;
    const write = () => {
      const node = nodes[Math.floor(random.next() * count)] as SimNode;
      // Refused while its account has all that it may have pending: then the room is as full as it can be.
      if (node.compose(`${written} `.padEnd(MAX_MEMO_BYTES, 'full ')).ok) written++;
      queue.after(random.exponential(1_000 / MESSAGES_PER_SECOND), write);
    };
    write();
    simulation.run(WARM_UP_SECONDS);

    const fromHeight = (nodes[0] as SimNode).tip.height;
    const samples: Sample[] = [];
    const seconds = long ? HOUR_SECONDS : SHORT_SECONDS;
    for (let at = 0; at < seconds; at += SAMPLE_SECONDS) {
      simulation.run(SAMPLE_SECONDS);
      samples.push(sample(nodes));
    }

    const third = Math.floor(samples.length / 3);
    for (const name of ['sendQueueBytes', 'mempoolBytes', 'awaitedBlocks'] as const) {
      const largest = (from: number, to: number) =>
        Math.max(...samples.slice(from, to).map((each) => each[name]));
      const [middle, last] = [largest(third, 2 * third), largest(2 * third, samples.length)];
      report.figure(`largest ${name}`, largest(0, samples.length));
      const calm = name === 'awaitedBlocks' ? 2 : CALM_BYTES;
      report.atMost(`${name} in the last third`, last, Math.max(calm, MAX_GROWTH * middle));
    }
    const sizes = blockSizes(nodes[0] as SimNode, fromHeight);
    // Twenty are found in the short one on average, and by chance half as many.
    report.atLeast('blocks found', sizes.length, (seconds / SPACING_SECONDS) * (long ? 0.7 : 0.4));
    report.atLeast('bytes of the median block', quantile(sizes, 0.5) ?? 0, MAX_BLOCK_BYTES * 0.95);
    const heights = nodes.map(({ tip }) => tip.height);
    report.atMost('blocks that the last node is behind', Math.max(...heights) - Math.min(...heights), 1);
    report.equal('bans', bansAmong(nodes), 0);
    report.figure('messages written', written);
    return simulation;
  },
};

function sample(nodes: readonly SimNode[]): Sample {
  let sendQueueBytes = 0;
  let mempoolBytes = 0;
  let awaitedBlocks = 0;
  for (const { node } of nodes) {
    mempoolBytes = Math.max(mempoolBytes, node.mempool.bytes);
    let awaited = 0;
    for (const peer of node.peers) {
      sendQueueBytes = Math.max(sendQueueBytes, peer.queuedBytes + peer.link.bufferedBytes);
      awaited += node.awaited(peer);
    }
    awaitedBlocks = Math.max(awaitedBlocks, awaited);
  }
  return { sendQueueBytes, mempoolBytes, awaitedBlocks };
}

/** Of this node's active blocks after `fromHeight`; those whose bodies it no longer has in memory are left out. */
function blockSizes({ node }: SimNode, fromHeight: number): number[] {
  const { chain } = node;
  const sizes: number[] = [];
  for (let height = fromHeight + 1; height <= chain.tip.height; height++) {
    const entry = chain.activeAt(height);
    const body = entry && chain.body(entry.id);
    if (body) sizes.push(blockSize(body));
  }
  return sizes;
}
