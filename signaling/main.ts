/** `npm start`: reads the environment, serves until told to stop, and says in one sentence why it can't. */
import { describeLinks, lanAddresses } from './room-links.ts';
import { DEFAULT_PORT, readOptions, type Options } from './options.ts';
import { startServer, type RunningServer } from './server.ts';

/** Where the build puts the page, from the repository's root, in which npm runs its scripts. */
const PAGE_DIR = 'dist/page';

/** Exit codes: 1 the server can't run here, 2 it was told something that it doesn't understand. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const result = readOptions(process.env);
if (result.ok) {
  await serve(result.options);
} else {
  console.error(result.problem);
  process.exitCode = EXIT_USAGE;
}

async function serve(options: Options): Promise<void> {
  let server: RunningServer;
  try {
    server = await startServer({ ...options, pageDir: PAGE_DIR });
  } catch (error) {
    console.error(whyNot(error, options));
    process.exitCode = EXIT_FAILED;
    return;
  }
  const lan = lanAddresses(options.host).map((address) => `http://${address}:${server.port}`);
  // A server on one LAN address has no other: it is listed once.
  const local = lan.includes(server.url) ? [] : [server.url];
  console.log(`\n${describeLinks({ local, lan })} Ctrl+C stops the server.\n`);

  // Once each: a second Ctrl+C ends the process the usual, rude way.
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);

  function stop(): void {
    console.log('Stopping. Linked tabs stay linked.');
    void server.close().then(() => process.exit(0));
  }
}

function whyNot(error: unknown, { port, host }: Options): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const other = (next: number) => `choose another port: PORT=${next} npm start`;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken, perhaps by another tabchain. Stop what uses it, or ${other(port + 1)}`;
    case 'EACCES':
      return `This user may not listen on port ${port}. Ports above 1023 are free for all: ${other(DEFAULT_PORT)}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address "${host}". Leave HOST out to listen on all of its addresses.`;
    default:
      return `The server can't listen on port ${port}: ${String(error)}. Perhaps ${other(DEFAULT_PORT)}`;
  }
}
