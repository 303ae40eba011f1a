import { IDBFactory } from 'fake-indexeddb';
import { get, set, type UseStore } from 'idb-keyval';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../web/store/database.ts';
import { loadIdentity, replaceIdentity } from '../../../web/store/identity.ts';

let drawn = 0;
/** Another key each time. */
const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill((drawn += 1));
const openFresh = (): UseStore => openDatabase('test', new IDBFactory());

test('is made once and then loaded', async () => {
  const store = openFresh();
  const first = await loadIdentity(store, random);
  expect(first.origin).toBe('created');
  expect(first.secretKey).toHaveLength(32);
  expect(await loadIdentity(store, random)).toEqual({ secretKey: first.secretKey, origin: 'loaded' });
});

test.each([0, 1])('survives the loss of copy %i, which is then made whole', async (copy) => {
  const store = openFresh();
  const { secretKey } = await loadIdentity(store, random);
  const key = `identity/${copy}`;
  const whole: unknown = await get(key, store);
  await set(key, new Uint8Array(36), store);
  expect(await loadIdentity(store, random)).toEqual({ secretKey, origin: 'loaded' });
  expect(await get(key, store)).toEqual(whole);
});

test('says so when a damaged key had to be replaced', async () => {
  const store = openFresh();
  const { secretKey } = await loadIdentity(store, random);
  const value = Uint8Array.from((await get<Uint8Array>('identity/0', store)) ?? []);
  value[3] = (value[3] ?? 0) ^ 1;
  await set('identity/0', value, store);
  await set('identity/1', value, store);
  const replaced = await loadIdentity(store, random);
  expect(replaced.origin).toBe('replaced');
  expect(replaced.secretKey).not.toEqual(secretKey);
  expect(await loadIdentity(store, random)).toEqual({ ...replaced, origin: 'loaded' });
});

test('is there without a store too, but not kept', async () => {
  const refused = openDatabase('test', undefined);
  expect((await loadIdentity(refused, random)).origin).toBe('unsaved');
  const database = openFresh();
  const full: UseStore = (mode, callback) =>
    mode === 'readwrite'
      ? Promise.reject(new DOMException('no space', 'QuotaExceededError'))
      : database(mode, callback);
  expect((await loadIdentity(full, random)).origin).toBe('unsaved');
});

test('may be one that can’t be read just now, which is not written over', async () => {
  const store = openFresh();
  const { secretKey } = await loadIdentity(store, random);
  const unreadable: UseStore = (mode, callback) =>
    mode === 'readonly'
      ? Promise.reject(new DOMException('Internal error', 'UnknownError'))
      : store(mode, callback);
  expect(await loadIdentity(unreadable, random)).toMatchObject({
    origin: 'unread',
    error: { name: 'UnknownError' },
  });
  expect(await loadIdentity(store, random)).toEqual({ secretKey, origin: 'loaded' });
});

test('another key takes the place of the old one, for good', async () => {
  const store = openFresh();
  await loadIdentity(store, random);
  const secretKey = new Uint8Array(32).fill(200);
  await replaceIdentity(store, secretKey);
  expect(await loadIdentity(store, random)).toEqual({ secretKey, origin: 'loaded' });
});
