/**
 * Verifies a chain block by block from genesis, as if a peer had sent it, and
 * keeps no more of it than what the next block's rules look at: the last
 * headers and the ledger.
 */
import type { Block } from '../core/block.ts';
import { checkBlockForm } from '../core/block-form.ts';
import { extend, type BlockEntry } from '../core/block-index.ts';
import type { Chain } from '../core/chain.ts';
import { Ledger, type AccountChange } from '../core/ledger.ts';
import type { RuleCode } from '../core/rules.ts';
import { SignatureCache } from '../core/signature-cache.ts';
import { tailOf } from './presync.ts';

/** What the rules never look at again is let go once in so many blocks. */
const CUT_INTERVAL = 1_000;

export class Replay {
  /** Of its own: what the chain's remembers as good is looked at again. */
  readonly signatures: SignatureCache;
  readonly ledger = new Ledger();
  readonly #chain: Chain;
  #end: BlockEntry;

  /** Of a chain with this one's rules and genesis. */
  constructor(chain: Chain) {
    this.#chain = chain;
    this.#end = chain.index.genesis;
    this.signatures = new SignatureCache(chain.genesisHash, chain.signatures.verify);
  }

  /** The last block that was added. In no index. */
  get end(): BlockEntry {
    return this.#end;
  }

  /** What the next block does to the ledger, or the rule that it breaks; then nothing has changed. */
  add(block: Block): readonly AccountChange[] | RuleCode {
    const { params } = this.#chain;
    // It was accepted once: no clock can make it too new.
    const entry = extend(params, this.#end, block.header, Infinity);
    if (typeof entry === 'string') return entry;
    const broken = checkBlockForm(params, block, entry.height);
    if (broken) return broken;
    const changes = this.ledger.connect(block, entry.height, params, (tx) => this.signatures.check(tx));
    if (typeof changes === 'string') return changes;
    this.#end = entry.height % CUT_INTERVAL === 0 ? tailOf(entry) : entry;
    return changes;
  }
}
