/**
 * The store port in memory. It outlives its node, so that a test can restart
 * one. What is committed is written a moment later, in order, each commit
 * whole or not at all, as IndexedDB does it: a crash loses the last ones.
 */
import { Chain } from '../../web/core/chain.ts';
import { packHeaders } from '../../web/core/packed-headers.ts';
import { Ledger } from '../../web/core/ledger.ts';
import type { Store, StoreChange, StoredBlock } from '../../web/node/ports.ts';

/** Newest bodies that a restarted tab has in memory at once. */
const RESIDENT_BLOCKS = 288;

export type Intern = (block: StoredBlock) => StoredBlock;

export class MemoryStore implements Store {
  /** What is written: the active chain from height 1. */
  readonly blocks: StoredBlock[] = [];
  /** A test may set it. */
  takesUpTo = Infinity;
  readonly #unwritten = new Set<StoreChange>();
  readonly #later: (run: () => void) => void;
  readonly #intern: Intern;

  /** `intern`: one value for equal blocks, where many nodes store the same. */
  constructor(later: (run: () => void) => void, intern: Intern = (block) => block) {
    this.#later = later;
    this.#intern = intern;
  }

  /** Takes no snapshot of the ledger: what each block changed is stored with it. */
  commit(change: StoreChange): void {
    this.#unwritten.add(change);
    this.#later(() => {
      if (!this.#unwritten.delete(change)) return;
      this.blocks.length = Math.min(this.blocks.length, change.forkHeight);
      for (const block of change.connected) this.blocks.push(this.#intern(block));
    });
  }

  readBlocks(from: number, to: number, done: (blocks: readonly StoredBlock[]) => void): void {
    this.#later(() => done(this.blocks.slice(from - 1, to)));
  }

  /** The device is off: what was not written by now never will be. */
  crash(): void {
    this.#unwritten.clear();
  }

  /** As the engine does it on a tab's start. */
  restoreInto(chain: Chain): void {
    const headers = packHeaders(this.blocks.map(({ block }) => block.header));
    const ledger = new Ledger();
    for (const { changes } of this.blocks) ledger.redo(changes);
    if (!chain.restore({ headers: [headers], accounts: ledger.accounts() }))
      throw new Error('the stored chain does not restore');
    chain.supply(this.blocks.slice(-RESIDENT_BLOCKS));
  }
}
