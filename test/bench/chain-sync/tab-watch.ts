/** What a tab tells of its node while it fetches a chain, or opens a stored one. */
import type { FromEngine, ToEngine } from '../../../web/engine/messages.ts';

export interface TabTimes {
  /** When the engine said that the node runs, in ms since the navigation, as all times here. */
  runningMs: number | undefined;
  /** When the first link was open. */
  linkedMs: number | undefined;
  /** That came in over all links. */
  bytesIn: number;
  /** The chain's height whenever the engine told another one. */
  readonly heights: { readonly atMs: number; readonly height: number }[];
}

declare global {
  interface Window {
    tabTimes?: TabTimes;
  }
}

/** Runs in a page before its own scripts. */
export function watchTab(): void {
  const times: TabTimes = { runningMs: undefined, linkedMs: undefined, bytesIn: 0, heights: [] };
  window.tabTimes = times;
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data }: MessageEvent<FromEngine>) => {
        if (data.type === 'status' && data.status.phase.kind === 'running')
          times.runningMs ??= performance.now();
        if (data.type !== 'slice' || data.slice !== 'chain') return;
        const { height } = data.value;
        if (times.heights.at(-1)?.height !== height) times.heights.push({ atMs: performance.now(), height });
      });
    }

    override postMessage(message: ToEngine, transfer?: unknown): void {
      if (message.type === 'connection-open') times.linkedMs ??= performance.now();
      if (message.type === 'connection-frame') times.bytesIn += message.frame.byteLength;
      super.postMessage(message, transfer as Transferable[]);
    }
  };
}
