// npm test: every check there is. Installs first, because the checks themselves need node_modules.
import './node-version.mjs';
import { fileURLToPath } from 'node:url';
import { installIfNeeded } from './install.mjs';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
installIfNeeded();
const { register } = await import('tsx/esm/api');
register();
await import('./checks.ts');
