/** How a check of the stored chain goes on, told piece by piece, and what it finds. */
import type { RuleCode } from '../core/rules.ts';
import type { ArchiveProgress } from './archive-report.ts';

export type CheckReply =
  | { readonly kind: 'next'; readonly progress: ArchiveProgress }
  | { readonly kind: 'done'; readonly outcome: CheckOutcome }
  /** There is no such check (any more). */
  | { readonly kind: 'stopped' };

export interface CheckOutcome {
  /** Height up to which everything is good by now. */
  readonly goodUpTo: number;
  /** Blocks that could not be read or were not as they should be, and were stored anew. */
  readonly repaired: number;
  /** Height of the first of them; undefined: none. */
  readonly firstRepaired: number | undefined;
  /** The headers, the ledger or the tip were not as they should be, and were stored anew. */
  readonly isIndexRewritten: boolean;
  /** Why it ended before the tip. */
  readonly problem: CheckProblem | undefined;
}

export type CheckProblem =
  /** This block can't be read, and neither memory nor a peer has it. */
  | { readonly code: 'lost'; readonly height: number }
  /** The block itself does, and with it the chain that this node follows. */
  | { readonly code: 'broken-rule'; readonly height: number; readonly rule: RuleCode }
  /** `not-stored`: this tab forgets; `unreadable`: the database gives nothing. */
  | { readonly code: 'not-stored' | 'unreadable' };
