import { join } from 'node:path';
import type { IceServer } from '../../signaling/protocol.ts';
import { startServer, type RunningServer } from '../../signaling/server.ts';

const PAGE_DIR = join(import.meta.dirname, '../../dist/page');

/** The real server with the built page, on a free port of this machine that it keeps over a restart. */
export interface TestServer {
  readonly port: number;
  /** Of the page, without a slash at its end. */
  readonly url: string;
  /** As if the process was ended. Does nothing if it is stopped. */
  stop(): Promise<void>;
  restart(): Promise<void>;
}

/** `iceServers`: what it names to who joins. */
export async function startTestServer(iceServers: readonly IceServer[] = []): Promise<TestServer> {
  const start = (port: number): Promise<RunningServer> =>
    startServer({ port, pageDir: PAGE_DIR, iceServers });
  let server = await start(0);
  const { port, url } = server;
  return {
    port,
    url,
    stop: () => server.close(),
    async restart() {
      await server.close();
      server = await start(port);
    },
  };
}
