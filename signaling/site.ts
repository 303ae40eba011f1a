import { existsSync, type ReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';

/**
 * What the page may do. Scripts from here only; `wasm-unsafe-eval` for the proof-of-work kernel; WebSockets to
 * any host, because `'self'` does not cover `ws:` in every browser; inline styles for the charts; `data:` and
 * `blob:` images for identicons and QR codes. Peer connections have no directive of their own.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

/** No Cross-Origin-Opener-Policy: on a plain-HTTP LAN browsers ignore it and complain in the console. */
const HEADERS = [
  ['Content-Security-Policy', CONTENT_SECURITY_POLICY],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
] as const;

const NOT_BUILT =
  'The page is not built yet. Run "npm start", which builds it, or "npm run dev" while you change it.\n';

export interface SiteOptions {
  readonly limits?: Pick<Limits, 'maxOpenFiles'>;
  /** A file was not sent because too many are on their way. */
  readonly onRefused?: () => void;
}

/** Serves the built page: `index.html` for every path that is no file, files under `/assets/` to be kept for ever. */
export function createSite(
  pageDir: string,
  { limits = DEFAULT_LIMITS, onRefused }: SiteOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const serve = sirv(pageDir, {
    // Looks at the disk at each request, so that a build under a running server is served, not a vanished file.
    dev: true,
    etag: true, // and with it `Cache-Control: no-cache`
    single: true,
    // A missing asset is a 404, not a page that a browser would try to run.
    ignores: /^\/assets\//,
    setHeaders(response, pathname) {
      // Vite puts a hash of the content in these names.
      if (pathname.startsWith('/assets/')) {
        response.setHeader('Cache-Control', 'public,max-age=31536000,immutable');
      }
    },
  });
  let openFiles = 0;

  /**
   * sirv pipes the file and looks no more: a download that is broken off would keep the file open for ever, and a file
   * that can't be opened (too many are, or a build has just replaced it) would end the process.
   */
  function watch(file: ReadStream, request: IncomingMessage, response: ServerResponse): void {
    openFiles += 1;
    file.once('close', () => (openFiles -= 1));
    // Its head has been sent: only a broken connection tells that the rest is missing.
    file.once('error', () => response.destroy());
    // An answer that waits behind others on its connection does not hear of that one's end, but its request does.
    for (const either of [request, response]) either.once('close', () => file.destroy());
  }

  return (request, response) => {
    for (const [name, value] of HEADERS) response.setHeader(name, value);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      sendText(response, 405, 'This server only answers GET and HEAD.\n');
      return;
    }
    if (openFiles >= limits.maxOpenFiles) {
      onRefused?.();
      sendText(response, 503, 'Too many files are being sent just now. Reload in a minute.\n');
      return;
    }
    response.once('pipe', (file: ReadStream) => watch(file, request, response));
    // Nothing here is worth resuming, and sirv throws on a range that ends before it starts.
    delete request.headers.range;
    serve(request, response, () => {
      if (existsSync(join(pageDir, 'index.html'))) sendText(response, 404, 'There is nothing here.\n');
      else sendText(response, 503, NOT_BUILT);
    });
  };
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(text);
}
