/** Which of the addresses that peers told us of to dial. */
import { addressId, type AddressId } from './address.ts';
import type { AddressBook } from './address-book.ts';
import type { Rng } from './ports.ts';

/**
 * First a teller by chance, then one of its addresses: however many a liar
 * tells, it is asked no more often than an honest peer. Half of the time only
 * peers that we dialled ourselves are asked: they chose us less than those who
 * came to us. Of two addresses of that teller, the one that fewer of our peers
 * are linked with: links to one's peers' peers make cliques, and those break
 * apart from the rest of the room.
 */
export function chooseAddress(
  book: AddressBook,
  rng: Rng,
  mayDial: (id: AddressId) => boolean,
): AddressId | undefined {
  const buckets = book.tellers.flatMap((teller) => {
    const ids = book.toldBy(teller).map(addressId).filter(mayDial);
    return ids.length > 0 ? [{ dialled: teller.link.dialled, ids }] : [];
  });
  const ours = buckets.filter(({ dialled }) => dialled);
  const asked = ours.length > 0 && rng.next() < 0.5 ? ours : buckets;
  const ids = draw(asked, rng)?.ids ?? [];
  const [one, other] = [draw(ids, rng), draw(ids, rng)];
  if (one === undefined || other === undefined) return undefined;
  return book.linkedWith(one) <= book.linkedWith(other) ? one : other;
}

function draw<T>(items: readonly T[], rng: Rng): T | undefined {
  return items[Math.floor(rng.next() * items.length)];
}
