// Runs a script that is written in TypeScript: node scripts/run.mjs scripts/demo.ts --tabs 8
// Installs first, because TypeScript itself comes from node_modules.
import './node-version.mjs';
import { fileURLToPath } from 'node:url';
import { installIfNeeded } from './install.mjs';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
installIfNeeded();
const { register } = await import('tsx/esm/api');
register();
// The script gets the arguments that are left, at their usual place.
const [path] = process.argv.splice(2, 1);
await import(`../${path}`);
