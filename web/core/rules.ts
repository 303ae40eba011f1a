/**
 * Every way in which a header, a block or a transaction can break a rule.
 * A broken rule is a value, never an exception. What each code costs the peer
 * that sent the thing is in node/penalties.ts; PROTOCOL.md states each rule.
 */
export type RuleCode = HeaderRule | BlockRule | TransactionRule;

export type HeaderRule =
  /** Version bits other than BIP320's free ones differ from 0x20000000. */
  | 'bad-version'
  /** The bits are not the ones that the difficulty rule gives. */
  | 'bad-bits'
  /** The hash is above the target. */
  | 'insufficient-work'
  /** Not above the median time of the last 11 blocks. */
  | 'time-too-old'
  /** More than 90 s ahead of our clock: held and tried again, never punished. */
  | 'time-too-new'
  /** The parent is not known (an orphan): its headers are asked for. */
  | 'unknown-parent'
  /** It builds on a block that broke a rule, or is one. */
  | 'invalid-chain';

export type BlockRule =
  /** The transactions hash to another root than the header's. Says nothing about the header. */
  | 'bad-merkle-root'
  /** The list repeats a pair (CVE-2012-2459). Says nothing about the header. */
  | 'mutated'
  | 'block-too-large'
  /** The first transaction is not a coinbase, or there is none. */
  | 'no-coinbase'
  /** A transaction after the first has nobody as its sender. */
  | 'extra-coinbase'
  /** The coinbase's nonce is not its block's height. */
  | 'bad-coinbase-height'
  /** The coinbase has a fee or a signature. */
  | 'bad-coinbase-form'
  /** The coinbase's amount is not subsidy plus fees. */
  | 'bad-coinbase-amount'
  /** Two transactions with the same sender and nonce. */
  | 'repeated-nonce';

export type TransactionRule =
  | 'bad-transaction-version'
  /** A coinbase outside a block. */
  | 'stray-coinbase'
  /** An amount is moved to nobody. */
  | 'amount-to-nobody'
  | 'bad-signature'
  /** The sender's nonce is already past this one. */
  | 'nonce-used'
  /** The sender's nonce has not reached this one. */
  | 'nonce-gap'
  /** Amount plus fee exceed the sender's balance. */
  | 'overdraft';

/** Why the mempool did not take a transaction that may yet be good. Nobody is punished for these. */
export type PolicyCode =
  | 'already-known'
  /** The sender has as many pending transactions as one may have. */
  | 'sender-limit'
  /** Too many transactions wait for a missing nonce. */
  | 'gap-limit'
  /** Same sender and nonce as a pending one, without a higher fee. */
  | 'replacement-fee'
  /** The mempool is full of transactions that pay more. */
  | 'mempool-full';
