// The first import of every script that npm runs. All of these scripts must parse on any Node.js that knows
// modules at all, or an old one would answer with a syntax error instead of this sentence.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [neededMajor, neededMinor] = engines.node.match(/\d+/g).map(Number);
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  console.error(
    `tabchain needs Node.js ${neededMajor}.${neededMinor} or later, but this is ${process.version}: ` +
      'install a newer one from https://nodejs.org and run the same command again.',
  );
  process.exit(1);
}
