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

/**
 * The rest of the query stays: it says whose chain this is. From this page's folder on: what begins with a fragment, or
 * with nothing but a slash before it, is taken for a jump within the page, and checked as such.
 */
function linkWith(
  { pathname, search }: PageAddress,
  secret: string,
  change: (query: URLSearchParams) => void,
) {
  const query = new URLSearchParams(search);
  change(query);
  const text = query.toString();
  const page = pathname.slice(pathname.lastIndexOf('/') + 1);
  return `./${page}${text === '' ? '' : `?${text}`}${roomFragment(secret)}`;
}
