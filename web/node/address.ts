/**
 * How peers name a node to each other, without a server: by its lasting key,
 * and by the session that tells this run of it from the one before.
 */
import * as P from 'micro-packed';
import type { AccountId } from '../core/hash.ts';

export const SESSION_BYTES = 8;

export interface PeerAddress {
  readonly key: AccountId;
  readonly session: string;
}

/** 80 hex characters: key, then session. Names the peer on the `peers` route (ports.ts). */
export type AddressId = string;

export const addressCodec: P.CoderType<PeerAddress> = P.struct({
  key: P.hex(32),
  session: P.hex(SESSION_BYTES),
});

export function addressId({ key, session }: PeerAddress): AddressId {
  return key + session;
}
