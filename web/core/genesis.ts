/**
 * The first block of a room, made from the room's seed alone, so that no tab
 * has to be first and two rooms never share a block. It is exempt from proof
 * of work, and makes no credits.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { transactionsRoot, type Block } from './block.ts';
import { NOBODY, ZERO_HASH } from './hash.ts';
import { VERSION_BASE } from './header.ts';
import type { Params } from './params.ts';
import { TRANSACTION_VERSION, UNSIGNED, type Transaction } from './transaction.ts';

/** 2026-01-01T00:00:00Z: before any room was opened. */
export const GENESIS_TIME = 1_767_225_600;

/** `seed`: 32 bytes, from the room's secret. */
export function genesisBlock(params: Params, seed: Uint8Array): Block {
  const coinbase: Transaction = {
    version: TRANSACTION_VERSION,
    sender: NOBODY,
    nonce: 0,
    recipient: NOBODY,
    amount: 0,
    fee: 0,
    memo: `tabchain ${params.network} ${bytesToHex(seed)}`,
    signature: UNSIGNED,
  };
  return {
    header: {
      version: VERSION_BASE,
      prevHash: ZERO_HASH,
      merkleRoot: transactionsRoot([coinbase]).root,
      time: GENESIS_TIME,
      bits: params.powLimitBits,
      nonce: 0,
    },
    transactions: [coinbase],
  };
}
