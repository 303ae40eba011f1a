/** A block to be ground: everything but the nonce. */
import { blockSize, transactionsRoot, type Block } from './block.ts';
import { childBits, medianTimePast } from './block-index.ts';
import type { Chain } from './chain.ts';
import { idToHash, NOBODY, type AccountId } from './hash.ts';
import { VERSION_BASE } from './header.ts';
import type { Mempool } from './mempool.ts';
import { subsidyAt } from './params.ts';
import {
  MIN_TRANSACTION_BYTES,
  TRANSACTION_VERSION,
  transactionBytes,
  UNSIGNED,
  type Transaction,
} from './transaction.ts';

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

/** A sender's transactions that are still to be chosen, in order of nonce. */
interface Run {
  readonly transactions: readonly Transaction[];
  /** How many of them are chosen. */
  taken: number;
  /** Fee for each byte of the next one. */
  rate: number;
}

function chooseTransactions(chain: Chain, mempool: Mempool, maxBytes: number): Transaction[] {
  // Each sender's next transaction competes by its own fee for each byte.
  const runs: Run[] = [];
  for (const sender of mempool.senders()) {
    const transactions = mempool.run(sender, chain.ledger.get(sender));
    const [next] = transactions;
    if (next) runs.push({ transactions, taken: 0, rate: feeRate(next) });
  }
  const chosen: Transaction[] = [];
  let bytes = 0;
  while (runs.length > 0 && bytes + MIN_TRANSACTION_BYTES <= maxBytes) {
    const best = runs.reduce((a, b) => (b.rate > a.rate ? b : a));
    const tx = best.transactions[best.taken] as Transaction;
    const size = transactionBytes(tx).length;
    const fits = bytes + size <= maxBytes;
    if (fits) {
      bytes += size;
      chosen.push(tx);
      best.taken++;
    }
    const next = best.transactions[best.taken];
    if (fits && next) best.rate = feeRate(next);
    // What does not fit holds back its successors: they can't go before it.
    else runs.splice(runs.indexOf(best), 1);
  }
  return chosen;
}

function feeRate(tx: Transaction): number {
  return tx.fee / transactionBytes(tx).length;
}
