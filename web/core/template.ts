/** A block to be ground: everything but the nonce. */
import { blockSize, transactionsRoot, type Block } from './block.ts';
import { childBits, medianTimePast } from './block-index.ts';
import type { Chain } from './chain.ts';
import { idToHash, NOBODY, type AccountId } from './hash.ts';
import { VERSION_BASE } from './header.ts';
import type { Mempool } from './mempool.ts';
import { subsidyAt } from './params.ts';
import { TRANSACTION_VERSION, transactionBytes, UNSIGNED, type Transaction } from './transaction.ts';

/** Room for the count of transactions in its longest form that a block can need. */
const COUNT_BYTES = 3;

/**
 * A template on the tip that pays `recipient`. Transactions go in by fee for
 * each byte, each sender's in order of nonce. `nowSeconds` is our own clock.
 */
export function buildTemplate(
  chain: Chain,
  mempool: Mempool,
  recipient: AccountId,
  nowSeconds: number,
): Block {
  const parent = chain.tip;
  const height = parent.height + 1;
  const empty = coinbase(height, recipient, subsidyAt(chain.params, height));
  const room =
    chain.params.maxBlockBytes - blockSize({ header: GRIND_ME, transactions: [empty] }) - COUNT_BYTES;
  const chosen = chooseTransactions(chain, mempool, room);
  const fees = chosen.reduce((sum, tx) => sum + tx.fee, 0);
  const transactions = [coinbase(height, recipient, empty.amount + fees), ...chosen];
  const time = Math.max(nowSeconds, medianTimePast(parent) + 1);
  return {
    header: {
      version: VERSION_BASE,
      prevHash: idToHash(parent.id),
      merkleRoot: transactionsRoot(transactions).root,
      time,
      bits: childBits(chain.params, parent, time),
      nonce: 0,
    },
    transactions,
  };
}

const GRIND_ME = {
  version: VERSION_BASE,
  prevHash: idToHash(NOBODY),
  merkleRoot: idToHash(NOBODY),
  time: 0,
  bits: 0,
  nonce: 0,
};

function coinbase(height: number, recipient: AccountId, amount: number): Transaction {
  return {
    version: TRANSACTION_VERSION,
    sender: NOBODY,
    nonce: height,
    recipient: amount > 0 ? recipient : NOBODY,
    amount,
    fee: 0,
    memo: '',
    signature: UNSIGNED,
  };
}

function chooseTransactions(chain: Chain, mempool: Mempool, maxBytes: number): Transaction[] {
  // Each sender's next transaction competes by its own fee for each byte.
  const runs = [...mempool.senders()]
    .map((sender) => mempool.run(sender, chain.ledger.get(sender)))
    .filter((run) => run.length > 0);
  const chosen: Transaction[] = [];
  let bytes = 0;
  while (runs.length > 0) {
    let best = 0;
    for (let i = 1; i < runs.length; i++) if (feeRate(runs[i]) > feeRate(runs[best])) best = i;
    const tx = runs[best]?.shift() as Transaction;
    const size = transactionBytes(tx).length;
    if (bytes + size > maxBytes) {
      // Its successors can't go before it.
      runs.splice(best, 1);
      continue;
    }
    bytes += size;
    chosen.push(tx);
    if (runs[best]?.length === 0) runs.splice(best, 1);
  }
  return chosen;
}

function feeRate(run: readonly Transaction[] | undefined): number {
  const next = run?.[0];
  return next ? next.fee / transactionBytes(next).length : -1;
}
