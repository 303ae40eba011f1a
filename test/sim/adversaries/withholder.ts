/** Announces every transaction that it hears of to everybody, at once, and answers no request for one. */
import type { Message } from '../../../web/node/messages.ts';
import type { PlayedPeer, Script } from './hand-played-node.ts';

export function withholder(): Script {
  const peers = new Set<PlayedPeer>();
  const told = new Set<string>();
  return {
    onReady: (peer) => void peers.add(peer),
    onMessage(_from, message: Message) {
      if (message.name !== 'inv') return;
      const items = message.items.filter(({ kind, id }) => kind === 'tx' && !told.has(id));
      for (const { id } of items) told.add(id);
      if (items.length > 0) for (const peer of peers) peer.say({ name: 'inv', items });
    },
  };
}
