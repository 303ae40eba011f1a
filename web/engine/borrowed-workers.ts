/**
 * Proof-of-work workers that the page starts for the engine. A worker may start workers of its own, but in Firefox
 * (153) that can hang for good, the engine with it, while something watches the page's workers: its developer tools,
 * or whoever automates it. The new thread and the one that starts it then wait for the same signal, and it comes once.
 * Workers that a page starts don't have that wait.
 */
import type { FromPowWorker, ToPowWorker } from '../pow/job-messages.ts';
import type { PowWorker } from '../pow/pool.ts';
import type { PowWorkerOrder } from './messages.ts';

type OnError = (event: { readonly message?: string }) => void;

export interface BorrowedWorkers {
  /** What is posted to it waits until it is there. If the page can't start it, its `error` listeners hear of it. */
  borrow(): PowWorker;
  /** What the page reports. Of a worker that was given back it is nothing. */
  failed(workerId: number, message: string): void;
}

export function createBorrowedWorkers(
  post: (order: PowWorkerOrder, transfer?: Transferable[]) => void,
): BorrowedWorkers {
  const onError = new Map<number, OnError[]>();
  let lastId = 0;

  return {
    borrow() {
      const workerId = (lastId += 1);
      const listeners: OnError[] = [];
      onError.set(workerId, listeners);
      // Past the page: what a worker finds, and what it is to stop, waits for no task of the page.
      const { port1, port2 } = new MessageChannel();
      post({ type: 'pow-worker-start', workerId, port: port2 }, [port2]);
      return {
        postMessage: (message: ToPowWorker) => port1.postMessage(message),
        terminate() {
          onError.delete(workerId);
          port1.close();
          post({ type: 'pow-worker-terminate', workerId });
        },
        addEventListener: (
          ...[type, listener]:
            ['message', (event: { readonly data: FromPowWorker }) => void] | ['error', OnError]
        ) => {
          if (type === 'error') listeners.push(listener);
          else port1.onmessage = listener;
        },
      };
    },
    failed(workerId, message) {
      for (const listener of onError.get(workerId) ?? []) listener({ message });
    },
  };
}
