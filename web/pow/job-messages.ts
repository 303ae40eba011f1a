/** Everything that crosses between the pool and one of its workers: by the port that the worker is started with. */
import type { PowSnapshot } from '../node/snapshot.ts';

/** Which implementation of the search a worker runs. */
export type PowKernel = NonNullable<PowSnapshot['kernel']>;

/** Nonces `from` to `to - 1`. Numbers, not uint32: the end of the whole space is 2^32 itself. */
export interface NonceRange {
  readonly from: number;
  readonly to: number;
}

/** A part of a job: one header, and the nonces that this worker alone tries. */
export interface PowTask extends NonceRange {
  /** The pool's number for it; no two are equal, so that a late report can't be taken for another task's. */
  readonly taskId: number;
  /** 80 bytes; the last four, the nonce, are not read. */
  readonly header: Uint8Array;
  readonly target: bigint;
}

/** A `task` takes the place of the one in hand. A worker answers `retire` with `retired`, even if it was idle. */
export type ToPowWorker =
  { readonly type: 'task'; readonly task: PowTask } | { readonly type: 'stop' } | { readonly type: 'retire' };

/**
 * A report says how far its task has come: every nonce from the task's `from` to `next - 1` was tried and missed,
 * except the one in `found`. `hashes` counts from the report before, so the sum over all is the work done.
 */
export interface PowReport {
  readonly taskId: number;
  readonly next: number;
  readonly hashes: number;
}

export type FromPowWorker =
  | { readonly type: 'ready'; readonly kernel: PowKernel }
  /** Also the last word on a task that was stopped or replaced. */
  | ({ readonly type: 'progress' } & PowReport)
  /** The task ends with its first find: its header with the nonce that hits, and maybe another version. */
  | ({ readonly type: 'found'; readonly header: Uint8Array } & PowReport)
  /** The task's range is used up. */
  | ({ readonly type: 'done' } & PowReport)
  | { readonly type: 'retired'; readonly report: PowReport | undefined };
