import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHub, isSignalRequest, refuseUpgrade, type HubOptions } from './hub.ts';
import { createSite } from './site.ts';

export interface ServerOptions extends HubOptions {
  /** 0 picks any free port. */
  readonly port: number;
  /** Address to listen on; all of the machine's by default. */
  readonly host?: string;
  /** Folder of the built page. May be absent: then the server says how to build it. */
  readonly pageDir: string;
}

export interface RunningServer {
  readonly port: number;
  /** Of the page, as seen from this machine, without a slash at its end. */
  readonly url: string;
  /** Closes every socket with code 1001 and frees the port. May be called again. */
  close(): Promise<void>;
}

/**
 * Serves the page, `/signal` and `/healthz` on one port.
 * @throws Error with the system's code (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`) if it can't listen there.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const hub = createHub(options);
  const site = createSite(options.pageDir);
  const server = createServer((request, response) => {
    if (request.url?.split('?', 1)[0] === '/healthz') sendHealth(response, hub.roomCount, hub.socketCount);
    else site(request, response);
  });
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    if (isSignalRequest(request)) hub.upgrade(request, socket, head);
    else refuseUpgrade(socket, '404 Not Found');
  });
  try {
    await listen(server, options.port, options.host);
  } catch (error) {
    await hub.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    port,
    url: `http://${reachableHost(options.host)}:${port}`,
    close() {
      closed ??= stop();
      return closed;
    },
  };

  async function stop(): Promise<void> {
    const released = new Promise<void>((resolve) => server.close(() => resolve()));
    await hub.close();
    // Browsers keep idle connections open for minutes.
    server.closeAllConnections();
    await released;
  }
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

/** For load balancers and tests. Counts only: nothing that tells who or where. */
function sendHealth(response: ServerResponse, rooms: number, sockets: number): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify({ ok: true, rooms, sockets }));
}

/** The address to put in a URL for this machine: "all addresses" is none. */
function reachableHost(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
