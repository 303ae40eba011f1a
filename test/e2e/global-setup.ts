import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The tests open the built page: what `npm start` serves is what has to work. */
export default function buildPage(): void {
  const script = join(import.meta.dirname, '../../scripts/build.mjs');
  const { status } = spawnSync(process.execPath, [script, '--if-needed'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The page could not be built: "npm run build" says why.');
}
