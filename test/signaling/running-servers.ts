import { afterEach } from 'vitest';
import { startServer, type RunningServer, type ServerOptions } from '../../signaling/server.ts';

const servers: RunningServer[] = [];

/** A real server on a free port of this machine, without a page. It is closed when the test ends. */
export async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({ port: 0, host: '127.0.0.1', pageDir: 'no-such-folder', ...options });
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Everything that `/metrics` says, by series: `tabchain_refusals_total{reason="origin"}`. */
export async function readMetrics({ url }: { readonly url: string }): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** How often the server refused for this reason. */
export async function refusals(
  server: { readonly url: string },
  reason: string,
): Promise<number | undefined> {
  return (await readMetrics(server)).get(`tabchain_refusals_total{reason="${reason}"}`);
}
