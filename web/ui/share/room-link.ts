import type { Network } from '../../core/params.ts';
import { roomFragment } from '../../net/room.ts';

/** The link to give to others. Of the query only the network matters: it decides whose chain this is. */
export function roomLink(
  page: { origin: string; pathname: string },
  secret: string,
  network: Network,
): string {
  const query = network === 'room' ? '' : `?network=${network}`;
  return `${page.origin}${page.pathname}${query}${roomFragment(secret)}`;
}
