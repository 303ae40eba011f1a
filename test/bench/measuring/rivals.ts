/** Other projects that do a part of the same: installed on demand, and by nothing else. They are no dependencies. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const RIVALS = join(tmpdir(), 'tabchain-bench-rivals');
const PACKAGES = ['peer@1.0.2', 'y-webrtc@10.3.0'];

export function installRivals(): void {
  if (existsSync(join(RIVALS, 'node_modules/peer'))) return;
  mkdirSync(RIVALS, { recursive: true });
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', RIVALS, ...PACKAGES];
  execFileSync('npm', args, { stdio: ['ignore', 'inherit', 'inherit'] });
}
