/** What peers tell of others: bounded by teller, and gone with it. */
import { describe, expect, test } from 'vitest';
import { addressId, type Distance, type ToldAddress } from '../../../web/node/address.ts';
import { AddressBook, MAX_TOLD, TOLD_MS } from '../../../web/node/address-book.ts';
import type { Peer } from '../../../web/node/peer.ts';
import { decodeMessage, encodeMessage, MAX_ADDRESSES } from '../../../web/node/messages.ts';

const OWN = key(0);

function key(n: number): string {
  return n.toString(16).padStart(64, '0');
}

function told(n: number, distance: Distance = 1): ToldAddress {
  return { key: key(n), session: '11'.repeat(8), distance };
}

const id = (n: number) => addressId(told(n));

/** The book asks a teller for nothing but who it is. */
function teller(n: number): Peer {
  return { hello: { key: key(n), session: '11'.repeat(8) } } as Peer;
}

function book(banned: string[] = []): AddressBook {
  return new AddressBook(OWN, (who) => banned.includes(who));
}

describe('an address book', () => {
  test('knows who told of an address, the nearest first', () => {
    const tested = book();
    const [a, b] = [teller(1), teller(2)];
    tested.add(a, [told(9, 2)], 0);
    tested.add(b, [told(9, 1)], 0);
    expect(tested.via(id(9))).toEqual([b, a]);
    expect(tested.tellersOf(id(9)).map(({ distance }) => distance)).toEqual([1, 2]);
    expect(tested.linkedWith(id(9))).toBe(1);
    expect(tested.get(id(9))?.key).toBe(key(9));
    expect(tested.via(id(8))).toEqual([]);
  });

  test('keeps what others told when a liar floods it', () => {
    const tested = book();
    const [liar, honest] = [teller(1), teller(2)];
    tested.add(honest, [told(9), told(10, 2)], 0);
    for (let n = 100; n < 2_000; n += 16) {
      tested.add(
        liar,
        Array.from({ length: 16 }, (_, i) => told(n + i, 2)),
        0,
      );
    }
    expect(tested.toldBy(liar)).toHaveLength(MAX_TOLD);
    expect(tested.via(id(9))).toEqual([honest]);
    expect(tested.size).toBe(MAX_TOLD + 2);
  });

  test('forgets with its teller what nobody else told', () => {
    const tested = book();
    const [a, b] = [teller(1), teller(2)];
    tested.add(a, [told(8), told(9)], 0);
    tested.add(b, [told(9)], 0);
    tested.removeTeller(a);
    expect(tested.via(id(8))).toEqual([]);
    expect(tested.via(id(9))).toEqual([b]);
  });

  test('takes an answer for the whole list of a peer’s links, and what it heard of as an addition', () => {
    const tested = book();
    const a = teller(1);
    tested.add(a, [told(7), told(8), told(9, 2)], 0);
    tested.add(a, [told(7), told(10, 2)], 0);
    expect(tested.toldBy(a).map(addressId).sort()).toEqual([id(7), id(9), id(10)].sort());
  });

  test('never holds our own address, the teller’s, or one of a banned key', () => {
    const banned = [key(5)];
    const tested = book(banned);
    const a = teller(1);
    tested.add(a, [told(0), told(1), told(5), told(6)], 0);
    expect(tested.toldBy(a).map(addressId)).toEqual([id(6)]);
    banned.push(key(6));
    tested.expire(0);
    expect(tested.size).toBe(0);
  });

  test('forgets what is old, or from a future that was taken back', () => {
    const tested = book();
    tested.add(teller(1), [told(9)], 1_000);
    tested.expire(1_000 + TOLD_MS);
    expect(tested.size).toBe(1);
    tested.expire(1_001 + TOLD_MS);
    expect(tested.size).toBe(0);
    tested.add(teller(1), [told(9)], 1_000);
    tested.expire(999);
    expect(tested.size).toBe(0);
  });
});

describe('peers on the wire', () => {
  const addresses = Array.from({ length: MAX_ADDRESSES }, (_, n) => told(n, n % 2 === 0 ? 1 : 2));

  test('is read as it was written', () => {
    const message = { name: 'peers', addresses } as const;
    expect(decodeMessage(encodeMessage(message))).toEqual(message);
    expect(decodeMessage(encodeMessage({ name: 'getPeers' }))).toEqual({ name: 'getPeers' });
  });

  test('holds 16 addresses, 1 or 2 links from their teller', () => {
    const bytes = encodeMessage({ name: 'peers', addresses });
    expect(bytes).toHaveLength(2 + MAX_ADDRESSES * 41);
    const more = Uint8Array.from([...bytes, ...bytes.subarray(2, 2 + 41)]);
    more[1] = MAX_ADDRESSES + 1;
    expect(decodeMessage(more)).toBeUndefined();
    for (const distance of [0, 3]) {
      const wrong = bytes.slice();
      wrong[wrong.length - 1] = distance;
      expect(decodeMessage(wrong)).toBeUndefined();
    }
  });
});
