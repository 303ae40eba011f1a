/**
 * A transaction moves an amount between accounts and carries a memo; a message
 * is one whose amount and fee are 0. An account is an Ed25519 public key. The
 * nonce counts the sender's transactions from 0, so none is used twice.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as P from 'micro-packed';
import { isWellFormed, text, u64, utf8Bytes } from './codec.ts';
import { hashToId, NOBODY, sha256d, taggedHash, type AccountId, type TxId } from './hash.ts';

export const TRANSACTION_VERSION = 1;
/** Bytes of UTF-8: a long paragraph; with it a transaction stays below 1 KiB. */
export const MAX_MEMO_BYTES = 512;
export const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;
/** In the encoding, after the version. */
const SENDER_OFFSET = 1;
/** All fields but the memo, its length of one byte included. */
export const MIN_TRANSACTION_BYTES = 1 + 32 + 8 + 32 + 8 + 8 + 1 + SIGNATURE_BYTES;
export const MAX_TRANSACTION_BYTES = MIN_TRANSACTION_BYTES + 2 + MAX_MEMO_BYTES;

export interface Transaction {
  readonly version: number;
  /** `NOBODY` marks a coinbase. */
  readonly sender: AccountId;
  /** How many transactions the sender has on the chain before this one; a coinbase's is its block's height. */
  readonly nonce: number;
  /** `NOBODY` if no amount is moved. */
  readonly recipient: AccountId;
  readonly amount: number;
  readonly fee: number;
  readonly memo: string;
  /** 64 bytes; all zero in a coinbase. */
  readonly signature: Uint8Array;
}

const accountCodec: P.CoderType<AccountId> = P.hex(32);

const fieldsCodec: P.CoderType<Transaction> = P.struct({
  version: P.U8,
  sender: accountCodec,
  nonce: u64,
  recipient: accountCodec,
  amount: u64,
  fee: u64,
  memo: text(MAX_MEMO_BYTES),
  signature: P.bytes(SIGNATURE_BYTES),
});

// A transaction is immutable, and is hashed, measured and encoded many times
// on its way through wire, mempool, template, merkle tree and store.
const encodings = new WeakMap<Transaction, Uint8Array>();
const hashes = new WeakMap<Transaction, { readonly hash: Uint8Array; readonly id: TxId }>();

export const transactionCodec: P.CoderType<Transaction> = P.wrap({
  encodeStream: (w, tx) => w.bytes(transactionBytes(tx)),
  decodeStream: (r) => {
    const start = r.pos;
    const ahead = r.bytes(r.leftBytes, true);
    const tx = fieldsCodec.decodeStream(r);
    // Each field has one encoding only: what was read is what would be written.
    encodings.set(tx, ahead.slice(0, r.pos - start));
    return tx;
  },
});

/** The wire form. Not to be written to. */
export function transactionBytes(tx: Transaction): Uint8Array {
  let bytes = encodings.get(tx);
  if (!bytes) {
    bytes = fieldsCodec.encode(tx);
    encodings.set(tx, bytes);
  }
  return bytes;
}

function hashed(tx: Transaction): { readonly hash: Uint8Array; readonly id: TxId } {
  let both = hashes.get(tx);
  if (!both) {
    const hash = sha256d(transactionBytes(tx));
    both = { hash, id: hashToId(hash) };
    hashes.set(tx, both);
  }
  return both;
}

/** sha256d of all bytes, the signature's included. Not to be written to. */
export function transactionHash(tx: Transaction): Uint8Array {
  return hashed(tx).hash;
}

/** `transactionHash`, as it is shown. */
export function transactionId(tx: Transaction): TxId {
  return hashed(tx).id;
}

export function isCoinbase(tx: Transaction): boolean {
  return tx.sender === NOBODY;
}

export const UNSIGNED: Uint8Array = new Uint8Array(SIGNATURE_BYTES);

/** What the sender signs: everything but the signature, bound to one room by its genesis hash. */
export function signatureHash(genesisHash: Uint8Array, tx: Transaction): Uint8Array {
  return encodedSignatureItem(genesisHash, transactionBytes(tx)).message;
}

export type TransactionDraft = Omit<Transaction, 'version' | 'sender' | 'signature'>;

/** `secretKey`: 32 bytes. Throws if the draft can't be encoded (check `memoProblem` first). */
export function signTransaction(
  genesisHash: Uint8Array,
  secretKey: Uint8Array,
  draft: TransactionDraft,
): Transaction {
  const unsigned: Transaction = {
    version: TRANSACTION_VERSION,
    sender: bytesToHex(ed25519.getPublicKey(secretKey)),
    ...draft,
    signature: UNSIGNED,
  };
  return { ...unsigned, signature: ed25519.sign(signatureHash(genesisHash, unsigned), secretKey) };
}

export type Verify = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

/**
 * Ed25519 by the ZIP215 rule, which unlike RFC 8032 leaves no choice to the
 * implementation: all nodes must agree on every signature.
 */
export const verifyZip215: Verify = (signature, message, publicKey) => {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: true });
  } catch {
    // noble throws on some encodings that no signature can have.
    return false;
  }
};

/** One question to a verifier. */
export interface SignatureItem {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** What is to be verified of a transaction by its bytes. */
export function encodedSignatureItem(genesisHash: Uint8Array, bytes: Uint8Array): SignatureItem {
  const signed = bytes.subarray(0, -SIGNATURE_BYTES);
  return {
    signature: bytes.subarray(-SIGNATURE_BYTES),
    message: taggedHash('tabchain/transaction', genesisHash, signed),
    publicKey: bytes.subarray(SENDER_OFFSET, SENDER_OFFSET + KEY_BYTES),
  };
}

/** What is to be verified of `tx`. */
export function signatureItem(genesisHash: Uint8Array, tx: Transaction): SignatureItem {
  return encodedSignatureItem(genesisHash, transactionBytes(tx));
}

export function signatureIsValid(genesisHash: Uint8Array, tx: Transaction, verify: Verify): boolean {
  const { signature, message, publicKey } = signatureItem(genesisHash, tx);
  return verify(signature, message, publicKey);
}

/** Why `memo` can't be written, or undefined if it can. */
export function memoProblem(memo: string): 'too-long' | 'not-text' | undefined {
  if (!isWellFormed(memo)) return 'not-text';
  return utf8Bytes(memo).length > MAX_MEMO_BYTES ? 'too-long' : undefined;
}
