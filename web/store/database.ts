import type { UseStore } from 'idb-keyval';
import type { Network } from '../core/params.ts';

/** The one object store of a slot's database. */
const STORE_NAME = 'chain';

export interface SlotName {
  readonly network: Network;
  /** 16 bytes in hex. */
  readonly roomId: string;
  readonly slot: number;
}

export function databaseName({ network, roomId, slot }: SlotName): string {
  return `tabchain/${network}/${roomId}/${slot}`;
}

/** The database can't be used any more, or never could. The message is a sentence for the page. */
export class DatabaseLostError extends Error {
  override readonly name = 'DatabaseLostError';
}

/**
 * Opens a database for idb-keyval's functions. Where the browser refuses it, closes it or deletes it, every later
 * call rejects with a DatabaseLostError. idb-keyval's own `createStore` would open a new, empty database instead,
 * and a chain would go on in it without its beginning.
 *
 * Calls that come after the first one has resolved make their transactions at once, in the order of the calls.
 */
export function openDatabase(name: string, factory: IDBFactory | undefined = findFactory()): UseStore {
  let database: IDBDatabase | undefined;
  let lost: DatabaseLostError | undefined;

  const opening = new Promise<IDBDatabase>((resolve, reject) => {
    const refuse = (error: unknown) => {
      lost = new DatabaseLostError(`The browser refuses to store data here (${describe(error)}).`);
      reject(lost);
    };
    if (factory === undefined) {
      refuse('no IndexedDB');
      return;
    }
    let request: IDBOpenDBRequest;
    try {
      request = factory.open(name);
    } catch (error) {
      refuse(error); // a sandboxed or opaque origin
      return;
    }
    request.onupgradeneeded = () => request.result.createObjectStore(STORE_NAME);
    request.onerror = () => refuse(request.error);
    request.onsuccess = () => {
      database = request.result;
      watch(database);
      resolve(database);
    };
  });
  // Callers see the rejection; nobody may have called yet.
  opening.catch(() => undefined);

  function watch(opened: IDBDatabase): void {
    opened.onclose = () => {
      lost = new DatabaseLostError(
        "The browser closed this room's storage: its data was deleted or is damaged.",
      );
    };
    // Someone deletes the database, and waits until it is closed.
    opened.onversionchange = () => {
      opened.close();
      lost = new DatabaseLostError("This room's stored data was deleted.");
    };
  }

  async function run<T>(
    opened: IDBDatabase,
    mode: IDBTransactionMode,
    callback: (store: IDBObjectStore) => T | PromiseLike<T>,
  ): Promise<T> {
    if (lost !== undefined) throw lost;
    // Relaxed: handed to the operating system, not forced to the disk. A crashed tab loses nothing, a power cut the
    // last blocks, which the peers have.
    return callback(opened.transaction(STORE_NAME, mode, { durability: 'relaxed' }).objectStore(STORE_NAME));
  }

  return async (mode, callback) =>
    database === undefined ? run(await opening, mode, callback) : run(database, mode, callback);
}

/** In some privacy modes the very look at `indexedDB` throws. */
function findFactory(): IDBFactory | undefined {
  try {
    return globalThis.indexedDB;
  } catch {
    return undefined; // said as "no IndexedDB" by the caller
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

/** The same database for as long as `isOwned`; then every call rejects with a DatabaseLostError. */
export function whileOwned(store: UseStore, isOwned: () => boolean): UseStore {
  return (mode, callback) =>
    isOwned()
      ? store(mode, callback)
      : Promise.reject(new DatabaseLostError('Another tab owns this storage now.'));
}
