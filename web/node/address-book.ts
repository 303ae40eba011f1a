/**
 * The addresses that linked peers told us of, each kept with who told it.
 *
 * Anybody can make a million addresses. So, as in Bitcoin Core's addrman, what
 * one source tells competes for room only with what the same source told
 * before: a liar fills its own bucket and displaces nobody else's. A bucket
 * goes with the link to its teller: signals to an address travel through who
 * told of it, so without a teller it is of no use.
 */
import type { AccountId } from '../core/hash.ts';
import { addressId, type AddressId, type Distance, type PeerAddress, type ToldAddress } from './address.ts';
import { BoundedMap } from './bounded.ts';
import type { Peer } from './peer.ts';

/** Of one teller: two full answers. With 14 links, the most that a full node has for a moment, the whole book holds 448. */
export const MAX_TOLD = 32;
/** Three answers (peer-exchange.ts). In a room that loses 5% a minute, one in seven is out of date by then. */
export const TOLD_MS = 3 * 60_000;

interface Told {
  readonly address: ToldAddress;
  readonly atMs: number;
}

export class AddressBook {
  readonly #own: AccountId;
  readonly #isBanned: (key: AccountId) => boolean;
  readonly #buckets = new Map<Peer, BoundedMap<AddressId, Told>>();

  constructor(own: AccountId, isBanned: (key: AccountId) => boolean) {
    this.#own = own;
    this.#isBanned = isBanned;
  }

  /** Everything that is told and not out of date, teller by teller. */
  get size(): number {
    let size = 0;
    for (const bucket of this.#buckets.values()) size += bucket.size;
    return size;
  }

  get tellers(): readonly Peer[] {
    return [...this.#buckets.keys()];
  }

  /** Takes one answer of `teller`. */
  add(teller: Peer, told: readonly ToldAddress[], nowMs: number): void {
    const bucket = this.#buckets.get(teller) ?? new BoundedMap<AddressId, Told>(MAX_TOLD);
    this.#buckets.set(teller, bucket);
    // An answer names all its links; those that are not in it any more are gone.
    for (const [id, { address }] of [...bucket.entries()]) if (address.distance === 1) bucket.delete(id);
    for (const address of told) {
      if (address.key === this.#own || address.key === teller.hello?.key) continue;
      if (!this.#isBanned(address.key)) bucket.set(addressId(address), { address, atMs: nowMs });
    }
  }

  /** The link to `teller` is gone. What others told too stays with them. */
  removeTeller(teller: Peer): void {
    this.#buckets.delete(teller);
  }

  toldBy(teller: Peer): readonly ToldAddress[] {
    const bucket = this.#buckets.get(teller);
    return bucket ? [...bucket.entries()].map(([, { address }]) => address) : [];
  }

  /** Whom `teller` says that it is linked with: at most one answer's worth. */
  linksOf(teller: Peer): readonly ToldAddress[] {
    return this.toldBy(teller).filter(({ distance }) => distance === 1);
  }

  /** Who told of it and at what distance from there, the nearest first. */
  tellersOf(id: AddressId): readonly { readonly teller: Peer; readonly distance: Distance }[] {
    const found: { teller: Peer; distance: Distance }[] = [];
    for (const [teller, bucket] of this.#buckets) {
      const told = bucket.get(id);
      if (told) found.push({ teller, distance: told.address.distance });
    }
    return found.sort((a, b) => a.distance - b.distance);
  }

  /** Next hops on the way there, the best first. */
  via(id: AddressId): readonly Peer[] {
    return this.tellersOf(id).map(({ teller }) => teller);
  }

  get(id: AddressId): PeerAddress | undefined {
    for (const bucket of this.#buckets.values()) {
      const told = bucket.get(id);
      if (told) return told.address;
    }
    return undefined;
  }

  /** How many of our peers say that they are linked with it. */
  linkedWith(id: AddressId): number {
    return this.tellersOf(id).filter(({ distance }) => distance === 1).length;
  }

  /** `teller` could not reach it: it is gone, or never was. */
  forget(teller: Peer, id: AddressId): void {
    this.#buckets.get(teller)?.delete(id);
  }

  expire(nowMs: number): void {
    for (const bucket of this.#buckets.values()) {
      for (const [id, { atMs, address }] of [...bucket.entries()]) {
        const isOld = nowMs - atMs > TOLD_MS || atMs > nowMs;
        if (isOld || this.#isBanned(address.key)) bucket.delete(id);
      }
    }
  }
}
