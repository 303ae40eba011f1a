import { bytesToHex } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { SignatureCache } from '../../../web/core/signature-cache.ts';
import { signatureHash, transactionId } from '../../../web/core/transaction.ts';
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

test('what is looked at ahead of need is asked with the same parts when the need comes', () => {
  const asked: unknown[] = [];
  const cache = new SignatureCache(GENESIS_HASH, (...parts) => asked.push(parts) > 0);
  const tx = unchecked(someAccount(1));
  const [item] = cache.open([tx]);
  expect(cache.check(tx)).toBe(true);
  expect(asked).toEqual([[item?.signature, item?.message, item?.publicKey]]);
  expect(item?.message).toEqual(signatureHash(GENESIS_HASH, { ...tx }));
  expect(cache.open([tx])).toEqual([]);
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
  const [known, unknown] = [unchecked(someAccount(1)), unchecked(someAccount(2))];
  cache.check(known);
  const items = cache.open([coinbase(1), known, unknown]);
  expect(items.map(({ publicKey }) => bytesToHex(publicKey))).toEqual([unknown.sender]);
  expect(items[0]?.message).toEqual(signatureHash(GENESIS_HASH, unknown));
  expect(items[0]?.signature).toBe(unknown.signature);
});
