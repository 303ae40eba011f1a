/** Which address to dial, and when one that failed. */
import { describe, expect, test } from 'vitest';
import { addressId, type ToldAddress } from '../../../web/node/address.ts';
import { AddressBook } from '../../../web/node/address-book.ts';
import { chooseAddress } from '../../../web/node/dial-choice.ts';
import { DialHistory, LET_GO_MS, RETRY_MAX_MS, RETRY_MIN_MS } from '../../../web/node/dial-history.ts';
import type { Peer } from '../../../web/node/peer.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const DRAWS = 2_000;

const key = (n: number) => n.toString(16).padStart(64, '0');
const told = (n: number, distance: 1 | 2 = 1): ToldAddress => ({
  key: key(n),
  session: '11'.repeat(8),
  distance,
});
const id = (n: number) => addressId(told(n));
const teller = (n: number, dialled: boolean) => ({ hello: told(n), link: { dialled } }) as unknown as Peer;

/** How often each is chosen. */
function draws(
  book: AddressBook,
  mayDial: (id: string) => boolean = () => true,
): Map<string | undefined, number> {
  const random = new SeededRandom(SEED);
  const counts = new Map<string | undefined, number>();
  for (let i = 0; i < DRAWS; i++) {
    const chosen = chooseAddress(book, random, mayDial);
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  }
  return counts;
}

describe(`a choice among told addresses (SEED=${SEED})`, () => {
  test('is none where there is nothing, or nothing that may be dialled', () => {
    const book = new AddressBook(key(0), () => false);
    expect(draws(book).get(undefined)).toBe(DRAWS);
    book.add(teller(1, true), [told(9)], 0);
    expect(draws(book, (one) => one !== id(9)).get(undefined)).toBe(DRAWS);
    expect(draws(book).get(id(9))).toBe(DRAWS);
  });

  test('nine liars that came to us, with 32 addresses each, decide less than half of it', () => {
    const book = new AddressBook(key(0), () => false);
    book.add(teller(1, true), [told(1_001, 2)], 0);
    for (let liar = 2; liar <= 10; liar++) {
      const lies = Array.from({ length: 32 }, (_, i) => told(liar * 2_000 + i, 2));
      book.add(teller(liar, false), lies, 0);
    }
    const honest = draws(book).get(id(1_001)) ?? 0;
    // Half of the draws, and a tenth of the other half; seven standard deviations below that.
    expect(honest / DRAWS).toBeGreaterThan(0.47);
  });

  test('prefers those that fewer of our peers are linked with', () => {
    const book = new AddressBook(key(0), () => false);
    for (let n = 1; n <= 4; n++) book.add(teller(n, true), [told(50), told(100 + n)], 0);
    const counts = draws(book);
    // One of two that are the same is drawn a quarter of the time; only then is it the popular one.
    expect((counts.get(id(50)) ?? 0) / DRAWS).toBeLessThan(0.32);
  });
});

describe(`failed dials (SEED=${SEED})`, () => {
  test('wait longer each time, up to a minute, and never go on at once', () => {
    const history = new DialHistory(new SeededRandom(SEED));
    expect(history.isFailing('a', 0)).toBe(false);
    let nowMs = 0;
    for (let failure = 0; failure < 40; failure++) {
      const ceilingMs = Math.min(RETRY_MIN_MS * 2 ** failure, RETRY_MAX_MS);
      history.onFailed('a', nowMs);
      expect(history.isFailing('a', nowMs + ceilingMs / 2 - 1)).toBe(true);
      expect(history.isFailing('a', nowMs + ceilingMs)).toBe(false);
      nowMs += ceilingMs;
    }
    history.onLasted('a');
    history.onFailed('a', nowMs);
    expect(history.isFailing('a', nowMs + RETRY_MIN_MS)).toBe(false);
  });

  test('are forgiven when we were the ones away; who was let go is not forgotten', () => {
    const history = new DialHistory(new SeededRandom(SEED));
    history.onFailed('a', 0);
    history.onLetGo('b', 0);
    history.forgive();
    expect(history.isFailing('a', 0)).toBe(false);
    expect(history.wasLetGo('b', LET_GO_MS - 1)).toBe(true);
    expect(history.wasLetGo('b', LET_GO_MS)).toBe(false);
    // The clock was set back.
    expect(history.wasLetGo('b', -1)).toBe(false);
  });

  test('are remembered for so many peers only', () => {
    const history = new DialHistory(new SeededRandom(SEED));
    for (let i = 0; i < 10_000; i++) history.onFailed(`${i}`, 0);
    expect(history.isFailing('0', 1)).toBe(false);
    expect(history.isFailing('9999', 1)).toBe(true);
  });
});
