/**
 * Claims all the work in the world, and has nothing but headers of the easiest
 * target: one after the other, for as long as it is asked, up to a number.
 */
import { hashToId, sha256d, type BlockId } from '../../../web/core/hash.ts';
import { headerCodec, headerHash, headerId, VERSION_BASE, type Header } from '../../../web/core/header.ts';
import { hashMeetsTarget, targetFromBits } from '../../../web/core/target.ts';
import { MAX_HEADERS, type Message } from '../../../web/node/messages.ts';
import type { Simulation } from '../simulation.ts';
import type { Script } from './hand-played-node.ts';

const CLAIMED_WORK = 1n << 200n;

/** Where a header's fields are (Bitcoin developer reference, "Block Headers"). */
const PREV_HASH_AT = 4;
const TIME_AT = 68;
const NONCE_AT = 76;

interface End {
  readonly id: BlockId;
  readonly hash: Uint8Array;
  readonly time: number;
}

export interface HeaderFlood extends Script {
  /** Headers sent so far. */
  readonly sent: number;
}

/** The headers are spaced as the rule wants, so that the target stays where it is. */
export function headerFlood({ params, genesis }: Simulation, maxHeaders: number): HeaderFlood {
  const target = targetFromBits(params.powLimitBits) as bigint;
  const first: End = {
    id: headerId(genesis.header),
    hash: headerHash(genesis.header),
    time: genesis.header.time,
  };
  let sent = 0;
  let end = first;
  // By hand, since a million are made: the codec and the midstate would cost more than the hashes.
  const bytes = headerCodec.encode({ ...genesis.header, version: VERSION_BASE });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const next = (): Header => {
    const time = end.time + params.spacingSeconds;
    bytes.set(end.hash, PREV_HASH_AT);
    view.setUint32(TIME_AT, time, true);
    for (let nonce = 0; ; nonce++) {
      view.setUint32(NONCE_AT, nonce, true);
      const hash = sha256d(bytes);
      if (!hashMeetsTarget(hash, target)) continue;
      const header = { ...genesis.header, version: VERSION_BASE, prevHash: end.hash, time, nonce };
      end = { id: hashToId(hash), hash, time };
      return header;
    }
  };
  return {
    get sent() {
      return sent;
    },
    claim: () => ({ tipId: 'cc'.repeat(32), height: maxHeaders, work: CLAIMED_WORK }),
    onMessage(peer, message: Message) {
      if (message.name !== 'getHeaders') return;
      // Only the end of what it has sent is remembered: whoever asks for anything else gets the first ones again.
      if (message.locator[0] !== end.id) end = first;
      const count = Math.min(MAX_HEADERS, maxHeaders - sent);
      sent += count;
      peer.say({ name: 'headers', headers: Array.from({ length: count }, next) });
    },
  };
}
