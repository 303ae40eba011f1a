/** Web storage that forgets instead of throwing: it may be switched off, full, or filled by someone else. */
export interface GuardedStorage {
  read(key: string): string | undefined;
  write(key: string, value: string): void;
}

export function guardedStorage(open: () => Storage): GuardedStorage {
  return {
    read(key) {
      try {
        return open().getItem(key) ?? undefined;
      } catch {
        return undefined; // switched off
      }
    },
    write(key, value) {
      try {
        open().setItem(key, value);
      } catch {
        // Switched off or full: what is kept here is a convenience.
      }
    },
  };
}
