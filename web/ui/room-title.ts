import { deriveRoom, isGuessable } from '../net/room.ts';
import { roomName } from './names.ts';

/** A typed name is its own title; a random secret gets two words that can be said aloud. */
export function roomTitle(secret: string): string {
  return isGuessable(secret) ? secret : roomName(deriveRoom(secret).roomId);
}
