/**
 * What is being written, kept for as long as this tab lives: neither a look at another view nor a reload, for a new
 * version say, takes anything of it. And what is being handed in is handed in once, whoever looks.
 */
import { createContext } from 'svelte';
import { guardedStorage } from '../guarded-storage.ts';

export class Writing {
  /** It was handed in, and is not answered yet. */
  isSending = $state(false);
  /** Why the last one was not taken. */
  problem = $state<() => string>();
  #text = $state('');
  readonly #storage = guardedStorage(() => sessionStorage);
  readonly #key: string;

  /** `secret`: the room's. */
  constructor(secret: string) {
    this.#key = `tabchain/unsent/${secret}`;
    this.#text = this.#storage.read(this.#key) ?? '';
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    this.#storage.write(this.#key, text);
  }
}

export const [getWriting, setWriting] = createContext<Writing>();
