// The first import of every script that npm runs. All of these scripts must parse on any Node.js that knows
// modules at all, or an old one would answer with a syntax error instead of this sentence.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [major, minor] = process.versions.node.split('.').map(Number);

// Of the form ^20.19.0 || ^22.13.0 || >=24: what npm itself asks of it, and so do the packages.
const ranges = engines.node.split('||').map((text) => {
  const [neededMajor, neededMinor = 0] = text.match(/\d+/g).map(Number);
  return { neededMajor, neededMinor, isOpen: text.includes('>=') };
});
const fits = ranges.some(({ neededMajor, neededMinor, isOpen }) =>
  major === neededMajor ? minor >= neededMinor : isOpen && major > neededMajor,
);

if (!fits) {
  const needed = ranges.map(({ neededMajor, neededMinor, isOpen }) =>
    isOpen ? `${neededMajor} or later` : `${neededMajor}.${neededMinor} or a later ${neededMajor}`,
  );
  console.error(
    `tabchain needs Node.js ${needed.join(', ')}, but this is ${process.version}: ` +
      'install one of these from https://nodejs.org and run the same command again.',
  );
  process.exit(1);
}
