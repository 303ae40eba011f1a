#!/usr/bin/env node
/** `npm start`: reads the options, serves until told to stop, and says in one sentence why it can't. */
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { keepCertificate, readCertificate } from './certificate.ts';
import { greeting } from './greeting.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, watchProcess } from './metrics.ts';
import { DEFAULT_PORT, describeOptions, readOptions, type Options } from './options.ts';
import { lanAddresses } from './room-links.ts';
import { startServer, type RunningServer, type ServerOptions } from './server.ts';

/** Exit codes: 1 the server can't run here, 2 it was told something that it doesn't understand. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(describeOptions());
} else {
  const result = readOptions(args, process.env);
  if (result.ok) {
    await serve(result.options);
  } else {
    console.error(result.problem);
    process.exitCode = EXIT_USAGE;
  }
}

async function serve(options: Options): Promise<void> {
  const log = createLog(options.logLevel);
  const metrics = createMetrics();
  watchProcess(metrics);
  const lan = lanAddresses(options.host);
  let server: RunningServer;
  try {
    const tls = await certificate(options, lan);
    const openCluster = await clusterOpener(options, log);
    server = await startServer({
      ...options,
      limits: limitsOf(options),
      pageDir: pageDir(),
      openCluster,
      log,
      metrics,
      ...(tls && { tls }),
    });
  } catch (error) {
    console.error(whyNot(error, options));
    process.exitCode = EXIT_FAILED;
    return;
  }
  const scheme = new URL(server.url).protocol;
  const lanUrls = lan.map((address) => `${scheme}//${address}:${server.port}`);
  // A server on one LAN address has no other: it is listed once.
  const local = lanUrls.includes(server.url) ? [] : [server.url];
  const text = greeting({
    pageUrls: { local, lan: lanUrls },
    isSelfSigned: options.https && options.cert === undefined,
    hasColours: process.stdout.isTTY && process.stdout.hasColors(),
  });
  console.log(`\n${text}\n\nCtrl+C stops the server.\n`);

  // Once each: a second Ctrl+C ends the process the usual, rude way.
  process.once('SIGINT', () => void stop(0));
  process.once('SIGTERM', () => void stop(options.drainS));

  async function stop(drainS: number): Promise<void> {
    console.log('Stopping. Linked tabs stay linked.');
    server.startDraining();
    await pause(drainS * 1000);
    await server.close();
    process.exit(0);
  }
}

function limitsOf({ maxSockets, maxSocketsPerAddress, joinsPerMinute, maxRooms }: Options): Partial<Limits> {
  return { maxSockets, maxSocketsPerAddress, joinsPerMinute, maxRooms };
}

/** Redis and its client are loaded only where they are used. */
async function clusterOpener({ redisUrl }: Options, log: Log): Promise<ServerOptions['openCluster']> {
  if (redisUrl === undefined) return undefined;
  const { createRedisCluster } = await import('./redis-cluster.ts');
  const { maxRoomMembers } = DEFAULT_LIMITS;
  return (host) => createRedisCluster({ url: redisUrl, maxRoomMembers, log }, host);
}

/** Where the build puts the page: beside the bundle of this file, or seen from its source. */
function pageDir(): string {
  const places = ['../page', '../dist/page'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return places.find((path) => existsSync(path)) ?? 'dist/page';
}

async function certificate({ https, cert, key, stateDir }: Options, lan: readonly string[]) {
  if (cert !== undefined && key !== undefined) return readCertificate(cert, key);
  return https ? keepCertificate(stateDir, lan, Date.now()) : undefined;
}

function whyNot(error: unknown, { port, host }: Options): string {
  const { code, path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const other = (free: number) => `choose another port: PORT=${free} npm start`;
  const next = port < 65_535 ? port + 1 : DEFAULT_PORT;
  if (path !== undefined)
    return `The file or folder ${path} can't be used (${code}): check that it is there and yours.`;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken, perhaps by another tabchain. Stop what uses it, or ${other(next)}`;
    case 'EACCES':
      return `This user may not listen on port ${port}. Ports above 1023 are free for all: ${other(DEFAULT_PORT)}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address "${host}". Leave HOST out to listen on all of its addresses.`;
    default:
      if (code?.startsWith('ERR_OSSL') === true) {
        return `Certificate and key can't be used (${code}): --cert and --key must be PEM files that belong together.`;
      }
      return `The server can't listen on port ${port}: ${String(error)}. Perhaps ${other(DEFAULT_PORT)}`;
  }
}
