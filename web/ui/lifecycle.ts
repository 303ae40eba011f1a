import type { LifecycleEvent } from '../engine/messages.ts';

/** Tells what happens to the page and can't be seen from a worker. */
export function watchLifecycle(report: (event: LifecycleEvent) => void): void {
  addEventListener('online', () => report('online'));
  addEventListener('pagehide', () => report('pagehide'));
  addEventListener('pageshow', (event) => {
    if (event.persisted) report('pageshow-persisted');
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') report('visible');
  });
  // A frozen tab that Chromium thaws.
  document.addEventListener('resume', () => report('resume'));
}
