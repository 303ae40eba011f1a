/** Blocks and transactions made by hand: lawful unless a test asks for something else. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { transactionsRoot, type Block } from '../../../web/core/block.ts';
import { genesisBlock } from '../../../web/core/genesis.ts';
import { NOBODY, type AccountId } from '../../../web/core/hash.ts';
import { headerHash, type Header } from '../../../web/core/header.ts';
import { REGTEST } from '../../../web/core/params.ts';
import {
  signTransaction,
  transactionBytes,
  transactionCodec,
  type Transaction,
  type TransactionDraft,
} from '../../../web/core/transaction.ts';
import { grind } from '../../grind.ts';

export interface Wallet {
  readonly secretKey: Uint8Array;
  readonly id: AccountId;
}

/** The wallet of one number, the same in every run. */
export function wallet(n: number): Wallet {
  const secretKey = new Uint8Array(32).fill(1);
  new DataView(secretKey.buffer).setUint32(0, n);
  return { secretKey, id: bytesToHex(ed25519.getPublicKey(secretKey)) };
}

/** An account that nobody has the key of: for tests that check no signature. */
export function someAccount(n: number): AccountId {
  return n.toString(16).padStart(8, '0').padStart(64, 'a');
}

export const SEED: Uint8Array = new Uint8Array(32).fill(42);
export const GENESIS: Block = genesisBlock(REGTEST, SEED);
export const GENESIS_HASH: Uint8Array = headerHash(GENESIS.header);

const MESSAGE: TransactionDraft = { nonce: 0, recipient: NOBODY, amount: 0, fee: 0, memo: '' };

/** Signed for the room of `GENESIS`, unless another's hash is given. */
export function signed(
  from: Wallet,
  draft: Partial<TransactionDraft>,
  genesisHash = GENESIS_HASH,
): Transaction {
  return signTransaction(genesisHash, from.secretKey, { ...MESSAGE, ...draft });
}

/** With bytes that look like a signature: for tests whose verifier says yes to everything. */
export function unchecked(sender: AccountId, draft: Partial<TransactionDraft> = {}): Transaction {
  return { version: 1, sender, ...MESSAGE, ...draft, signature: new Uint8Array(64).fill(9) };
}

export function coinbase(height: number, change: Partial<Transaction> = {}): Transaction {
  return {
    version: 1,
    sender: NOBODY,
    nonce: height,
    recipient: someAccount(0),
    amount: 50,
    fee: 0,
    memo: '',
    signature: new Uint8Array(64),
    ...change,
  };
}

/** A lawful regtest block but for what the caller gives. Its time is 15 s after its parent's. */
export function blockOn(
  parent: Header,
  transactions: readonly Transaction[],
  change: Partial<Header> = {},
): Block {
  const header: Header = {
    version: 0x20000000,
    prevHash: headerHash(parent),
    merkleRoot: transactionsRoot(transactions).root,
    time: parent.time + 15,
    bits: parent.bits,
    nonce: 0,
    ...change,
  };
  return { header: grind(header), transactions };
}

/** `tx` as the bytes of a peer would give it: nothing in it is cached. */
export function fresh(tx: Transaction): Transaction {
  return transactionCodec.decode(transactionBytes(tx));
}
