/** What the observer in the engine notes while a chain arrives. Times in ms, on the engine's clock. */

export interface ConnectedBlock {
  readonly height: number;
  readonly atMs: number;
}

/** One transaction of the store's: a batch of blocks. */
export interface WrittenBatch {
  /** That the batch puts into the database. */
  readonly blocks: number;
  /** Of its tip record. */
  readonly tipHeight: number;
  /** Was the tip record the last one? */
  readonly isTipLast: boolean;
  /** The engine's thread, until the transaction was opened: records are encoded and checksums taken. */
  readonly encodeMs: number;
  /** The engine's thread, while values were handed to the database. */
  readonly putMs: number;
  readonly openedAtMs: number;
  /** When the database said that all of it is stored. */
  readonly doneAtMs: number;
  /** Key and size in bytes of each value, in the order of writing. */
  readonly values: readonly (readonly [key: string, bytes: number])[];
}

export interface ObservedWrites {
  readonly connected: readonly ConnectedBlock[];
  readonly batches: readonly WrittenBatch[];
  /** What each reading transaction took, in ms. */
  readonly readMs: readonly number[];
}

/** The global in the engine that holds them. */
export const OBSERVED_WRITES = 'observedWrites';
