import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSite } from '../../signaling/site.ts';

const PAGE_DIR = join(import.meta.dirname, '../../dist/page');

/** The page from a host that serves files and nothing else: no signaling server was ever started. */
export interface StaticSite {
  /** Without a slash at its end. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startStaticSite(): Promise<StaticSite> {
  const server = createServer(createSite(PAGE_DIR)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
