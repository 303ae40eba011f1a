/** The real workers, as the pool uses them, and how fast they are and answer. */
import type { FromPowWorker, PowKernel, PowTask, ToPowWorker } from '../../../web/pow/job-messages.ts';

/** Times in milliseconds from a message to a worker that is searching until its answer is back. */
export interface WorkerLatency {
  /** To stop: asked by `retire`, which does the same and has an answer of its own. */
  readonly stop: readonly number[];
  /** To take another job: one that anything solves, with its find for an answer. */
  readonly newJob: readonly number[];
}

const HEADER = Uint8Array.from({ length: 80 }, (_, index) => index);
const WARM_UP_MS = 500;

let lastTaskId = 0;

class TestWorker {
  readonly #worker = new Worker(new URL('../../../web/pow/worker.ts', import.meta.url), { type: 'module' });

  readonly #port: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.start();
    this.#worker.postMessage({ type: 'take-port' }, [port2]);
  }

  post(message: ToPowWorker): void {
    this.#port.postMessage(message);
  }

  /** Gives it a task; the target is one that no hash meets, unless told otherwise. */
  start(task: Partial<PowTask> = {}): void {
    lastTaskId += 1;
    const whole = { taskId: lastTaskId, header: HEADER, target: 0n, from: 0, to: 2 ** 32, ...task };
    this.post({ type: 'task', task: whole });
  }

  /** The next message that is of this kind. */
  next<T extends FromPowWorker>(isWanted: (message: FromPowWorker) => message is T): Promise<T> {
    return new Promise((resolve, reject) => {
      const listener = ({ data }: MessageEvent<FromPowWorker>): void => {
        if (!isWanted(data)) return;
        this.#port.removeEventListener('message', listener);
        resolve(data);
      };
      this.#port.addEventListener('message', listener);
      this.#worker.addEventListener('error', () => reject(new Error('the worker failed')));
    });
  }

  terminate(): void {
    this.#worker.terminate();
  }
}

const isReady = (message: FromPowWorker) => message.type === 'ready';
const isFound = (message: FromPowWorker) => message.type === 'found';
const isRetired = (message: FromPowWorker) => message.type === 'retired';
const isProgress = (message: FromPowWorker) => message.type === 'progress';

async function createWorkers(count: number): Promise<TestWorker[]> {
  const workers = Array.from({ length: count }, () => new TestWorker());
  await Promise.all(workers.map((worker) => worker.next(isReady)));
  return workers;
}

export async function kernelOfWorker(): Promise<PowKernel> {
  const worker = new TestWorker();
  const { kernel } = await worker.next(isReady);
  worker.terminate();
  return kernel;
}

/** The header that a worker finds in this range. The message is posted at once: it must not be lost. */
export async function findInWorker(
  task: Pick<PowTask, 'header' | 'target' | 'from' | 'to'>,
): Promise<Uint8Array> {
  const worker = new TestWorker();
  worker.start(task);
  const { header } = await worker.next(isFound);
  worker.terminate();
  return header;
}

/** Hashes a second of so many workers together. */
export async function rateOfWorkers(count: number, ms: number): Promise<number> {
  const workers = await createWorkers(count);
  const rates = workers.map(async (worker, index) => {
    worker.start({ from: index * 2 ** 30 });
    await pause(WARM_UP_MS);
    await worker.next(isProgress);
    const startMs = performance.now();
    let hashes = 0;
    while (performance.now() - startMs < ms) hashes += (await worker.next(isProgress)).hashes;
    return (hashes * 1000) / (performance.now() - startMs);
  });
  const sum = (await Promise.all(rates)).reduce((total, rate) => total + rate, 0);
  for (const worker of workers) worker.terminate();
  return sum;
}

/** Of each kind so many, while all of `count` workers search. */
export async function latencyOfWorkers(count: number, samples: number): Promise<WorkerLatency> {
  const workers = await createWorkers(count);
  for (const worker of workers) worker.start();
  await pause(WARM_UP_MS);
  const stop: number[] = [];
  const newJob: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const worker = workers[sample % count];
    if (worker === undefined) break;
    stop.push(await timeUntil(worker, isRetired, () => worker.post({ type: 'retire' })));
    worker.start();
    await pause(20 + Math.random() * 30);
    newJob.push(await timeUntil(worker, isFound, () => worker.start({ target: (1n << 256n) - 1n })));
    worker.start();
    await pause(20 + Math.random() * 30);
  }
  for (const worker of workers) worker.terminate();
  return { stop, newJob };
}

async function timeUntil<T extends FromPowWorker>(
  worker: TestWorker,
  isAnswer: (message: FromPowWorker) => message is T,
  act: () => void,
): Promise<number> {
  const answer = worker.next(isAnswer);
  const startMs = performance.now();
  act();
  await answer;
  return performance.now() - startMs;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
