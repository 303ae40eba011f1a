import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findViolations } from './import-rules.ts';

const root = join(import.meta.dirname, '../..');

function readSources(): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of ['web', 'signaling']) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || entry.name === 'tsconfig.json') continue;
      const path = join(entry.parentPath, entry.name);
      files.set(path.slice(root.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
    }
  }
  return files;
}

test('every import runs the right way', () => {
  const files = readSources();
  expect(files.size).toBeGreaterThan(40);
  expect(findViolations(files)).toEqual([]);
});

/** A small tree that breaks no rule; each case below adds one file or replaces one. */
const GOOD = {
  'signaling/protocol.ts': '',
  'signaling/hub.ts': `import { WebSocketServer } from 'ws'; import { type Join } from './protocol.ts';`,
  'web/core/hash.ts': `import { sha256 } from '@noble/hashes/sha2.js';`,
  'web/core/block.ts': `import * as P from 'micro-packed'; import { sha256d } from './hash.ts';`,
  'web/node/ports.ts': `import type { Block } from '../core/block.ts';`,
  'web/node/sync.ts': `import { decodeBlock } from '../core/block.ts'; import type { Store } from './ports.ts';`,
  'web/net/room.ts': '',
  'web/net/webrtc.ts': `import Peer from 'simple-peer/simplepeer.min.js'; import type { ToEngine } from '../engine/messages.ts';`,
  'web/net/linker.ts': `import type { Link } from '../node/ports.ts'; import { isPeerId } from '../../signaling/protocol.ts';`,
  'web/store/store.ts': `import { setMany } from 'idb-keyval'; import { encodeBlock } from '../core/block.ts';`,
  'web/pow/worker.ts': `import { sha256d } from '../core/hash.ts';`,
  'web/pow/pool.ts': '',
  'web/lent-workers.ts': `new Worker(new URL('./pow/worker.ts', import.meta.url), { type: 'module' });`,
  'web/engine/messages.ts': `import type { Block } from '../core/block.ts';`,
  'web/engine/worker.ts': `import { createPool } from '../pow/pool.ts'; import { sync } from '../node/sync.ts';`,
  'web/ui/tokens.css': '',
  'web/ui/App.svelte': `<script lang="ts">
    import { mount } from 'svelte'; import './tokens.css';
    import { parseRoomLink } from '../net/room.ts'; import type { ToEngine } from '../engine/messages.ts';
  </script><p>import '../core/hash.ts'</p>`,
  'web/main.ts': `import { lendConnections } from './net/webrtc.ts'; import App from './ui/App.svelte';
    new Worker(new URL('./engine/worker.ts', import.meta.url), { type: 'module' });`,
};

function violationsWith(bad: Record<string, string>): string[] {
  return findViolations(new Map(Object.entries({ ...GOOD, ...bad })));
}

test('the checker lets good imports pass', () => {
  expect(violationsWith({})).toEqual([]);
});

test.each([
  ['core importing node', { 'web/core/new.ts': `import type { Store } from '../node/ports.ts';` }],
  ['core importing a platform', { 'web/core/hash.ts': `import { createHash } from 'node:crypto';` }],
  ['node importing net', { 'web/node/sync.ts': `import { link } from '../net/linker.ts';` }],
  ['node importing the store', { 'web/node/sync.ts': `import { put } from '../store/store.ts';` }],
  ['net running node', { 'web/net/linker.ts': `import { sync } from '../node/sync.ts';` }],
  ['net loading node for a type', { 'web/net/linker.ts': `import { type Link } from '../node/ports.ts';` }],
  ['net loading node late', { 'web/net/linker.ts': `const { sync } = await import('../node/sync.ts');` }],
  ['net importing the store', { 'web/net/linker.ts': `import type { S } from '../store/store.ts';` }],
  ['simple-peer outside of webrtc.ts', { 'web/net/linker.ts': `import Peer from 'simple-peer';` }],
  ['a worker running webrtc.ts', { 'web/engine/worker.ts': `import { lend } from '../net/webrtc.ts';` }],
  ['idb-keyval outside of store', { 'web/engine/worker.ts': `import { get } from 'idb-keyval';` }],
  ['the page running core', { 'web/ui/App.svelte': `<script>import { h } from '../core/hash.ts';</script>` }],
  ['the page running the engine', { 'web/main.ts': `import { x } from './engine/messages.ts';` }],
  ['the page knowing the store', { 'web/main.ts': `import type { x } from './store/store.ts';` }],
  ['ui running webrtc.ts', { 'web/ui/view.ts': `import { lend } from '../net/webrtc.ts';` }],
  ['ui starting a worker', { 'web/ui/view.ts': `new URL('../engine/worker.ts', import.meta.url);` }],
  ['web importing the server', { 'web/net/linker.ts': `import type { Hub } from '../../signaling/hub.ts';` }],
  ['the server importing web', { 'signaling/hub.ts': `import { r } from '../web/net/room.ts';` }],
  ['a type asked for in passing', { 'web/node/sync.ts': `type P = import('../net/linker.ts').P;` }],
  ['a missing extension', { 'web/core/block.ts': `import { sha256d } from './hash';` }],
  ['a re-export', { 'web/core/all.ts': `export { sha256d } from './hash.ts';` }],
  ['a barrel', { 'web/core/index.ts': '' }],
  ['utils', { 'web/core/utils.ts': '' }],
  ['a folder of utils', { 'signaling/utils/text.ts': '' }],
  ['a name that ad blockers drop', { 'web/pow/miner.ts': '' }],
  ['a file in no layer', { 'web/other/thing.ts': '' }],
])('the checker refuses %s', (_name, bad) => {
  expect(violationsWith(bad)).toHaveLength(1);
});

test('the checker refuses a circle, and names it', () => {
  const bad = {
    'web/core/a.ts': `import { b } from './b.ts';`,
    'web/core/b.ts': `import type { C } from './c.ts';`,
    'web/core/c.ts': `import { a } from './a.ts';`,
  };
  expect(violationsWith(bad)).toEqual([
    'These files import each other in a circle: web/core/a.ts -> web/core/b.ts -> web/core/c.ts -> web/core/a.ts.',
  ]);
});
