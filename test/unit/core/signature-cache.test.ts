import { expect, test } from 'vitest';
import { SignatureCache } from '../../../web/core/signature-cache.ts';
import { transactionId } from '../../../web/core/transaction.ts';
import { coinbase, GENESIS_HASH, someAccount, unchecked } from './build.ts';

test('a signature found good is not verified again', () => {
  let verified = 0;
  const cache = new SignatureCache(GENESIS_HASH, () => verified++ >= 0);
  const tx = unchecked(someAccount(1));
  expect([cache.check(tx), cache.check(tx), cache.check({ ...tx })]).toEqual([true, true, true]);
  expect(verified).toBe(1);
  // Another signature is another transaction.
  expect(cache.check({ ...tx, signature: new Uint8Array(64) })).toBe(true);
  expect(verified).toBe(2);
});

test('a bad one is verified each time', () => {
  let verified = 0;
  const cache = new SignatureCache(GENESIS_HASH, () => verified++ < 0);
  const tx = unchecked(someAccount(1));
  expect([cache.check(tx), cache.check(tx)]).toEqual([false, false]);
  expect(verified).toBe(2);
});

test('what a verifier found good ahead of need is not verified again, and as another object it is', () => {
  let verified = 0;
  const cache = new SignatureCache(GENESIS_HASH, () => verified++ >= 0);
  const [good, other] = [unchecked(someAccount(1)), unchecked(someAccount(2))];
  cache.trust([good]);
  expect(cache.check(good)).toBe(true);
  expect(verified).toBe(0);
  expect([cache.check(other), cache.check({ ...good })]).toEqual([true, true]);
  expect(verified).toBe(2);
});

test('at least the last 10,000 are remembered, and not all for ever', () => {
  let verified = 0;
  const cache = new SignatureCache(GENESIS_HASH, () => verified++ >= 0);
  const [first, last] = [unchecked(someAccount(1)), unchecked(someAccount(2))];
  cache.remember(transactionId(first));
  for (let n = 0; n < 9_999; n++) cache.remember(`${n}`);
  cache.check(first);
  expect(verified).toBe(0);
  for (let n = 0; n < 20_000; n++) cache.remember(`more ${n}`);
  cache.remember(transactionId(last));
  cache.check(last);
  expect(verified).toBe(0);
  cache.check(first);
  expect(verified).toBe(1);
});

test('open to a verifier that works ahead is what is not yet known to be good', () => {
  const cache = new SignatureCache(GENESIS_HASH, () => true);
  const [known, trusted, unknown] = [1, 2, 3].map((n) => unchecked(someAccount(n)));
  if (!known || !trusted || !unknown) throw new Error('three are made');
  cache.check(known);
  cache.trust([trusted]);
  expect(cache.open([coinbase(1), { ...known }, trusted, unknown])).toEqual([unknown]);
});
