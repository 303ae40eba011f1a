/**
 * One signal on its way through peers: what two nodes that are not linked yet
 * tell each other to set a link up (web/net/envelope.ts), sealed for the
 * receiver and signed by the sender, so that a relay can read nothing, change
 * nothing, and knows a forged one before it passes it on.
 */
import * as P from 'micro-packed';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { sizeUpTo } from '../core/codec.ts';
import { taggedHash } from '../core/hash.ts';
import type { Verify } from '../core/transaction.ts';
import { addressCodec, type PeerAddress } from './address.ts';

/**
 * Links that a signal may cross: one to a peer, one to a peer of its, one to a
 * peer of that one, which is as far as a node knows anybody (address.ts). With
 * 8 links a node these are several hundred nodes, and 3 times the traffic of a direct one.
 */
export const MAX_TTL = 3;
/**
 * Sealed bytes. A data channel's description without candidates is 0.5 KiB, a
 * candidate at most 1 KiB, and JSON may double it. A signal fits one frame, so
 * no relay ever holds half of one.
 */
export const MAX_SIGNAL_BYTES = 8 * 1024;
export const SIGNAL_ID_BYTES = 8;

/** 8 bytes in hex of what the signature covers: whoever has seen an id can't make another signal of the same id. */
export type SignalId = string;

export interface Signal {
  /** Links that it may still cross, with the one on which it travels. Each relay counts it down, so it is not signed. */
  readonly ttl: number;
  readonly from: PeerAddress;
  readonly to: PeerAddress;
  /** Only its receiver can tell what is in it. */
  readonly payload: Uint8Array;
  /** Ed25519, by `from.key`. */
  readonly signature: Uint8Array;
}

/** "Your signal can't get further." It goes back the way that the signal came. */
export interface Unroutable {
  readonly signalId: SignalId;
}

const ttlCodec = P.validate(P.U8, (ttl) => {
  if (ttl < 1 || ttl > MAX_TTL) throw new Error(`a ttl of ${ttl}`);
  return ttl;
});

export const signalCodec: P.CoderType<Signal> = P.struct({
  ttl: ttlCodec,
  from: addressCodec,
  to: addressCodec,
  payload: P.bytes(sizeUpTo(MAX_SIGNAL_BYTES)),
  signature: P.bytes(64),
});
/** ttl, two addresses, the payload's size, payload, signature. */
export const MAX_SIGNAL_MESSAGE_BYTES = 1 + 1 + 2 * 40 + 3 + MAX_SIGNAL_BYTES + 64;

export const unroutableCodec: P.CoderType<Unroutable> = P.struct({ signalId: P.hex(SIGNAL_ID_BYTES) });

export type UnsignedSignal = Pick<Signal, 'from' | 'to' | 'payload'>;

/** What the signature covers. The genesis hash keeps a signal of one room out of all others. */
export function signalHash(genesisHash: Uint8Array, { from, to, payload }: UnsignedSignal): Uint8Array {
  return taggedHash(
    'tabchain/signal',
    genesisHash,
    hexToBytes(from.key),
    hexToBytes(from.session),
    hexToBytes(to.key),
    hexToBytes(to.session),
    payload,
  );
}

export function signalIdOf(hash: Uint8Array): SignalId {
  return bytesToHex(hash.subarray(0, SIGNAL_ID_BYTES));
}

/** Ready for its first link. */
export function signSignal(genesisHash: Uint8Array, signal: UnsignedSignal, secretKey: Uint8Array): Signal {
  return { ...signal, ttl: MAX_TTL, signature: ed25519.sign(signalHash(genesisHash, signal), secretKey) };
}

export function signalIsGood(signal: Signal, hash: Uint8Array, verify: Verify): boolean {
  return verify(signal.signature, hash, hexToBytes(signal.from.key));
}
