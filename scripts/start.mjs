// npm start: from a fresh clone to a running server.
import './node-version.mjs';
import { fileURLToPath } from 'node:url';
import { bundleIfNeeded } from './bundle.mjs';
import { installIfNeeded } from './install.mjs';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
installIfNeeded();
await bundleIfNeeded();
// In this process, so that Ctrl+C and SIGTERM reach the server itself.
await import('../dist/server/main.js');
