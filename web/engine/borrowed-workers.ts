/**
 * Workers that the page starts for the engine. A worker may start workers of its own, but in Firefox
 * (153) that can hang for good, the engine with it, while something watches the page's workers: its developer tools,
 * or whoever automates it. The new thread and the one that starts it then wait for the same signal, and it comes once.
 * Workers that a page starts don't have that wait.
 */
import type { FromPowWorker, ToPowWorker } from '../pow/job-messages.ts';
import type { CheckedBatch, TransactionBatch } from '../verify/batch.ts';
import type { WorkerKind, WorkerOrder } from './messages.ts';

type OnError = (event: { readonly message?: string }) => void;

/** What is said to a worker of each kind, and what it says. */
interface Spoken {
  readonly 'proof-of-work': { readonly to: ToPowWorker; readonly from: FromPowWorker };
  readonly verification: { readonly to: TransactionBatch; readonly from: CheckedBatch };
}

/** As much of a Worker as its users need. */
export interface BorrowedWorker<To, From> {
  postMessage(message: To, transfer?: Transferable[]): void;
  /** Gives it back. */
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: From }) => void): void;
  addEventListener(type: 'error', listener: OnError): void;
}

export interface BorrowedWorkers {
  /** What is posted to it waits until it is there. If the page can't start it, its `error` listeners hear of it. */
  borrow<Kind extends WorkerKind>(kind: Kind): BorrowedWorker<Spoken[Kind]['to'], Spoken[Kind]['from']>;
  /** What the page reports. Of a worker that was given back it is nothing. */
  failed(workerId: number, message: string): void;
}

export function createBorrowedWorkers(
  post: (order: WorkerOrder, transfer?: Transferable[]) => void,
): BorrowedWorkers {
  const onError = new Map<number, OnError[]>();
  let lastId = 0;

  return {
    borrow<Kind extends WorkerKind>(kind: Kind) {
      const workerId = (lastId += 1);
      const listeners: OnError[] = [];
      onError.set(workerId, listeners);
      // Past the page: what a worker finds, and what it is to stop, waits for no task of the page.
      const { port1, port2 } = new MessageChannel();
      post({ type: 'worker-start', kind, workerId, port: port2 }, [port2]);
      return {
        postMessage: (message: Spoken[Kind]['to'], transfer: Transferable[] = []) =>
          port1.postMessage(message, transfer),
        terminate() {
          onError.delete(workerId);
          port1.close();
          post({ type: 'worker-terminate', workerId });
        },
        addEventListener: (
          ...[type, listener]:
            ['message', (event: { readonly data: Spoken[Kind]['from'] }) => void] | ['error', OnError]
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
