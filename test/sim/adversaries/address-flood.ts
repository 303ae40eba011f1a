/** Answers every question for peers with as many addresses as go into a message, none of which exists. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { SESSION_BYTES, type ToldAddress } from '../../../web/node/address.ts';
import { MAX_ADDRESSES } from '../../../web/node/messages.ts';
import type { Simulation } from '../simulation.ts';
import type { Script } from './hand-played-node.ts';

export interface AddressFlood extends Script {
  /** All that it has invented. */
  readonly invented: ReadonlySet<string>;
}

export function addressFlood({ random }: Simulation): AddressFlood {
  const invented = new Set<string>();
  const invent = (): ToldAddress => {
    const key = bytesToHex(random.bytes(32));
    invented.add(key);
    return { key, session: bytesToHex(random.bytes(SESSION_BYTES)), distance: random.next() < 0.5 ? 1 : 2 };
  };
  return {
    invented,
    onMessage(peer, message) {
      if (message.name === 'getPeers')
        peer.say({ name: 'peers', addresses: Array.from({ length: MAX_ADDRESSES }, invent) });
    },
  };
}
