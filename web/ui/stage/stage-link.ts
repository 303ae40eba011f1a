import { roomFragment } from '../../net/room.ts';

interface PageAddress {
  readonly pathname: string;
  readonly search: string;
}

/** The room as a projector shows it. */
export function stageLink(page: PageAddress, secret: string): string {
  return linkWith(page, secret, (query) => query.set('view', 'stage'));
}

/** The same room as everybody else sees it. */
export function offStageLink(page: PageAddress, secret: string): string {
  return linkWith(page, secret, (query) => query.delete('view'));
}

/** The rest of the query stays: it says whose chain this is. */
function linkWith(
  { pathname, search }: PageAddress,
  secret: string,
  change: (query: URLSearchParams) => void,
) {
  const query = new URLSearchParams(search);
  change(query);
  const text = query.toString();
  return `${pathname}${text === '' ? '' : `?${text}`}${roomFragment(secret)}`;
}
