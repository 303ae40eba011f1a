import { getMany, setMany, type UseStore } from 'idb-keyval';
import { DatabaseLostError } from './database.ts';
import { IDENTITY_COPIES } from './records.ts';

/** Bytes of an Ed25519 secret key. */
export const SECRET_KEY_BYTES = 32;

export type Identity = { readonly secretKey: Uint8Array } & (
  | {
      /** `replaced`, because what was stored is damaged: account and name are new. */
      readonly origin: 'loaded' | 'created' | 'replaced';
    }
  | {
      /**
       * `unsaved`: it could not be stored, and the next start has another unless it is stored later; `unread`: another
       * one may be stored, which can't be read now and must not be written over.
       */
      readonly origin: 'unsaved' | 'unread';
      readonly error: unknown;
    }
);

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
  } catch (error) {
    const origin = error instanceof DatabaseLostError ? 'unsaved' : 'unread';
    return { secretKey: random(SECRET_KEY_BYTES), origin, error };
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
  } catch (error) {
    // A key that one copy still holds is not lost.
    return known !== undefined ? { secretKey, origin: 'loaded' } : { secretKey, origin: 'unsaved', error };
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
