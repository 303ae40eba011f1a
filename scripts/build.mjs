// npm run build: builds the page and the server. With --if-needed, only what is older than its sources.
import './node-version.mjs';
import { bundle, bundleIfNeeded } from './bundle.mjs';
import { installIfNeeded } from './install.mjs';

installIfNeeded();
await (process.argv.includes('--if-needed') ? bundleIfNeeded() : bundle());
