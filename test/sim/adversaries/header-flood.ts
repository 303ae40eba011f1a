/**
 * Claims all the work in the world, and has nothing but headers of the easiest
 * target: one after the other, for as long as it is asked, up to a number.
 */
import { type BlockId } from '../../../web/core/hash.ts';
import { headerHash, headerId, VERSION_BASE, type Header } from '../../../web/core/header.ts';
import { MAX_HEADERS, type Message } from '../../../web/node/messages.ts';
import type { Simulation } from '../simulation.ts';
import { solveHeader } from './forged-chain.ts';
import type { Script } from './hand-played-node.ts';

const CLAIMED_WORK = 1n << 200n;

export interface HeaderFlood extends Script {
  /** Headers sent so far. */
  readonly sent: number;
}

/** The headers are spaced as the rule wants, so that the target stays where it is. */
export function headerFlood({ params, genesis }: Simulation, maxHeaders: number): HeaderFlood {
  let sent = 0;
  let end: Header = genesis.header;
  let endId: BlockId = headerId(end);
  const next = (): Header => {
    const header = solveHeader({
      version: VERSION_BASE,
      prevHash: headerHash(end),
      merkleRoot: new Uint8Array(32).fill(0xcc),
      time: end.time + params.spacingSeconds,
      bits: params.powLimitBits,
      nonce: 0,
    });
    end = header;
    endId = headerId(header);
    return header;
  };
  return {
    get sent() {
      return sent;
    },
    claim: () => ({ tipId: 'cc'.repeat(32), height: maxHeaders, work: CLAIMED_WORK }),
    onMessage(peer, message: Message) {
      if (message.name !== 'getHeaders') return;
      // Only the end of what it has sent is remembered: whoever asks for anything else gets the first ones again.
      if (message.locator[0] !== endId) end = genesis.header;
      const count = Math.min(MAX_HEADERS, maxHeaders - sent);
      sent += count;
      peer.say({ name: 'headers', headers: Array.from({ length: count }, next) });
    },
  };
}
