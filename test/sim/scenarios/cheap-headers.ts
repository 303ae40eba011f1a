import { GENESIS_TIME } from '../../../web/core/genesis.ts';
import { ROOM, type Params } from '../../../web/core/params.ts';
import { NEAR_BLOCKS } from '../../../web/node/header-sync.ts';
import { ForgedChain } from '../adversaries/forged-chain.ts';
import { HandPlayedNode } from '../adversaries/hand-played-node.ts';
import { headerFlood } from '../adversaries/header-flood.ts';
import { usedHeapBytes } from '../heap-meter.ts';
import type { Scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import { link, quietRoom } from './topology.ts';

const HEADERS = 1_000_000;
const SHORT_HEADERS = 30_000;
const MAX_GROWTH_BYTES = 5 * 2 ** 20;
/** The room's rules, with an easiest target that two hashes meet. */
const PARAMS: Params = { ...ROOM, powLimitBits: 0x207fffff };
const CHEAP_HASHES = 2;
/** Blocks in a rush, by which the target leaves the easiest one: each makes the next 10% harder. */
const RUSH_BLOCKS = 110;

export const cheapHeaders: Scenario = {
  name: 'cheap-headers',
  holds: 'a million cheap headers from one peer add nothing to the index and less than 5 MiB to the heap',
  nodes: 2,
  minNodes: 2,
  short: true,
  play({ seed, long }, report) {
    const count = long ? HEADERS : SHORT_HEADERS;
    // So late that as many headers, spaced as the rule wants, lie between the room's genesis and now.
    const ageSeconds = (count + 10_000) * PARAMS.spacingSeconds;
    const startMs = (GENESIS_TIME + ageSeconds) * 1000;
    const simulation = quietRoom({ seed, params: PARAMS, startMs });
    const victim = simulation.join('victim', { powMode: 'off', hashRate: 1_000 });
    const friend = simulation.join('friend', { powMode: 'off' });
    const honest = honestChain(simulation, count * CHEAP_HASHES);
    for (const node of [victim, friend]) {
      node.crash();
      node.store.blocks.push(...honest.stored);
      node.start();
    }
    link(simulation, victim, friend, 50);
    simulation.run(3);
    const indexed = victim.node.chain.index.size;
    report.equal('headers of the honest chain', indexed, honest.stored.length + 1);

    const script = headerFlood(simulation, count);
    const liar = new HandPlayedNode(simulation, 'liar', script);
    liar.linkTo(victim, 5);
    const beforeBytes = usedHeapBytes();
    let mostBytes = 0;
    let entriesAtMost = indexed;
    for (let stuck = 0, before = -1; script.sent < count && stuck < 200;) {
      simulation.run(0.3);
      stuck = script.sent === before ? stuck + 1 : 0;
      before = script.sent;
      mostBytes = Math.max(mostBytes, usedHeapBytes() - beforeBytes);
      entriesAtMost = Math.max(entriesAtMost, victim.node.chain.index.size);
    }
    report.atLeast('headers sent', script.sent, count);
    report.equal('entries of the index at most', entriesAtMost, indexed);
    report.atMost('bytes that the heap grew by', mostBytes, MAX_GROWTH_BYTES);
    report.figure('bytes that the heap grew by', mostBytes);
    report.figure(
      'points that it cost the liar',
      [...victim.node.peers].find(({ key }) => key === liar.account)?.score(victim.clock.nowMs) ?? 'its link',
    );
    // And the victim is as good a node as before.
    victim.setPowMode('always');
    report.check(
      'it finds a block',
      simulation.run(600, () => victim.tip.height > honest.stored.length),
    );
    victim.setPowMode('off');
    report.check(
      'its friend has it soon',
      simulation.run(10, () => friend.tip.id === victim.tip.id),
    );
    return simulation;
  },
};

/** A chain that had more than `work` hashes of work already when it was as long as cheap headers are not looked at for. */
function honestChain(simulation: Simulation, work: number): ForgedChain {
  const forged = new ForgedChain(simulation);
  const { chain } = forged;
  const nowSeconds = simulation.queue.nowMs / 1000;
  const wanted = BigInt(Math.ceil(work * 1.1));
  // Long ago in a rush, then a block each spacing.
  let atSeconds = nowSeconds - 5_000 * PARAMS.spacingSeconds;
  for (let blocks = 0; blocks < RUSH_BLOCKS; blocks++) forged.extend(++atSeconds * 1000);
  let enoughAt: number | undefined;
  while (enoughAt === undefined || chain.tip.height < enoughAt + NEAR_BLOCKS) {
    atSeconds += PARAMS.spacingSeconds;
    forged.extend(atSeconds * 1000);
    if (enoughAt === undefined && chain.tip.work > wanted) enoughAt = chain.tip.height;
  }
  if (atSeconds > nowSeconds) throw new Error('the honest chain reaches into the future');
  return forged;
}
