import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const root = new URL('../', import.meta.url);

/** Makes node_modules what package-lock.json says, so that a clone needs no command before its first. */
export function installIfNeeded() {
  if (isInstalled()) return;
  console.log('Installing packages (npm ci)...');
  // Development packages too, whatever NODE_ENV says: among them are the tests' and the type checker's.
  const args = ['ci', '--include=dev', '--no-progress'];
  // npm tells its scripts where it is; a script that was started without npm looks for it on the PATH.
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  const { status } =
    npm !== undefined && basename(npm).startsWith('npm')
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (status !== 0) {
    console.error(
      'The packages could not be installed: check the network connection and run the command again.',
    );
    process.exit(1);
  }
}

/** Compares contents, not dates: git touches files that it does not change. */
function isInstalled() {
  const wanted = readPackages('package-lock.json');
  // Where npm notes what it installed; there is none in a fresh clone.
  const installed = readPackages('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    // Optional packages are mostly other platforms' binaries; the empty path is this project itself.
    return path === '' || optional === true || (installed[path] && installed[path].version === version);
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(new URL(file, root), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}
