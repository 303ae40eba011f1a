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

/**
 * `refused`: the browser gives this page no database; `deleted`: somebody has deleted its data; `closed`: the browser
 * has closed it, because its files are gone or damaged; `taken`: another tab owns it.
 */
export type LostReason = 'refused' | 'deleted' | 'closed' | 'taken';

/** The database can't be used any more, or never could. */
export class DatabaseLostError extends Error {
  override readonly name = 'DatabaseLostError';
  readonly reason: LostReason;
  /** What the browser itself says, if anything. */
  readonly detail: string | undefined;

  constructor(reason: LostReason, detail?: string) {
    super(detail ?? reason);
    this.reason = reason;
    this.detail = detail;
  }
}

/**
 * Opens a database for idb-keyval's functions. Where the browser refuses it, closes it or deletes it, every later
 * call rejects with a DatabaseLostError. idb-keyval's own `createStore` would open a new, empty database instead,
 * and a chain would go on in it without its beginning. `onLost` hears at once that an open one is gone, not only when
 * it is used next.
 *
 * Calls that come after the first one has resolved make their transactions at once, in the order of the calls.
 */
export function openDatabase(
  name: string,
  factory: IDBFactory | undefined = findFactory(),
  onLost?: (error: DatabaseLostError) => void,
): UseStore {
  let database: IDBDatabase | undefined;
  let lost: DatabaseLostError | undefined;

  const opening = new Promise<IDBDatabase>((resolve, reject) => {
    const refuse = (error?: unknown) => {
      lost = new DatabaseLostError('refused', error === undefined ? undefined : describe(error));
      reject(lost);
    };
    if (factory === undefined) {
      refuse();
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
    const lose = (reason: LostReason): void => {
      if (lost !== undefined) return;
      lost = new DatabaseLostError(reason);
      onLost?.(lost);
    };
    opened.onclose = () => lose('closed');
    // Someone deletes the database, and waits until it is closed.
    opened.onversionchange = () => {
      opened.close();
      lose('deleted');
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
    return undefined; // refused, as far as the caller can tell
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

/** The same database for as long as `isOwned`; then every call rejects with a DatabaseLostError. */
export function whileOwned(store: UseStore, isOwned: () => boolean): UseStore {
  return (mode, callback) =>
    isOwned() ? store(mode, callback) : Promise.reject(new DatabaseLostError('taken'));
}
