import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const UI = fileURLToPath(new URL('../web/ui', import.meta.url));
/** Says which version of the compiler there is. */
const LOCK = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const PROJECT = join(UI, 'project.inlang');
/** What is compiled. The first is the catalogue that says which texts there are. */
export const CATALOGUE_FILES = [
  join(UI, 'messages/en.json'),
  join(UI, 'messages/ja.json'),
  join(PROJECT, 'settings.json'),
];
/** One module a text, so that a text comes with the part of the page that says it. */
const OUT = join(UI, 'paraglide');
const OPTIONS = {
  outputStructure: 'message-modules',
  // web/ui/language.svelte.ts chooses the language; what comes in its place in a test is the base locale.
  strategy: ['globalVariable', 'baseLocale'],
  emitReadme: false,
  // The compiler's own formatters are made anew for each text that is shown.
  additionalFiles: { 'registry.js': "export { number, plural } from '../format/message-formats.ts';\n" },
};
/** In the output: what it was compiled from. */
const STAMP = 'compiled-from';

/**
 * Makes a function of each text in web/ui/messages/, unless that is done. Takes seconds, because the compiler loads
 * a database first; asking whether there is something to do takes none. Needs no network.
 * @throws Error if the catalogue does not compile.
 */
export async function compileCatalogueIfNeeded() {
  const digest = digestOfInputs();
  const stamp = join(OUT, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  const { compile } = await import('@inlang/paraglide-js');
  // Another process may be at the same, or read what is there.
  const draft = `${OUT}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  await compile({ ...OPTIONS, project: PROJECT, outdir: draft });
  try {
    checkOutput(draft);
    writeFileSync(join(draft, STAMP), digest);
    rmSync(OUT, { recursive: true, force: true });
    renameSync(draft, OUT);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The compiler only warns if it can't read the catalogue, and writes none. */
function checkOutput(folder) {
  const texts = JSON.parse(readFileSync(CATALOGUE_FILES[0], 'utf8'));
  const missing = Object.keys(texts).filter((key) => !existsSync(join(folder, `messages/${key}.js`)));
  if (missing.length > 0)
    throw new Error(`The catalogue did not compile; no ${missing.slice(0, 5).join(', ')}.`);
}

function digestOfInputs() {
  const hash = createHash('sha256').update(JSON.stringify(OPTIONS));
  for (const file of [...CATALOGUE_FILES, LOCK]) hash.update(readFileSync(file));
  return hash.digest('hex');
}
