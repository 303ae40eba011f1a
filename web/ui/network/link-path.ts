import { createContext } from 'svelte';
import type { LinkPath } from '../../net/link-path.ts';

/** Asks the browser which way a link's packets go; undefined if the link is gone or the browser doesn't say. */
export type AskLinkPath = (linkId: string) => Promise<LinkPath | undefined>;

export const [getAskLinkPath, setAskLinkPath] = createContext<AskLinkPath>();
