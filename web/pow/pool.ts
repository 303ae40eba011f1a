import type { Pow, PowJob } from '../node/ports.ts';
import { createHashRate, type HashRate } from './hash-rate.ts';
import type { FromPowWorker, PowKernel, PowReport, ToPowWorker } from './job-messages.ts';
import { createNonceSpace, type NonceSpace } from './nonce-space.ts';

/** Deaths of one worker without a single report between them, after which its place stays empty: it won't run here. */
export const MAX_DEATHS_IN_A_ROW = 3;
/** A searching worker reports five times a second; one that is silent for so long, in ms, died without a word. */
export const SILENCE_MS = 30_000;
/** A longer pause between two ticks, in ms, was a sleep of the whole machine and proves nothing. */
const MAX_TICK_GAP_MS = 5_000;
/** Fresh hash rates are told this often, in ms. */
const STATS_MS = 500;

/** Of Worker, what the pool uses. */
export interface PowWorker {
  postMessage(message: ToPowWorker): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: FromPowWorker }) => void): void;
  /** A script that can't be loaded gives an event without a message. */
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
}

export interface PowStats {
  /** Is there a job in hand? */
  readonly working: boolean;
  readonly workers: number;
  /** Undefined until the first worker has loaded. */
  readonly kernel: PowKernel | undefined;
  /** Hashes a second of all working workers together; undefined until measured and while not working. */
  readonly hashRate: number | undefined;
  /** The same of each worker. */
  readonly perWorker: readonly (number | undefined)[];
  /** Why there are fewer workers than asked for. */
  readonly failure: string | undefined;
}

export interface PowPoolOptions {
  readonly createWorker: () => PowWorker;
  /** 0 is fine: jobs then wait. */
  readonly workers: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** `header` is the job's with the nonce and version that hit. The job is over then; the node starts the next. */
  readonly onFound: (jobId: number, header: Uint8Array) => void;
  /** All 2^32 nonces missed: the node makes another template. */
  readonly onExhausted: (jobId: number) => void;
  readonly onStats: (stats: PowStats) => void;
}

/** Workers that search one job together: each nonce is tried once, whatever happens to the workers. */
export interface PowPool extends Pow {
  /** Takes effect at once, in the middle of a job too. Undefined: as many as before; those that died are replaced. */
  setWorkers(count: number | undefined): void;
  /** Looks for silent workers and tells fresh hash rates. Call every 250 ms to 1 s. */
  tick(): void;
  destroy(): void;
}

interface Current {
  readonly job: PowJob;
  readonly space: NonceSpace;
}

/** A place for a worker: the worker in it may die and be replaced. */
interface Seat {
  worker: PowWorker;
  readonly rate: HashRate;
  /** What it was given to search, `from` being moved on by its reports. */
  task: { readonly taskId: number; readonly of: Current; from: number; readonly to: number } | undefined;
  /** It was told to finish; when it has answered `retired` it is gone. */
  retiring: boolean;
  deaths: number;
  heardAtMs: number;
}

export function createPowPool(options: PowPoolOptions): PowPool {
  const { now } = options;
  /** Retiring ones included, until they are gone. */
  const seats = new Set<Seat>();
  let current: Current | undefined;
  let lastTaskId = 0;
  let kernel: PowKernel | undefined;
  let failure: string | undefined;
  /** As many as were asked for, living or dead. */
  let wanted = options.workers;
  let tickedAtMs = now();
  let toldAtMs = 0;

  function tell(): void {
    const nowMs = (toldAtMs = now());
    const staying = [...seats].filter(({ retiring }) => !retiring);
    const perWorker = staying.map(({ task, rate }) =>
      task === undefined ? undefined : rate.perSecond(nowMs),
    );
    const measured = perWorker.filter((rate) => rate !== undefined);
    options.onStats({
      working: current !== undefined && staying.length > 0,
      workers: staying.length,
      kernel,
      hashRate: measured.length === 0 ? undefined : measured.reduce((sum, rate) => sum + rate, 0),
      perWorker,
      failure,
    });
  }

  /** A new worker; undefined if the browser makes none. */
  function employ(): PowWorker | undefined {
    try {
      return options.createWorker();
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }

  function listen(seat: Seat): void {
    const { worker } = seat;
    // Events of a worker that was dismissed or replaced may still be on their way.
    const isHere = () => seats.has(seat) && seat.worker === worker;
    worker.addEventListener('message', ({ data }) => {
      if (isHere()) receive(seat, data);
    });
    worker.addEventListener('error', ({ message }) => {
      if (isHere()) bury(seat, message ?? 'the script of a worker did not load');
    });
  }

  function hire(): void {
    const worker = employ();
    if (worker === undefined) return;
    const rate = createHashRate();
    const seat: Seat = { worker, rate, task: undefined, retiring: false, deaths: 0, heardAtMs: now() };
    seats.add(seat);
    listen(seat);
  }
  /** Takes what the seat has not searched out of its hands. */
  function release(seat: Seat): void {
    const { task } = seat;
    seat.task = undefined;
    seat.rate.pause(now());
    if (task !== undefined && task.of === current) {
      const { from, to } = task;
      current.space.giveBack({ from, to });
    }
  }

  function dismiss(seat: Seat): void {
    release(seat);
    seats.delete(seat);
    seat.worker.terminate();
  }

  /** Replaces a dead worker, unless its kind dies as soon as it is born. */
  function bury(seat: Seat, reason: string): void {
    release(seat);
    seat.worker.terminate();
    seat.deaths += 1;
    const successor = seat.retiring || seat.deaths >= MAX_DEATHS_IN_A_ROW ? undefined : employ();
    if (successor !== undefined) {
      seat.worker = successor;
      listen(seat);
    } else {
      seats.delete(seat);
      if (!seat.retiring) failure = reason;
    }
    deal();
    tell();
  }

  /** Gives work to whoever has none, and notices when there is none left. */
  function deal(): void {
    if (current === undefined) return;
    for (const seat of seats) if (!seat.retiring && seat.task?.of !== current) assign(seat, current);
    const staying = [...seats].some(({ retiring }) => !retiring);
    // A retiring worker may still bring a part of its lease back.
    const isSearched = staying && [...seats].every(({ task }) => task?.of !== current);
    if (!isSearched) return;
    const { job } = current;
    halt();
    options.onExhausted(job.id);
  }

  function assign(seat: Seat, of: Current): void {
    const range = of.space.lease();
    if (range === undefined) return;
    const taskId = (lastTaskId += 1);
    seat.task = { taskId, of, ...range };
    seat.heardAtMs = now();
    seat.rate.resume(now());
    const { header, target } = of.job;
    seat.worker.postMessage({ type: 'task', task: { taskId, header, target, ...range } });
  }

  /** The job is over; the workers stay for the next one. */
  function halt(): void {
    current = undefined;
    for (const seat of seats) {
      if (seat.task === undefined || seat.retiring) continue;
      release(seat);
      seat.worker.postMessage({ type: 'stop' });
    }
    tell();
  }

  function account(seat: Seat, { taskId, next, hashes }: PowReport): void {
    seat.rate.count(hashes, now());
    seat.heardAtMs = now();
    seat.deaths = 0;
    if (seat.task?.taskId === taskId) seat.task.from = next;
  }

  function receive(seat: Seat, message: FromPowWorker): void {
    switch (message.type) {
      case 'ready':
        kernel = message.kernel;
        tell();
        return;
      case 'progress':
        account(seat, message);
        return;
      case 'done':
        account(seat, message);
        if (seat.task?.taskId !== message.taskId) return;
        release(seat);
        deal();
        return;
      case 'found': {
        account(seat, message);
        // A find for a job that was replaced meanwhile is of no use to anyone.
        if (current === undefined || seat.task?.taskId !== message.taskId || seat.task.of !== current) return;
        const { job } = current;
        halt();
        options.onFound(job.id, message.header);
        return;
      }
      case 'retired':
        if (message.report !== undefined) account(seat, message.report);
        dismiss(seat);
        deal();
        return;
      default:
        message satisfies never;
    }
  }

  function setWorkers(count: number | undefined): void {
    wanted = count ?? wanted;
    failure = undefined;
    const staying = [...seats].filter(({ retiring }) => !retiring);
    for (let missing = wanted - staying.length; missing > 0; missing -= 1) hire();
    for (const seat of staying.slice(wanted)) {
      if (seat.task === undefined) dismiss(seat);
      else {
        seat.retiring = true;
        seat.worker.postMessage({ type: 'retire' });
      }
    }
    deal();
    tell();
  }

  setWorkers(wanted);

  return {
    start(job) {
      current = { job, space: createNonceSpace() };
      deal();
      tell();
    },
    stop: halt,
    setWorkers,
    tick() {
      const nowMs = now();
      const slept = nowMs - tickedAtMs > MAX_TICK_GAP_MS;
      tickedAtMs = nowMs;
      for (const seat of [...seats]) {
        if (slept) seat.heardAtMs = nowMs;
        if (seat.task !== undefined && nowMs - seat.heardAtMs >= SILENCE_MS)
          bury(seat, 'a worker fell silent');
      }
      if (current !== undefined && nowMs - toldAtMs >= STATS_MS) tell();
    },
    destroy() {
      current = undefined;
      for (const seat of [...seats]) dismiss(seat);
    },
  };
}
