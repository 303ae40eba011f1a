/** All scenarios, in the order in which they are listed. */
import type { Scenario } from './scenario.ts';
import { addressFloods } from './scenarios/address-flood.ts';
import { chaos } from './scenarios/chaos.ts';
import { cheapHeaders } from './scenarios/cheap-headers.ts';
import { deepReorg } from './scenarios/deep-reorg.ts';
import { fullBlocks } from './scenarios/full-blocks.ts';
import { idleNight } from './scenarios/idle-night.ts';
import { invalidBlock } from './scenarios/invalid-block.ts';
import { mempoolSpam } from './scenarios/mempool-spam.ts';
import { mutatedBlock } from './scenarios/mutated-block.ts';
import { partition } from './scenarios/partition.ts';
import { powerSpike } from './scenarios/power-spike.ts';
import { selfishMiner } from './scenarios/selfish-miner.ts';
import { serverGone } from './scenarios/server-gone.ts';
import { stalledSync } from './scenarios/stalled-sync.ts';
import { sybils } from './scenarios/sybils.ts';
import { thousand } from './scenarios/thousand.ts';
import { tie } from './scenarios/tie.ts';
import { withheldTransaction } from './scenarios/withheld-transaction.ts';
import { wrongClocks } from './scenarios/wrong-clocks.ts';

export const SCENARIOS: readonly Scenario[] = [
  partition,
  chaos,
  cheapHeaders,
  stalledSync,
  withheldTransaction,
  mutatedBlock,
  invalidBlock,
  deepReorg,
  tie,
  idleNight,
  powerSpike,
  wrongClocks,
  mempoolSpam,
  fullBlocks,
  sybils,
  addressFloods,
  serverGone,
  selfishMiner,
  thousand,
];
