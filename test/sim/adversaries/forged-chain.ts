/** A chain that an adversary makes by itself: real work, and whatever else it likes inside. */
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { decodeOrUndefined } from '../../../web/core/codec.ts';
import type { AccountId } from '../../../web/core/hash.ts';
import { headerCodec, type Header } from '../../../web/core/header.ts';
import { Mempool } from '../../../web/core/mempool.ts';
import { targetFromBits } from '../../../web/core/target.ts';
import { buildTemplate } from '../../../web/core/template.ts';
import type { Transaction } from '../../../web/core/transaction.ts';
import type { StoredBlock } from '../../../web/node/ports.ts';
import { activeBlocks } from '../chain-reading.ts';
import { solve } from '../drawn-pow.ts';
import type { SimNode } from '../sim-node.ts';
import type { Simulation } from '../simulation.ts';

/** Who is paid for forged blocks. */
const FORGER: AccountId = 'f0'.repeat(32);

export class ForgedChain {
  /** Takes any signature for good. */
  readonly chain: Chain;
  /** What became active, as a store would have it; in order, if no branch of it ever lost. */
  readonly stored: StoredBlock[] = [];

  constructor({ params, genesis }: Simulation) {
    this.chain = new Chain(params, genesis, () => true);
  }

  /** Takes over what `node` has, up to a height. */
  copy(node: SimNode, toHeight = Infinity): void {
    for (const block of activeBlocks(node).slice(0, toHeight)) this.add(block);
  }

  add(block: Block): void {
    const result = this.chain.addBlock(block, Infinity);
    if (result.kind === 'refused') throw new Error(`not even its forger takes the block: ${result.code}`);
    for (const { entry, block: body, changes } of this.chain.activate().connected) {
      this.stored.push({ id: entry.id, block: body, changes });
    }
  }

  /** The next block on the tip, worked for and added. */
  extend(nowMs: number, transactions: readonly Transaction[] = [], recipient = FORGER): Block {
    const mempool = new Mempool();
    for (const tx of transactions) mempool.add(tx, this.chain.ledger, nowMs, () => true);
    const template = buildTemplate(this.chain, mempool, recipient, Math.floor(nowMs / 1000));
    if (template.transactions.length !== transactions.length + 1) throw new Error('not all transactions fit');
    const block = { header: solveHeader(template.header), transactions: template.transactions };
    this.add(block);
    return block;
  }
}

/** With the first nonce that meets its bits. */
export function solveHeader(header: Header): Header {
  const target = targetFromBits(header.bits);
  const solved =
    target && decodeOrUndefined(headerCodec, solve({ header: headerCodec.encode(header), target }));
  if (!solved) throw new Error('a header that nobody can solve');
  return solved;
}
