/**
 * What each broken rule costs the peer that broke it. Points decay by one a
 * second; 100 of them ban the peer's key for ten minutes. A key is free to
 * make, so a ban saves work and the bounds on every per-peer structure are
 * what protects us.
 */
import type { PolicyCode, RuleCode } from '../core/rules.ts';

/** Rules of the wire, besides those of the chain. */
export type WireRule =
  | 'bad-frame'
  | 'oversize'
  | 'unknown-message'
  | 'malformed'
  /** A message before the handshake is through, or a second hello. */
  | 'out-of-order'
  | 'wrong-protocol'
  | 'wrong-room'
  | 'bad-proof'
  | 'handshake-timeout'
  | 'ping-timeout'
  | 'flood'
  /** A signal that has crossed a link and says that it has not (signal-router.ts). */
  | 'ttl-not-counted'
  | 'unrequested'
  | 'headers-discontinuous'
  /** A chain that ended before it had shown enough work, or came differently the second time (presync.ts). */
  | 'low-work'
  /** `getBlockTxn` beyond the block's end, or `blockTxn` with another number of transactions than were asked for. */
  | 'bad-block-txn'
  | 'stalled'
  /** It reads slower than it asks. */
  | 'slow-reader';

export type PeerCode = RuleCode | PolicyCode | WireRule;

export const BAN_POINTS = 100;
export const BAN_MS = 10 * 60_000;
/** Bans remembered; the oldest goes. */
export const MAX_BANS = 1_000;
export const DECAY_POINTS_PER_SECOND = 1;

const NOTHING = 0;
/** An honest peer does this by accident now and then. */
const LITTLE = 5;
/** An honest peer never does this often. */
const MUCH = 25;
/** No honest peer does this. */
const BAN = BAN_POINTS;

export const PENALTIES: Readonly<Record<PeerCode, number>> = {
  'bad-version': BAN,
  'bad-bits': BAN,
  'insufficient-work': BAN,
  'time-too-old': BAN,
  // Whose clock is wrong can't be told.
  'time-too-new': NOTHING,
  'unknown-parent': NOTHING,
  'invalid-chain': BAN,

  'bad-merkle-root': BAN,
  mutated: BAN,
  'block-too-large': BAN,
  'no-coinbase': BAN,
  'extra-coinbase': BAN,
  'bad-coinbase-height': BAN,
  'bad-coinbase-form': BAN,
  'bad-coinbase-amount': BAN,
  'repeated-nonce': BAN,

  'bad-transaction-version': BAN,
  'stray-coinbase': BAN,
  'amount-to-nobody': BAN,
  'bad-signature': BAN,
  // In a block these three ban too, but by their block (see blockPenalty).
  // A transaction alone may only have crossed a block on its way.
  'nonce-used': NOTHING,
  'nonce-gap': NOTHING,
  overdraft: NOTHING,

  'already-known': NOTHING,
  'sender-limit': NOTHING,
  'gap-limit': NOTHING,
  'replacement-fee': NOTHING,
  'mempool-full': NOTHING,

  'bad-frame': BAN,
  oversize: BAN,
  'unknown-message': BAN,
  malformed: BAN,
  'out-of-order': BAN,
  'wrong-protocol': NOTHING,
  'wrong-room': BAN,
  'bad-proof': BAN,
  'handshake-timeout': NOTHING,
  'ping-timeout': NOTHING,
  flood: MUCH,
  'ttl-not-counted': BAN,
  unrequested: LITTLE,
  'headers-discontinuous': BAN,
  'low-work': LITTLE,
  'bad-block-txn': BAN,
  stalled: LITTLE,
  'slow-reader': MUCH,
};

/** A block that breaks a rule when it is connected was not valid for whoever sent it either. */
export function blockPenalty(code: RuleCode): number {
  return code === 'time-too-new' || code === 'unknown-parent' ? NOTHING : BAN;
}
