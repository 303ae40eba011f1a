import type { Chain } from '../core/chain.ts';
import type { StoredBlock } from '../node/ports.ts';
import type { ChainSnapshot } from '../node/snapshot.ts';
import { RECENT_BLOCKS } from '../node/snapshot-maker.ts';
import { blockSummary } from '../node/views.ts';

/**
 * What the page may show of a stored chain while its headers are still taken back, which takes the longer the longer
 * it is: its newest blocks. `fresh` is of the same room and holds nothing yet. `recent`: the newest blocks in order
 * of height, up to the tip.
 */
export function storedView(fresh: Chain, height: number, recent: readonly StoredBlock[]): ChainSnapshot {
  const newest = recent
    .map(({ id, block }, index) => {
      const entry = { id, height: height - recent.length + 1 + index, time: block.header.time };
      return blockSummary(entry, block, undefined);
    })
    .slice(-RECENT_BLOCKS)
    .reverse();
  const [tip] = newest;
  if (tip === undefined) throw new Error('a stored chain without a block');
  return {
    network: fresh.params.network,
    genesisId: fresh.index.genesis.id,
    height,
    tipId: tip.id,
    tipTime: tip.time,
    headerHeight: height,
    recent: newest,
    reorgs: [],
  };
}
