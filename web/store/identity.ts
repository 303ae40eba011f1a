import { getMany, setMany, type UseStore } from 'idb-keyval';
import { IDENTITY_COPIES } from './records.ts';

/** Bytes of an Ed25519 secret key. */
export const SECRET_KEY_BYTES = 32;

export interface Identity {
  readonly secretKey: Uint8Array;
  /**
   * `loaded` from the store; `created` and stored; `replaced`, because what was stored is unreadable: account and
   * name are new; `unsaved`: there is no store to keep it in, and the next start has another.
   */
  readonly origin: 'loaded' | 'created' | 'replaced' | 'unsaved';
}

/**
 * The slot's lasting key. It lives beside the chain, not in it: whatever happens to the chain's records never
 * touches it, and it is stored twice, because nobody else has a copy. `random(n)` gives n unpredictable bytes.
 */
export async function loadIdentity(
  store: UseStore,
  random: (bytes: number) => Uint8Array,
): Promise<Identity> {
  let stored: unknown[];
  try {
    stored = await getMany(
      IDENTITY_COPIES.map(({ key }) => key),
      store,
    );
  } catch {
    // The chain's store meets the same error and tells the user what it is.
    return { secretKey: random(SECRET_KEY_BYTES), origin: 'unsaved' };
  }
  const copies = IDENTITY_COPIES.map((record, index) => record.read(stored[index]));
  const known = copies.find((copy) => copy !== undefined);
  const isNew = stored.every((value) => value === undefined);
  const secretKey = known ?? random(SECRET_KEY_BYTES);
  const origin = known !== undefined ? 'loaded' : isNew ? 'created' : 'replaced';
  if (copies.every((copy) => copy !== undefined)) return { secretKey, origin };
  try {
    await setMany(
      IDENTITY_COPIES.map((record) => record.entry(secretKey)),
      store,
    );
  } catch {
    // As above. A key that one copy still holds is not lost.
    return { secretKey, origin: known !== undefined ? 'loaded' : 'unsaved' };
  }
  return { secretKey, origin };
}

/** Puts another key in the place of the slot's own, for good. Rejects, with the old key in place, if it can't be stored. */
export async function replaceIdentity(store: UseStore, secretKey: Uint8Array): Promise<void> {
  await setMany(
    IDENTITY_COPIES.map((record) => record.entry(secretKey)),
    store,
  );
}
