/** Workers that the page starts for the engine, which speaks to them by a port (engine/borrowed-workers.ts says why). */
import type { WorkerEvent, WorkerKind, WorkerOrder } from './engine/messages.ts';

export interface LentWorkers {
  /** Does what the engine asks. Never throws: a worker that does not start or dies is reported. */
  handle(order: WorkerOrder): void;
}

/** The bundler wants each script's address, and that it is a module, where the worker is made. */
const START: Readonly<Record<WorkerKind, (name: WorkerKind) => Worker>> = {
  'proof-of-work': (name) =>
    new Worker(new URL('./pow/worker.ts', import.meta.url), { type: 'module', name }),
  verification: (name) =>
    new Worker(new URL('./verify/worker.ts', import.meta.url), { type: 'module', name }),
};

export function createLentWorkers(post: (event: WorkerEvent) => void): LentWorkers {
  const workers = new Map<number, Worker>();

  function start(kind: WorkerKind, workerId: number, port: MessagePort): void {
    const fail = (message: string): void => post({ type: 'worker-failed', workerId, message });
    try {
      const worker = START[kind](kind);
      // A script that can't be loaded gives an event without a message.
      worker.onerror = ({ message }: { readonly message?: string }) =>
        fail(message ?? 'the script of a worker did not load');
      // The page's only word to it.
      worker.postMessage({ type: 'take-port' }, [port]);
      workers.set(workerId, worker);
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  }

  return {
    handle(order) {
      switch (order.type) {
        case 'worker-start':
          start(order.kind, order.workerId, order.port);
          return;
        case 'worker-terminate':
          workers.get(order.workerId)?.terminate();
          workers.delete(order.workerId);
          return;
        default:
          order satisfies never;
      }
    },
  };
}
