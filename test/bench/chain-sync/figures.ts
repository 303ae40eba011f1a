/** What the benchmark has measured, as it is written to a file. Times in ms, sizes in bytes. */

export interface SyncFigures {
  readonly blocks: number;
  /** Tabs that had the chain. */
  readonly sources: number;
  /** From the newcomer's first open link to its last block. */
  readonly ms: number;
  /** Until the last block was in its database, too. */
  readonly storedMs: number;
  /** What a block took in each quarter of the chain. */
  readonly quarters: readonly number[];
  /** That came in. */
  readonly bytes: number;
  /** The best of several, as each bound here: the same bytes over plain data channels between the same pages, in messages of a frame's size. */
  readonly rawMs: number;
  /** The same in messages of a block's size. */
  readonly rawSmallMs: number;
  /** Not in these two: in all rounds of both the time in which SCTP itself stood still (raw-channel.ts). */
  readonly rawPausedMs: number;
  readonly signatures: number;
  /** The same signatures, by the browser's own Ed25519 in the same page. */
  readonly nativeMs: number;
  /** In use by the newcomer's engine afterwards. */
  readonly engineBytes: number;
}

export interface JsonFigures {
  readonly blocks: number;
  readonly ms: number;
}

export interface RestartFigures {
  readonly blocks: number;
  /** From the navigation until the node runs, of each reload. */
  readonly ms: readonly number[];
  readonly engineBytes: number;
  /** What a node reads at its start, read and not looked at, as often. */
  readonly rawMs: readonly number[];
  readonly rawBytes: number;
}

export interface Figures {
  readonly sync: readonly SyncFigures[];
  /** The tutorial's way. */
  readonly json: JsonFigures;
  /** With an empty room first. */
  readonly restart: readonly RestartFigures[];
}
