/** Native code to compare with: minerd of pooler's cpuminer (https://github.com/pooler/cpuminer). */
import { spawn } from 'node:child_process';

/** It tells its first rate after 2^21 hashes: half a second. This is for one that tells none. */
const TIMEOUT_MS = 20_000;

/** A build of it, and where it comes from. */
export interface Minerd {
  readonly command: string;
  readonly name: string;
  readonly build: string;
}

const CONFIGURE = "./autogen.sh && ./configure CFLAGS='-O3'";

/** It takes the widest vectors that it was built with and the processor has. */
export const MINERDS: readonly Minerd[] = [
  {
    command: 'minerd',
    name: 'native, 8-way (AVX2)',
    build: `${CONFIGURE} && make`,
  },
  {
    command: 'minerd-4way',
    name: 'native, 4-way',
    build: `${CONFIGURE}, then undefine USE_AVX2 in cpuminer-config.h, make, and rename minerd to minerd-4way`,
  },
];

/** Hashes a second of one thread, over its first 2^21 hashes; undefined if it is not on the PATH. */
export function rateOfMinerd({ command }: Minerd): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const args = ['--benchmark', '--algo=sha256d', '--threads=1'];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const watchdog = setTimeout(() => child.kill(), TIMEOUT_MS);
    let told = '';
    let rate: number | undefined;
    const listen = (part: Buffer): void => {
      told += String(part);
      const khashes = /thread 0: \d+ hashes, ([\d.]+) khash\/s/.exec(told)?.[1];
      if (khashes === undefined) return;
      rate = Number(khashes) * 1000;
      child.kill();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(watchdog);
      if (error.code === 'ENOENT') resolve(undefined);
      else reject(error);
    });
    child.on('close', () => {
      clearTimeout(watchdog);
      if (rate === undefined) reject(new Error(`${command} told no rate: ${told}`));
      else resolve(rate);
    });
  });
}
