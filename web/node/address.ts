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

export function addressOf(id: AddressId): PeerAddress {
  return { key: id.slice(0, 64), session: id.slice(64) };
}

/** An address in one `peers` message. */
export interface ToldAddress extends PeerAddress {
  /**
   * From the peer that tells it, counted in links: 1 for those it is linked with, 2 for those that one of them is
   * linked with. With our own link to the teller, that makes every address we know at most 3 links away.
   */
  readonly distance: Distance;
}

export type Distance = 1 | 2;

const distanceCodec = P.validate(P.U8, (distance) => {
  if (distance !== 1 && distance !== 2) throw new Error(`a distance of ${distance}`);
  return distance;
}) as P.CoderType<Distance>;

export const toldAddressCodec: P.CoderType<ToldAddress> = P.struct({
  key: P.hex(32),
  session: P.hex(SESSION_BYTES),
  distance: distanceCodec,
});
