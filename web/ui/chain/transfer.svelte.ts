import { createContext } from 'svelte';
import type { AccountId } from '../../core/hash.ts';

/** Whether the form for sending credits is open, and to whom. */
export class Transfer {
  isOpen = $state(false);
  recipient = $state<AccountId>();
  #openedAt = '';

  begin(recipient?: AccountId): void {
    this.recipient = recipient;
    this.#openedAt = location.hash;
    this.isOpen = true;
  }

  /** `hash`: where the page is now. News of a step may come after the form was opened there. */
  endElsewhere(hash: string): void {
    if (hash !== this.#openedAt) this.end();
  }

  end(): void {
    this.isOpen = false;
  }
}

export const [getTransfer, setTransfer] = createContext<Transfer>();
