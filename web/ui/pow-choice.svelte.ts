import { createContext } from 'svelte';
import type { PowMode } from '../node/snapshot.ts';
import type { EngineClient } from './engine-client.ts';
import type { PowHold } from './pow-default.ts';

/** Who decided how this tab mines: the page for a weak device, until the user does. */
export class PowChoice {
  hold = $state<PowHold>();
  #chosen = false;
  readonly #client: EngineClient;

  constructor(client: EngineClient, hold: PowHold | undefined) {
    this.#client = client;
    this.hold = hold;
  }

  /** `workers`: undefined: as many as before. */
  choose(mode: PowMode, workers: number | undefined): void {
    this.#chosen = true;
    this.hold = undefined;
    this.#client.setPow(mode, workers);
  }

  /** Switches mining off for a reason that was found late; a choice of the user's stands. */
  holdBack(hold: PowHold): void {
    if (this.#chosen || this.hold !== undefined) return;
    this.hold = hold;
    this.#client.setPow('off', undefined);
  }
}

export const [getPowChoice, setPowChoice] = createContext<PowChoice>();
