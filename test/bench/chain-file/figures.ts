/** What the benchmark of the chain as a file has measured. Times in ms, sizes in bytes. */

/** In use, objects and buffers. */
export interface HeapGrowth {
  /** Before, all garbage collected. */
  readonly beforeBytes: number;
  /** The most that was seen meanwhile, with whatever garbage there was then. */
  readonly mostBytes: number;
}

export interface WatchedRun {
  readonly ms: number;
  readonly page: HeapGrowth;
  readonly engine: HeapGrowth;
}

export interface ChainFileFigures {
  readonly blocks: number;
  readonly fileBytes: number;
  /** Straight into a file of the browser's. */
  readonly save: WatchedRun;
  /** In a fresh browser without peers: every block is verified and stored. */
  readonly load: WatchedRun;
  /** The signatures of these blocks and nothing else, by the browser's own Ed25519. */
  readonly nativeMs: number;
}
