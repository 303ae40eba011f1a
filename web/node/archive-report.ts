/** How the export and the import of a chain file go on, told after each piece. */
import type { RuleCode } from '../core/rules.ts';

/** Blocks: those before `done` are through. */
export interface ArchiveProgress {
  readonly done: number;
  readonly total: number;
}

export type ExportReply =
  | {
      readonly kind: 'piece';
      readonly bytes: Uint8Array;
      readonly progress: ArchiveProgress;
      readonly isLast: boolean;
    }
  /** A reorg has replaced blocks that are not written yet and no longer at hand: to be begun anew. */
  | { readonly kind: 'reorganized' }
  /** The store can't give this block. */
  | { readonly kind: 'unreadable'; readonly height: number }
  /** There is no such export (any more). */
  | { readonly kind: 'stopped' };

/** What an export will hold. */
export interface ExportPlan {
  readonly genesisId: string;
  /** 1, unless this node forgets and has lost what was before. */
  readonly firstHeight: number;
  readonly tipHeight: number;
}

export type ArchiveProblem =
  /** Not a chain file at all, or of a later version. */
  | { readonly code: 'not-an-archive' | 'other-format' | 'damaged-head' }
  | { readonly code: 'other-room' | 'other-network' }
  /** It begins above what this node has. */
  | { readonly code: 'gap'; readonly height: number }
  /** It ends within or before this block. */
  | { readonly code: 'truncated'; readonly height: number }
  /** The bytes at this block are none of a block. */
  | { readonly code: 'damaged'; readonly height: number }
  /** The blocks are all there, and the file's own account of them differs. */
  | { readonly code: 'damaged-end' }
  | { readonly code: 'broken-rule'; readonly height: number; readonly rule: RuleCode };

/** `joined`: blocks of the file are now in the chain; `known`: they were; `weaker`: our own chain has more work. */
export type ImportVerdict = 'joined' | 'known' | 'weaker';

export interface ImportOutcome {
  /** Undefined if nothing could be judged: the file is none, or another room's. */
  readonly verdict: ImportVerdict | undefined;
  /** Blocks that this import has put into the chain. */
  readonly added: number;
  /** The last block of the file that could be judged; 0: none. */
  readonly upTo: number;
  /** Where reading the file had to end. */
  readonly problem: ArchiveProblem | undefined;
}

export type ImportReply =
  /** Wanted next: the file's next bytes, or, after the headers, its first ones again. */
  | {
      readonly kind: 'next' | 'rewind';
      readonly step: 'headers' | 'blocks';
      readonly progress: ArchiveProgress;
    }
  | { readonly kind: 'done'; readonly outcome: ImportOutcome }
  | { readonly kind: 'stopped' };
