import type { LifecycleEvent } from '../engine/messages.ts';

/** Tells what happens to the page and can't be seen from a worker. */
export function watchLifecycle(report: (event: LifecycleEvent) => void): void {
  addEventListener('online', () => report('online'));
  addEventListener('pagehide', () => report('pagehide'));
  addEventListener('pageshow', (event) => {
    // Back from the back/forward cache: links and place in the room were given up on leaving, and the slot's lock is not
    // certain to be ours still. To open anew claims it again, the same one if it is free; the store has everything.
    if (event.persisted) location.reload();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') report('visible');
  });
  // A frozen tab that Chromium thaws.
  document.addEventListener('resume', () => report('resume'));
}
