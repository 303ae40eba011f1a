import {
  createServer as createHttpServer,
  ServerResponse,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isSignalRequest, refuseHandshake } from './handshake.ts';
import { createHub, type HubOptions } from './hub.ts';
import { createIceGrants, type IceServerOptions } from './ice-servers.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createSite } from './site.ts';
import { answerStatus } from './status-pages.ts';
import { boundTcp } from './tcp-connections.ts';

/** How often Node.js looks for connections whose request does not come, in ms. */
const REQUEST_CHECK_MS = 1_000;

export interface ServerOptions
  extends Partial<Omit<HubOptions, 'limits' | 'ice'>>, Partial<IceServerOptions> {
  /** 0 picks any free port. */
  readonly port: number;
  /** Address to listen on; all of the machine's by default. */
  readonly host?: string | undefined;
  /** Folder of the built page. May be absent: then the server says how to build it. */
  readonly pageDir: string;
  /** Those not given are DEFAULT_LIMITS'. */
  readonly limits?: Partial<Limits>;
  /** PEM texts: serves HTTPS and nothing else. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface RunningServer {
  readonly port: number;
  /** Of the page, as seen from this machine, without a slash at its end. */
  readonly url: string;
  /** `/readyz` says no from now on; all else goes on. */
  startDraining(): void;
  /** Closes every socket with code 1001 and frees the port. May be called again. */
  close(): Promise<void>;
}

/**
 * Serves the page, `/signal` and the status pages on one port.
 * @throws Error with the system's code (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`) if it can't listen there, or with
 * OpenSSL's if certificate and key don't fit.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = options.metrics ?? createMetrics();
  const log = options.log ?? createLog('silent');
  const site = createSite(options.pageDir, {
    limits,
    onRefused: () => metrics.refused('too-many-files'),
  });
  let isReady = false;
  const server = createServer(answer);
  const tcp = boundTcp(server, {
    limits,
    isBehindProxy: (options.trustedProxies ?? 0) > 0,
    onRefused: () => metrics.refused('address-connections'),
  });
  const hub = createHub({
    ice: createIceGrants({ ...options, iceServers: options.iceServers ?? [] }),
    origins: undefined,
    trustedProxies: 0,
    ...options,
    limits,
    metrics,
    log,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      answer(request, responseWithoutUpgrade(request, socket, limits.stallMs));
    } else if (isSignalRequest(request)) {
      hub.upgrade(request, socket, head);
    } else {
      metrics.refused('unknown-path');
      refuseHandshake(socket, 'unknown-path');
    }
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Whoever went away by itself was not refused.
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const hasNoTls = error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT';
    const reason = hasNoTls || error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'half-open' : 'bad-request';
    metrics.refused(reason);
    // What is written before the handshake waits for its end.
    if (hasNoTls) socket.destroy();
    else refuseHandshake(socket, reason);
  });
  try {
    await listen(server, options.port, options.host);
  } catch (error) {
    await hub.close();
    throw error;
  }
  isReady = true;
  const { port } = server.address() as AddressInfo;
  log.lines.info({ port, tls: options.tls !== undefined }, 'listening');
  let closed: Promise<void> | undefined;
  return {
    port,
    url: `${options.tls ? 'https' : 'http'}://${reachableHost(options.host)}:${port}`,
    startDraining() {
      isReady = false;
    },
    close() {
      closed ??= stop();
      return closed;
    },
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { roomCount, socketCount } = hub;
    const source = { registry: metrics.registry, roomCount, socketCount, isReady };
    if (!answerStatus(request, response, source)) site(request, response);
  }

  function createServer(listener: RequestListener) {
    const settings = {
      // Who connects and sends nothing, or half a request: each costs a file handle.
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(REQUEST_CHECK_MS, limits.headersTimeoutMs),
    };
    const created = options.tls
      ? createHttpsServer(
          { ...settings, ...options.tls, handshakeTimeout: limits.headersTimeoutMs },
          listener,
        )
      : createHttpServer(settings, listener);
    // Sockets that become WebSockets are freed of it by ws.
    created.setTimeout(limits.stallMs);
    return created;
  }

  async function stop(): Promise<void> {
    isReady = false;
    log.lines.info({ sockets: hub.socketCount }, 'stopping');
    const released = new Promise<void>((resolve) => server.close(() => resolve()));
    await hub.close();
    // Browsers keep idle connections open for minutes.
    tcp.destroyAll();
    await released;
    log.lines.info('stopped');
  }
}

/**
 * For a request that would go on in another protocol than WebSocket, and is answered in the one that it came in (RFC 9110
 * section 7.8): `curl --http2` and Java's client offer HTTP/2 that way. Node.js has let go of its socket by then.
 */
function responseWithoutUpgrade(request: IncomingMessage, socket: Socket, stallMs: number): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  socket.on('error', () => socket.destroy());
  socket.setTimeout(stallMs, () => socket.destroy());
  socket.on('drain', () => response.emit('drain'));
  response.once('finish', () => socket.end(() => socket.destroy()));
  return response;
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The address to put in a URL for this machine: "all addresses" is none. */
function reachableHost(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
