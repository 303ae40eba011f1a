import { buildPageIfNeeded } from '../../scripts/page-build.ts';

/** Once, before all browser tests. */
export default function prepare(): void {
  buildPageIfNeeded();
}
