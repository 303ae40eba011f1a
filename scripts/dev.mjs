// npm run dev: the same as npm start, with hot reload. Takes Vite's own options: npm run dev -- --port 3000
import './node-version.mjs';
import { fileURLToPath } from 'node:url';
import { installIfNeeded } from './install.mjs';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
installIfNeeded();
await import('../node_modules/vite/bin/vite.js');
