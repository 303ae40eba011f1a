import type { GuardedStorage } from '../guarded-storage.ts';

/** How much room the browser has for this site, by its own estimate; it counts all rooms together. */
export interface StorageRoom {
  readonly usedBytes: number;
  readonly leftBytes: number;
  /** Has the browser promised not to delete it by itself? Undefined if it does not say. */
  readonly isKept: boolean | undefined;
}

/** Undefined where the browser does not say: on a plain-HTTP page, or if it refuses. */
export async function readStorageRoom(): Promise<StorageRoom | undefined> {
  const storage = storageManager();
  try {
    const { usage, quota } = (await storage?.estimate()) ?? {};
    if (usage === undefined || quota === undefined) return undefined;
    const isKept = await storage?.persisted?.();
    return { usedBytes: usage, leftBytes: Math.max(quota - usage, 0), isKept };
  } catch {
    return undefined;
  }
}

/** Asks for the promise. Some browsers ask their user, others decide by themselves. */
export async function askToKeep(): Promise<boolean> {
  try {
    return (await storageManager()?.persist?.()) === true;
  } catch {
    return false;
  }
}

const ASKED = 'tabchain/asked-to-keep';

/** Asks for it unasked, and once: who has said no to their browser is not to be bothered in each room. */
export async function askToKeepOnce(memory: GuardedStorage): Promise<void> {
  if (memory.read(ASKED) !== undefined || (await readStorageRoom())?.isKept !== false) return;
  memory.write(ASKED, '1');
  await askToKeep();
}

/** Missing on a plain-HTTP page, whatever the types say. */
function storageManager(): StorageManager | undefined {
  return (navigator as { readonly storage?: StorageManager }).storage;
}
