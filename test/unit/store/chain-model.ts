/**
 * What a node would commit, and what a store must give back: a chain of blocks with nothing but a coinbase. They have
 * no proof of work, as a store does not judge, and are made by the thousand.
 */
import { headerCodec, headerHash, headerId } from '../../../web/core/header.ts';
import { Ledger, type Account } from '../../../web/core/ledger.ts';
import { REGTEST } from '../../../web/core/params.ts';
import type { StoreChange, StoredBlock } from '../../../web/node/ports.ts';
import { coinbase, GENESIS, someAccount } from '../core/build.ts';

export class ChainModel {
  /** Active blocks, height 1 first. */
  readonly blocks: StoredBlock[] = [];
  readonly #ledger = new Ledger();
  #made = 0;

  get height(): number {
    return this.blocks.length;
  }

  get tipId(): string | undefined {
    return this.blocks.at(-1)?.id;
  }

  accounts(): Account[] {
    return this.#ledger.accounts();
  }

  /** Leaves everything above `forkHeight` and connects `count` new blocks there. */
  change(count: number, forkHeight = this.height): StoreChange {
    while (this.height > forkHeight) this.#ledger.undo((this.blocks.pop() as StoredBlock).changes);
    for (let made = 0; made < count; made += 1) this.blocks.push(this.#nextBlock());
    const connected = this.blocks.slice(forkHeight);
    // Like the node's: what it gives is the ledger of the moment in which it is asked.
    return { forkHeight, connected, ledger: () => this.accounts() };
  }

  #nextBlock(): StoredBlock {
    const height = this.height + 1;
    const parent = (this.blocks.at(-1)?.block ?? GENESIS).header;
    this.#made += 1;
    // A few accounts come back, others are new; the memo tells branches apart.
    const recipient = someAccount(this.#made % 7 === 0 ? this.#made : this.#made % 3);
    const block = {
      header: { ...parent, prevHash: headerHash(parent), nonce: this.#made },
      transactions: [coinbase(height, { recipient, memo: `block ${this.#made}` })],
    };
    const changes = this.#ledger.connect(block, height, REGTEST, () => true);
    if (typeof changes === 'string') throw new Error(changes);
    return { id: headerId(block.header), block, changes };
  }

  headers(): Uint8Array {
    return Uint8Array.from(this.blocks.flatMap(({ block }) => [...headerCodec.encode(block.header)]));
  }
}
