/** The store port in memory. It outlives its node, so that a test can restart one. */
import type { Account } from '../../web/core/ledger.ts';
import { Chain } from '../../web/core/chain.ts';
import type { Store, StoreChange, StoredBlock } from '../../web/node/ports.ts';

export class MemoryStore implements Store {
  readonly blocks: StoredBlock[] = [];
  #accounts: readonly Account[] = [];
  readonly #later: (run: () => void) => void;

  constructor(later: (run: () => void) => void) {
    this.#later = later;
  }

  commit({ forkHeight, connected, ledger }: StoreChange): void {
    this.blocks.length = Math.min(this.blocks.length, forkHeight);
    this.blocks.push(...connected);
    this.#accounts = ledger();
  }

  readBlocks(from: number, to: number, done: (blocks: readonly StoredBlock[]) => void): void {
    this.#later(() => done(this.blocks.slice(from - 1, to)));
  }

  /** As the engine does it on a tab's start. */
  restoreInto(chain: Chain): void {
    const headers = this.blocks.map(({ block }) => block.header);
    if (!chain.restore({ headers, accounts: this.#accounts }))
      throw new Error('the stored chain does not restore');
    chain.supply(this.blocks.slice(-288));
  }
}
