import { createContext } from 'svelte';
import type { TxId } from '../../core/hash.ts';
import type { Draft } from '../../node/draft.ts';
import type { EngineClient } from '../engine-client.ts';
import { withComposed, withPending, withSealed, type OwnMessage } from './own-message.ts';

/** The messages that this tab wrote, newest first, kept up to date by what the engine says of them. */
export class OwnMessages {
  list = $state.raw<readonly OwnMessage[]>([]);

  /** Returns what ends the listening. */
  follow(client: EngineClient): () => void {
    const stops = [
      client.subscribe('mempool', () => {
        this.list = withPending(this.list, client.slice('mempool')?.pending ?? []);
      }),
      client.onEvent((event) => {
        if (event.kind === 'sealed') this.list = withSealed(this.list, event);
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  composed(txId: TxId, draft: Draft): void {
    this.list = withComposed(this.list, txId, draft);
  }
}

export const [getOwnMessages, setOwnMessages] = createContext<OwnMessages>();
