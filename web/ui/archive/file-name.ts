import { isGuessable } from '../../net/room.ts';
import { roomTitle } from '../room-title.ts';
import { FILE_ENDING } from './file-target.ts';

/** Of the genesis block's id, from its end: enough to tell a person's rooms apart. */
const ID_CHARS = 8;

/**
 * "tabchain-amber-harbour-1204.tabchain". A room's typed name opens the room, and a file gets around: such a room goes
 * by its genesis block.
 */
export function archiveFileName(secret: string, genesisId: string, height: number): string {
  const room = isGuessable(secret)
    ? genesisId.slice(-ID_CHARS)
    : roomTitle(secret).toLowerCase().replaceAll(' ', '-');
  return `tabchain-${room}-${height}${FILE_ENDING}`;
}
