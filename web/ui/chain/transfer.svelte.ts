import { createContext } from 'svelte';
import type { AccountId } from '../../core/hash.ts';

/** Whether the form for sending credits is open, and to whom. */
export class Transfer {
  isOpen = $state(false);
  recipient = $state<AccountId>();

  begin(recipient?: AccountId): void {
    this.recipient = recipient;
    this.isOpen = true;
  }

  end(): void {
    this.isOpen = false;
  }
}

export const [getTransfer, setTransfer] = createContext<Transfer>();
