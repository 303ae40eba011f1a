/** Programs that the tests need and npm does not bring: found on this machine, or installed where that asks nobody. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What an environment variable names. @throws Error if there is no such file. */
export function namedProgram(variable: `TABCHAIN_${string}`): string | undefined {
  const path = process.env[variable];
  if (path === undefined || path === '') return undefined;
  if (!existsSync(path))
    throw new Error(`${variable} is "${path}", but there is no such file: correct or unset it.`);
  return path;
}

/** The first of these commands that is there. */
export function onPath(commands: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return commands.flatMap((command) => folders.map((folder) => join(folder, command))).find(isProgram);
}

export function isDebianRoot(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** On Debian as root; elsewhere nothing. Whether it worked shows in whether the program is there afterwards. */
export function installByApt(name: string): undefined {
  if (!isDebianRoot()) return;
  run('apt-get', ['update']);
  run('apt-get', ['install', '-y', '--no-install-recommends', name]);
}

export function run(command: string, args: readonly string[]): void {
  spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 5 * 60_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // not there, or not ours to run: the next candidate is asked
  }
}
