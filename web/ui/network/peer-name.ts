import type { PeerView } from '../../node/snapshot.ts';
import { shortId } from '../format/short-id.ts';
import { accountName } from '../names.ts';

/** Before a peer has said who it is, its link stands for it. */
export function peerName(peer: PeerView): string {
  return peer.key === undefined ? shortId(peer.linkId, 4) : accountName(peer.key);
}
