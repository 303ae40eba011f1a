/** The page's half of the proof-of-work workers: it starts them for the engine, which speaks to them by a port. */
import type { PowWorkerEvent, PowWorkerOrder } from '../engine/messages.ts';
import type { PowWorkerStart } from './job-messages.ts';

export interface LentWorkers {
  /** Does what the engine asks. Never throws: a worker that does not start or dies is reported. */
  handle(order: PowWorkerOrder): void;
}

export function createLentWorkers(post: (event: PowWorkerEvent) => void): LentWorkers {
  const workers = new Map<number, Worker>();

  function start(workerId: number, port: MessagePort): void {
    const fail = (message: string): void => post({ type: 'pow-worker-failed', workerId, message });
    try {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), {
        type: 'module',
        name: 'proof-of-work',
      });
      // A script that can't be loaded gives an event without a message.
      worker.onerror = ({ message }: { readonly message?: string }) =>
        fail(message ?? 'the script of a worker did not load');
      worker.postMessage({ type: 'take-port', port } satisfies PowWorkerStart, [port]);
      workers.set(workerId, worker);
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  }

  return {
    handle(order) {
      switch (order.type) {
        case 'pow-worker-start':
          start(order.workerId, order.port);
          return;
        case 'pow-worker-terminate':
          workers.get(order.workerId)?.terminate();
          workers.delete(order.workerId);
          return;
        default:
          order satisfies never;
      }
    },
  };
}
