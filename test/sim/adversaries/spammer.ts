/** Announces a heap of transactions to every peer, and gives those that it is asked for. */
import { MAX_INVENTORY, type Message } from '../../../web/node/messages.ts';
import { transactionId, type Transaction } from '../../../web/core/transaction.ts';
import type { PlayedPeer, Script } from './hand-played-node.ts';

export interface Spammer extends Script {
  /** Announces up to so many more to every peer. */
  announce(count: number): void;
}

export function spammer(transactions: readonly Transaction[]): Spammer {
  const byId = new Map(transactions.map((tx) => [transactionId(tx), tx]));
  const ids = [...byId.keys()];
  const told = new Map<PlayedPeer, number>();
  return {
    onReady: (peer) => void told.set(peer, 0),
    onMessage(peer, message: Message) {
      if (message.name !== 'getData') return;
      for (const { id } of message.items) {
        const tx = byId.get(id);
        if (tx) peer.say({ name: 'tx', tx });
      }
    },
    announce(count) {
      for (const [peer, from] of told) {
        const to = Math.min(from + count, ids.length);
        told.set(peer, to);
        for (let at = from; at < to; at += MAX_INVENTORY) {
          const items = ids
            .slice(at, Math.min(at + MAX_INVENTORY, to))
            .map((id) => ({ kind: 'tx', id }) as const);
          peer.say({ name: 'inv', items });
        }
      }
    },
  };
}
