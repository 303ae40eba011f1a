import type { ChainSnapshot, PeerView } from '../../node/snapshot.ts';
import type { Tone } from '../chips.ts';
import { texts } from '../texts.ts';

export interface PeerTip {
  readonly state: 'same' | 'behind' | 'ahead' | 'other' | 'unknown';
  readonly tone: Tone;
  readonly word: string;
}

/** How what a peer last said of its chain compares with ours. */
export function peerTip(peer: PeerView, chain: ChainSnapshot | undefined): PeerTip {
  const { network } = texts;
  if (chain === undefined || peer.height === undefined || peer.tipId === undefined) {
    return { state: 'unknown', tone: 'idle', word: network.unknown };
  }
  if (peer.tipId === chain.tipId) return { state: 'same', tone: 'good', word: network.sameTip };
  const ahead = peer.height - chain.height;
  if (ahead > 0) return { state: 'ahead', tone: 'busy', word: network.ahead(ahead) };
  if (ahead < 0) return { state: 'behind', tone: 'busy', word: network.behind(-ahead) };
  return { state: 'other', tone: 'bad', word: network.otherTip };
}
