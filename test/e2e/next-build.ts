import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

const PAGE_DIR = join(import.meta.dirname, '../../dist/page');

/** A copy of the built page that can be followed by its next version, as on a server that is updated. */
export interface UpdatableBuild {
  readonly pageDir: string;
  /** Replaces it. All files get new names, the old ones are gone, and the page's root says `data-version=2`. */
  update(): Promise<void>;
  remove(): Promise<void>;
}

export async function copyBuild(): Promise<UpdatableBuild> {
  const pageDir = await mkdtemp(join(tmpdir(), 'tabchain-build-'));
  await cp(PAGE_DIR, pageDir, { recursive: true });
  return {
    pageDir,
    update: () => makeNext(pageDir),
    remove: () => rm(pageDir, { recursive: true }),
  };
}

async function makeNext(pageDir: string): Promise<void> {
  const assets = join(pageDir, 'assets');
  const names = await readdir(assets);
  const files = ['index.html', 'service-worker.js', ...names.map((name) => `assets/${name}`)];
  for (const file of files.filter((name) => extname(name) !== '.svg')) {
    let text = await readFile(join(pageDir, file), 'utf8');
    for (const name of names) text = text.replaceAll(name, nextName(name));
    if (file === 'index.html') text = text.replace('<html', '<html data-version="2"');
    // The page has changed, and so its hash.
    if (file === 'service-worker.js') text = text.replaceAll(/[0-9a-f]{32}/g, 'f'.repeat(32));
    await writeFile(join(pageDir, file), text);
  }
  for (const name of names) await rename(join(assets, name), join(assets, nextName(name)));
}

function nextName(name: string): string {
  const extension = extname(name);
  return `${name.slice(0, -extension.length)}.next${extension}`;
}
