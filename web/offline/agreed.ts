/** What the page and its service worker have to call by the same name. */

/** The page's word to a waiting worker: the user wants the new version. */
export const SWITCH_NOW = 'switch-now';

/** While a page is open it holds a lock of this name and the path of the script that it began with. */
export const PAGE_LOCK = 'tabchain-page:';
