/** A real TURN and STUN server (coturn) on this machine's loopback, on a free port. */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { installByApt, namedProgram, onPath } from '../../scripts/programs.ts';

export const NO_COTURN =
  'There is no coturn: install it (Debian: apt-get install coturn), or set TABCHAIN_TURNSERVER to the path of turnserver.';

export interface Coturn {
  readonly port: number;
  /** User name and password that hold for so many seconds from now on; below zero they have expired. */
  credentials(seconds: number): { readonly username: string; readonly credential: string };
  stop(): Promise<void>;
}

/** Where the program is, installed if need be; undefined if that is not possible here. */
export function findCoturn(): string | undefined {
  const find = (): string | undefined => namedProgram('TABCHAIN_TURNSERVER') ?? onPath(['turnserver']);
  const found = find();
  if (found === undefined) installByApt('coturn');
  return found ?? find();
}

export async function startCoturn(program: string): Promise<Coturn> {
  const secret = 'of this test alone';
  const port = await freePort();
  const child = spawn(
    program,
    [
      // No configuration file: the system's own may say something else.
      '-n',
      '--listening-ip=127.0.0.1',
      `--listening-port=${port}`,
      '--relay-ip=127.0.0.1',
      '--realm=tabchain',
      '--use-auth-secret',
      `--static-auth-secret=${secret}`,
      '--fingerprint',
      '--allow-loopback-peers',
      '--no-cli',
      '--no-tls',
      '--no-dtls',
      '--log-file=stdout',
      '--pidfile=',
    ],
    { stdio: 'ignore' },
  );
  const gone = once(child, 'exit');
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`coturn ended with exit code ${child.exitCode}`);
  }
  return {
    port,
    credentials(seconds) {
      const username = `${Math.floor(Date.now() / 1000) + seconds}:test`;
      return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
    },
    async stop() {
      child.kill();
      await gone;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => setTimeout(() => resolve(false), 50));
  });
}
