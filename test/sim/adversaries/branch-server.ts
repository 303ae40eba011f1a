/** Claims a branch, and gives its headers and blocks to whoever asks, and nothing else. */
import type { Block } from '../../../web/core/block.ts';
import type { Chain } from '../../../web/core/chain.ts';
import { headerId } from '../../../web/core/header.ts';
import type { Message } from '../../../web/node/messages.ts';
import type { Script } from './hand-played-node.ts';

/** `chain`: active on the branch; `branch`: its blocks after the fork. */
export function branchServer(chain: Chain, branch: readonly Block[]): Script {
  const bodies = new Map(branch.map((block) => [headerId(block.header), block]));
  return {
    claim: () => ({ tipId: chain.tip.id, height: chain.tip.height, work: chain.tip.work }),
    onMessage(peer, message: Message) {
      if (message.name === 'getHeaders')
        peer.say({ name: 'headers', headers: branch.map(({ header }) => header) });
      if (message.name !== 'getData') return;
      for (const { id } of message.items) {
        const block = bodies.get(id);
        if (block) peer.say({ name: 'block', block });
      }
    },
  };
}
