/** What a page tells of itself while it is measured. */
import type { FromEngine } from '../../../web/engine/messages.ts';

export interface PageTimes {
  /** Of each long task (https://w3c.github.io/longtasks/: 50 ms or more) up to now, in ms. */
  readonly longTasks: number[];
  /** When the page had painted the first row of the list of blocks, in ms since the navigation. */
  rowMs: number | undefined;
  /** When the engine said that the node runs: the stored chain is read and the page's commands are carried out. */
  readyMs: number | undefined;
  /** Of the chain, as the engine told it last. */
  height: number | undefined;
}

declare global {
  interface Window {
    pageTimes?: PageTimes;
  }
}

/** Runs in a page before its own scripts. */
export function watchTimes(): void {
  const times: PageTimes = { longTasks: [], rowMs: undefined, readyMs: undefined, height: undefined };
  window.pageTimes = times;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) times.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });

  const rows = new MutationObserver(() => {
    if (document.querySelector('[data-testid=block-row]') === null) return;
    rows.disconnect();
    // The frame callbacks come before the paint; a message that they post comes after it.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => void (times.rowMs = performance.now());
      port2.postMessage(undefined);
    });
  });
  rows.observe(document, { childList: true, subtree: true });

  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data }: MessageEvent<FromEngine>) => {
        if (data.type === 'status' && data.status.phase.kind === 'running')
          times.readyMs ??= performance.now();
        if (data.type === 'slice' && data.slice === 'chain') times.height = data.value.height;
      });
    }
  };
}
