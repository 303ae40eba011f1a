/**
 * Keeps the page in the browser, so that it opens without its server: an offline tab is a node too. Only the files of
 * the build are kept and answered; everything else (the health check, whatever a server adds) goes its own way, and
 * WebSockets never come through here.
 *
 * A new version is fetched in the background and then waits. It takes over once no page is open any more, or when the
 * user says so; the pages that are open then go on, so the old version's files stay until the last of them is gone.
 * Workbox drops them at once, hence this.
 */
import { PAGE_LOCK, SWITCH_NOW } from './agreed.ts';

interface KeptFile {
  readonly url: string;
  /** A hash of the content; null where the name has one in it. */
  readonly revision: string | null;
}

/** The build puts the list of its files here. */
declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly KeptFile[] };

const files = self.__WB_MANIFEST;
const PAGE_FILE = 'index.html';

/** Of the folder that the page is in, with a slash at its end. */
const folder = new URL('./', self.location.href).pathname;
const paths = new Set(files.map(({ url }) => folder + url));
const assets = `${folder}assets/`;

const PREFIX = 'tabchain-page-';
// The page names its scripts, and those theirs, by their contents: its own hash stands for all of them.
const ownCache = PREFIX + (files.find(({ url }) => url === PAGE_FILE)?.revision ?? 'none');

self.addEventListener('install', (event) => event.waitUntil(keepAll()));

self.addEventListener('activate', (event) => {
  // The page that brought this worker was loaded without one. From now on its later parts come from here.
  event.waitUntil(Promise.all([self.clients.claim(), dropUnused()]));
});

self.addEventListener('message', (event) => {
  if (event.data === SWITCH_NOW) event.waitUntil(self.skipWaiting());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  // Whatever stands behind a question mark is for the page to read.
  if (pathname === folder || pathname === folder + PAGE_FILE) {
    event.respondWith(kept(folder, request));
    event.waitUntil(dropUnused());
  } else if (paths.has(pathname) || pathname.startsWith(assets)) {
    event.respondWith(kept(pathname, request));
  }
});

/** All or nothing. @throws Error if a file can't be had or is of another build: the browser tries again later. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(ownCache);
  await Promise.all(files.map((file) => keep(cache, file)));
}

async function keep(cache: Cache, { url, revision }: KeptFile): Promise<void> {
  // By its folder: hosts redirect from the page's file name to that, and a redirect is no answer to a navigation.
  const path = folder + (url === PAGE_FILE ? '' : url);
  const isNamedByContent = revision === null;
  const known = isNamedByContent ? await caches.match(path) : undefined;
  const response = known ?? (await fetch(path, { cache: isNamedByContent ? 'default' : 'no-cache' }));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  if (url === PAGE_FILE) await checkBuild(response.clone());
  await cache.put(path, response);
}

/** A server that is being updated may give this build's worker and the next one's page. */
async function checkBuild(page: Response): Promise<void> {
  const quoted = (await page.text()).split('"');
  const foreign = quoted.find((text) => text.startsWith(assets) && !paths.has(text));
  if (foreign !== undefined) throw new Error(`the page is of another build: it names ${foreign}`);
}

async function kept(path: string, request: Request): Promise<Response> {
  return (await found(path)) ?? fetch(request);
}

/** Undefined if it is not there, or the browser can't read what it has kept: the server may be there. */
async function found(path: string): Promise<Response | undefined> {
  try {
    const own = await (await caches.open(ownCache)).match(path);
    // Else of an older version, for a page that was open before this one took over.
    return own ?? (await caches.match(path));
  } catch {
    return undefined;
  }
}

/** Older versions, unless an open page began with one of them. */
async function dropUnused(): Promise<void> {
  // What waits has a cache already, and no page yet.
  if (self.registration.installing !== null || self.registration.waiting !== null) return;
  const { held = [] } = await navigator.locks.query();
  const begunWith = held
    .map(({ name = '' }) => name)
    .filter((name) => name.startsWith(PAGE_LOCK))
    .map((name) => name.slice(PAGE_LOCK.length));
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === ownCache) continue;
    const cache = await caches.open(name);
    const found = await Promise.all(begunWith.map((path) => cache.match(path)));
    if (found.every((response) => response === undefined)) await caches.delete(name);
  }
}
