import { expect, test } from 'vitest';
import { createBorrowedWorkers } from '../../../web/engine/borrowed-workers.ts';
import type { WorkerOrder } from '../../../web/engine/messages.ts';
import type { FromPowWorker, ToPowWorker } from '../../../web/pow/job-messages.ts';

/** The engine's side, and the ports that the page would hand to its workers. */
function createLoan() {
  const orders: WorkerOrder[] = [];
  const workers = createBorrowedWorkers((order) => orders.push(order));
  const portOf = (workerId: number): MessagePort => {
    const order = orders.find((each) => each.type === 'worker-start' && each.workerId === workerId);
    if (order?.type !== 'worker-start') throw new Error(`worker ${workerId} was never asked for`);
    return order.port;
  };
  return { orders, workers, portOf };
}

test('pool and worker speak by the port, whatever was posted before the worker was there', async () => {
  const { workers, portOf } = createLoan();
  const worker = workers.borrow('proof-of-work');
  const heard = new Promise<FromPowWorker>((resolve) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
  });
  worker.postMessage({ type: 'stop' });

  const port = portOf(1);
  const order = await new Promise<ToPowWorker>((resolve) => {
    port.onmessage = ({ data }: MessageEvent<ToPowWorker>) => resolve(data);
  });
  expect(order).toEqual({ type: 'stop' });
  port.postMessage({ type: 'ready', kernel: 'wasm-simd' });
  expect(await heard).toEqual({ type: 'ready', kernel: 'wasm-simd' });
  worker.terminate();
});

test('a failure reaches the listeners of its worker only, and of one that was given back nobody', () => {
  const { orders, workers } = createLoan();
  const heard: string[] = [];
  const [first, second] = [workers.borrow('proof-of-work'), workers.borrow('proof-of-work')];
  first.addEventListener('error', ({ message }) => heard.push(`first: ${message}`));
  second.addEventListener('error', ({ message }) => heard.push(`second: ${message}`));

  workers.failed(2, 'no memory');
  first.terminate();
  workers.failed(1, 'too late');
  workers.failed(99, 'never known');

  expect(heard).toEqual(['second: no memory']);
  expect(orders.at(-1)).toEqual({ type: 'worker-terminate', workerId: 1 });
  second.terminate();
});
