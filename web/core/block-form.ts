/** The rules of a block's body that need no ledger and no other block but its height. */
import { blockSize, transactionsRoot, type Block } from './block.ts';
import { equalBytes } from './hash.ts';
import { checkTransactionForm } from './ledger.ts';
import type { Params } from './params.ts';
import type { RuleCode } from './rules.ts';
import { isCoinbase, UNSIGNED, type Transaction } from './transaction.ts';

/**
 * Codes that blame the messenger, not the header: somebody put other
 * transactions under it. The block with this id may still arrive and be good.
 */
export function saysNothingOfHeader(code: RuleCode): boolean {
  return code === 'bad-merkle-root' || code === 'mutated';
}

export function checkBlockForm(params: Params, block: Block, height: number): RuleCode | undefined {
  const { root, mutated } = transactionsRoot(block.transactions);
  // First: only what the header commits to can prove the header bad.
  if (!equalBytes(root, block.header.merkleRoot)) return 'bad-merkle-root';
  if (mutated) return 'mutated';
  if (blockSize(block) > params.maxBlockBytes) return 'block-too-large';

  const [coinbase, ...others] = block.transactions;
  if (!coinbase || !isCoinbase(coinbase)) return 'no-coinbase';
  const broken = checkCoinbaseForm(coinbase, height);
  if (broken) return broken;

  const seen = new Set<string>();
  for (const tx of others) {
    if (isCoinbase(tx)) return 'extra-coinbase';
    const brokenForm = checkTransactionForm(tx);
    if (brokenForm) return brokenForm;
    const slot = `${tx.sender}:${tx.nonce}`;
    if (seen.has(slot)) return 'repeated-nonce';
    seen.add(slot);
  }
  return undefined;
}

function checkCoinbaseForm(coinbase: Transaction, height: number): RuleCode | undefined {
  if (coinbase.nonce !== height) return 'bad-coinbase-height';
  if (coinbase.fee !== 0 || !equalBytes(coinbase.signature, UNSIGNED)) return 'bad-coinbase-form';
  return checkTransactionForm(coinbase);
}
