import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Builds the page unless the last build is newer than its sources: tests, demo and screenshots open what
 * `npm start` serves. @throws Error if that fails; the build has said why by then.
 */
export function buildPageIfNeeded(): void {
  const script = join(import.meta.dirname, 'build.mjs');
  const { status } = spawnSync(process.execPath, [script, '--if-needed'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The page could not be built: "npm run build" says why.');
}
