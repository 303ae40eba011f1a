/** A real TURN and STUN server (coturn) on this machine's loopback, on a free port. */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { COTURN, findService } from '../../scripts/services.ts';
import { answers, freePort } from '../loopback-port.ts';

export const TURN_SECRET = 'north-wind';
/** Between two looks whether it listens yet. */
const POLL_MS = 50;

export interface TurnServer {
  readonly port: number;
  /** For the signaling server's option of this name. */
  readonly turnUrls: readonly string[];
  /** User name and password that hold for so many seconds from now on; below zero they have expired. */
  credentials(seconds: number): { readonly username: string; readonly credential: string };
  /** All that it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Why a test of TURN is skipped here; undefined where it can run. */
export const NO_TURN =
  findService(COTURN) === undefined
    ? 'There is no coturn: install it (Debian: apt-get install coturn), or set TABCHAIN_TURNSERVER to the path of turnserver.'
    : undefined;

export async function startTurnServer(): Promise<TurnServer> {
  const port = await freePort();
  const child = spawn(findService(COTURN) ?? COTURN.command, [
    // No configuration file: the system's own may say something else.
    '-n',
    '--listening-ip=127.0.0.1',
    `--listening-port=${port}`,
    '--relay-ip=127.0.0.1',
    '--realm=tabchain',
    '--use-auth-secret',
    `--static-auth-secret=${TURN_SECRET}`,
    '--fingerprint',
    '--allow-loopback-peers',
    '--no-cli',
    '--no-tls',
    '--no-dtls',
    '--verbose',
    '--log-file=stdout',
    '--pidfile=',
  ]);
  const gone = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`coturn ended with exit code ${child.exitCode}: ${output}`);
    await pause(POLL_MS);
  }
  return {
    port,
    turnUrls: [`turn:127.0.0.1:${port}?transport=udp`, `turn:127.0.0.1:${port}?transport=tcp`],
    credentials(seconds) {
      const username = `${Math.floor(Date.now() / 1000) + seconds}:test`;
      return { username, credential: createHmac('sha1', TURN_SECRET).update(username).digest('base64') };
    },
    log: () => output,
    async stop() {
      child.kill();
      await gone;
    },
  };
}
