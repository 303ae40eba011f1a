import type { ChainSnapshot, PeerView } from '../../node/snapshot.ts';
import type { Tone } from '../chips.ts';
import { m } from '../paraglide/messages.js';

export interface PeerTip {
  readonly state: 'same' | 'behind' | 'ahead' | 'other' | 'unknown';
  readonly tone: Tone;
  readonly word: string;
}

/** How what a peer last said of its chain compares with ours. */
export function peerTip(peer: PeerView, chain: ChainSnapshot | undefined): PeerTip {
  if (chain === undefined || peer.height === undefined || peer.tipId === undefined) {
    return { state: 'unknown', tone: 'idle', word: m.network_unknown() };
  }
  if (peer.tipId === chain.tipId) return { state: 'same', tone: 'good', word: m.network_same_tip() };
  const ahead = peer.height - chain.height;
  if (ahead > 0) return { state: 'ahead', tone: 'busy', word: m.network_ahead({ n: ahead }) };
  if (ahead < 0) return { state: 'behind', tone: 'busy', word: m.network_behind({ n: -ahead }) };
  return { state: 'other', tone: 'bad', word: m.network_other_tip() };
}
