/** Runs in the page: what the browser's database takes for values in batches, however they came to be. */
import { getMany, setMany } from 'idb-keyval';
import { openDatabase } from '../../../web/store/database.ts';
import { openRoom } from '../chain-sync/stored-room.ts';
import type { WrittenBatch } from './observed-writes.ts';

let databases = 0;

/** Writes what the room's first slot holds once more into an empty database, one batch after the other. Gives the ms. */
export async function writeRaw(
  secret: string,
  batches: readonly Pick<WrittenBatch, 'values'>[],
): Promise<number> {
  const room = openRoom(secret);
  const name = `raw-writes/${(databases += 1)}`;
  const store = openDatabase(name);
  let ms = 0;
  for (const { values } of batches) {
    const stored = await getMany<Uint8Array | undefined>(
      values.map(([key]) => key),
      room,
    );
    // A chunk of headers was shorter when it was written first.
    const entries = values.map(([key, bytes], n): [string, Uint8Array] => [
      key,
      stored[n]?.slice(0, bytes) ?? new Uint8Array(bytes),
    ]);
    const startMs = performance.now();
    await setMany(entries, store);
    ms += performance.now() - startMs;
  }
  indexedDB.deleteDatabase(name);
  return ms;
}
