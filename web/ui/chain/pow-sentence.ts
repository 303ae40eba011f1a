import type { ChainSnapshot, MempoolSnapshot, PowSnapshot } from '../../node/snapshot.ts';
import type { PowHold } from '../pow-default.ts';
import { m } from '../paraglide/messages.js';

const HOLDS: Record<PowHold, () => string> = { phone: m.pow_phone, battery: m.pow_battery };

export interface PowSituation {
  readonly pow: PowSnapshot | undefined;
  readonly chain: ChainSnapshot | undefined;
  readonly mempool: MempoolSnapshot | undefined;
  /** Why the page itself chose *off*; undefined once the user chose. */
  readonly hold: PowHold | undefined;
  /** The engine can't go on. */
  readonly failed: boolean;
}

/** What mining does now, and why. */
export function powSentence({ pow, chain, mempool, hold, failed }: PowSituation): string {
  if (failed) return m.pow_stopped();
  if (pow === undefined || chain === undefined) return m.pow_starting();
  if (pow.mode !== 'off' && pow.workers === 0) return m.pow_no_workers();
  const next = chain.height + 1;
  switch (pow.mode) {
    case 'off':
      return hold === undefined ? m.pow_idle_off() : HOLDS[hold]();
    case 'always':
      return pow.working ? m.pow_working_always({ height: next }) : m.pow_paused_always();
    case 'on-demand':
      if ((mempool?.count ?? 0) === 0)
        return pow.working ? m.pow_working_tie({ height: next }) : m.pow_resting();
      return pow.working ? m.pow_working_on_demand({ height: next }) : m.pow_waiting();
  }
}
