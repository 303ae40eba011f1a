/** Remembers, for as long as this tab lives, which slot of the room it holds; a reload asks for the same one. */
import type { Network } from '../core/params.ts';
import type { GuardedStorage } from './guarded-storage.ts';

export interface SlotMemory {
  recall(): number | undefined;
  remember(slot: number): void;
}

export function slotMemory(storage: GuardedStorage, network: Network, secret: string): SlotMemory {
  const key = `tabchain/slot/${network}/${secret}`;
  return {
    recall() {
      const text = storage.read(key);
      return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : undefined;
    },
    remember: (slot) => storage.write(key, String(slot)),
  };
}
