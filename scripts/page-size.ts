/**
 * What a tab fetches, gzipped: each chunk of the built page, and the sum of those that the first load needs. Fails if
 * that is over the budget. The engine's workers are told apart: they are fetched beside the page, not before it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const SERVICE_WORKER = 'service-worker.js';
const PAGE = join(import.meta.dirname, '../dist/page');
/** The page without charts and graph; a phone on a school's Wi-Fi should not wait. */
const BUDGET_BYTES = 120_000;

/** What we read of the manifest that Vite writes. */
interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

/** Prints the table. True if the first load is within the budget. */
export function checkPageSize(): boolean {
  const manifestFile = join(PAGE, '.vite/manifest.json');
  if (!existsSync(manifestFile)) {
    console.error('There is no built page to weigh: "npm run build" makes it.');
    return false;
  }
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Record<string, Chunk>;
  const first = firstLoad(manifest);
  const later = new Set(Object.values(manifest).flatMap(({ file, css = [] }) => [file, ...css]));
  const files = readdirSync(join(PAGE, 'assets'), { encoding: 'utf8' }).map((name) => `assets/${name}`);
  const rows = ['index.html', SERVICE_WORKER, ...files]
    .filter((file) => /\.(html|js|css)$/.test(file))
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(PAGE, file)), { level: 9 }).length }))
    .sort((a, b) => b.bytes - a.bytes);
  for (const { file, bytes } of rows) {
    console.log(`${kilobytes(bytes).padStart(9)}  ${whenFetched(file).padEnd(15)} ${basename(file)}`);
  }
  const all = rows.reduce((total, { bytes }) => total + bytes, 0);
  console.log(`${kilobytes(all).padStart(9)}  all, kept for offline use`);
  const sum = rows.reduce((total, { file, bytes }) => total + (first.has(file) ? bytes : 0), 0);
  console.log(`${kilobytes(sum).padStart(9)}  first load, of ${kilobytes(BUDGET_BYTES)} allowed`);
  if (sum <= BUDGET_BYTES) return true;
  console.error(
    'The first load is over its budget: let what is not needed at once be imported when it is looked at.',
  );
  return false;

  function whenFetched(file: string): string {
    if (first.has(file)) return 'first load';
    if (later.has(file)) return 'when looked at';
    return file === SERVICE_WORKER ? 'service worker' : 'worker';
  }
}

/** The entry, and all that it imports statically. */
function firstLoad(manifest: Readonly<Record<string, Chunk>>): ReadonlySet<string> {
  const files = new Set(['index.html']);
  const queue = Object.keys(manifest).filter((key) => manifest[key]?.isEntry === true);
  for (const key of queue) {
    const chunk = manifest[key];
    if (!chunk || files.has(chunk.file)) continue;
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    queue.push(...(chunk.imports ?? []));
  }
  return files;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
