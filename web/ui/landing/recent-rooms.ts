import type { GuardedStorage } from '../guarded-storage.ts';

export interface RecentRoom {
  readonly secret: string;
  readonly openedAtMs: number;
}

const KEY = 'tabchain/rooms';
const MAX_ROOMS = 8;

/** Rooms opened in this browser, newest first. Holds their secrets, as the browser's history does. */
export class RecentRooms {
  readonly #storage: GuardedStorage;

  constructor(storage: GuardedStorage) {
    this.#storage = storage;
  }

  list(): readonly RecentRoom[] {
    const rooms = parse(this.#storage.read(KEY));
    return Array.isArray(rooms) ? rooms.filter(isRecentRoom).slice(0, MAX_ROOMS) : [];
  }

  opened(secret: string, openedAtMs: number): void {
    this.#write([{ secret, openedAtMs }, ...this.#without(secret)]);
  }

  forget(secret: string): void {
    this.#write(this.#without(secret));
  }

  #without(secret: string): readonly RecentRoom[] {
    return this.list().filter((room) => room.secret !== secret);
  }

  #write(rooms: readonly RecentRoom[]): void {
    this.#storage.write(KEY, JSON.stringify(rooms.slice(0, MAX_ROOMS)));
  }
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not ours
  }
}

function isRecentRoom(value: unknown): value is RecentRoom {
  return (
    typeof value === 'object' &&
    value !== null &&
    'secret' in value &&
    typeof value.secret === 'string' &&
    'openedAtMs' in value &&
    typeof value.openedAtMs === 'number'
  );
}
