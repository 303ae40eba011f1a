import type { ChainSnapshot, MempoolSnapshot, PowSnapshot } from '../../node/snapshot.ts';
import type { PowHold } from '../pow-default.ts';
import { texts } from '../texts.ts';

export interface PowSituation {
  readonly pow: PowSnapshot | undefined;
  readonly chain: ChainSnapshot | undefined;
  readonly mempool: MempoolSnapshot | undefined;
  /** Why the page itself chose *off*; undefined once the user chose. */
  readonly hold: PowHold | undefined;
}

/** What mining does now, and why. */
export function powSentence({ pow, chain, mempool, hold }: PowSituation): string {
  if (pow === undefined || chain === undefined) return texts.pow.starting;
  const next = chain.height + 1;
  switch (pow.mode) {
    case 'off':
      return hold === undefined ? texts.pow.idleOff : texts.pow[hold];
    case 'always':
      return pow.working ? texts.pow.workingAlways(next) : texts.pow.pausedAlways;
    case 'on-demand':
      if ((mempool?.count ?? 0) === 0) return pow.working ? texts.pow.workingTie(next) : texts.pow.resting;
      return pow.working ? texts.pow.workingOnDemand(next) : texts.pow.waiting;
  }
}
