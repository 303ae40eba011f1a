/** What is being written, kept for as long as this tab lives: a reload, for a new version say, takes nothing of it. */
import { guardedStorage } from '../guarded-storage.ts';

export interface UnsentText {
  recall(): string;
  keep(text: string): void;
}

export function unsentText(secret: string): UnsentText {
  const storage = guardedStorage(() => sessionStorage);
  const key = `tabchain/unsent/${secret}`;
  return {
    recall: () => storage.read(key) ?? '',
    keep: (text) => storage.write(key, text),
  };
}
