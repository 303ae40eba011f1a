import { describe, expect, test } from 'vitest';
import type { PowJob } from '../../../web/node/ports.ts';
import type { FromPowWorker, PowTask, ToPowWorker } from '../../../web/pow/job-messages.ts';
import {
  createPowPool,
  MAX_DEATHS_IN_A_ROW,
  SILENCE_MS,
  type PowStats,
  type PowWorker,
} from '../../../web/pow/pool.ts';

type MessageListener = (event: { data: FromPowWorker }) => void;
type ErrorListener = (event: { message?: string }) => void;

/** A worker that the test drives: it does nothing by itself. */
class FakeWorker implements PowWorker {
  task: PowTask | undefined;
  next = 0;
  terminated = false;
  retireAsked = false;
  #onMessage: MessageListener = () => undefined;
  #onError: ErrorListener = () => undefined;

  postMessage(message: ToPowWorker): void {
    if (message.type === 'retire') this.retireAsked = true;
    this.task = message.type === 'task' ? message.task : undefined;
    if (message.type === 'task') this.next = message.task.from;
  }
  terminate(): void {
    this.terminated = true;
  }
  addEventListener(type: 'message' | 'error', listener: (event: never) => void): void {
    if (type === 'message') this.#onMessage = listener as MessageListener;
    else this.#onError = listener as ErrorListener;
  }

  say(message: FromPowWorker): void {
    this.#onMessage({ data: message });
  }
  die(message?: string): void {
    this.#onError(message === undefined ? {} : { message });
  }
  /** Tries `count` nonces, at most to the end of its task. */
  work(count: number): { from: number; to: number } {
    const task = this.task as PowTask;
    const from = this.next;
    const to = (this.next = Math.min(task.to, from + count));
    const type = to === task.to ? 'done' : 'progress';
    if (type === 'done') this.task = undefined;
    // Said last: it may bring the next task.
    this.say({ type, taskId: task.taskId, next: to, hashes: to - from });
    return { from, to };
  }
  find(header: Uint8Array): void {
    const { taskId, from } = this.task as PowTask;
    this.say({ type: 'found', header, taskId, next: from + 1, hashes: 1 });
  }
}

function createBench(workers: number) {
  const made: FakeWorker[] = [];
  const found: { jobId: number; header: Uint8Array }[] = [];
  const exhausted: number[] = [];
  let stats: PowStats | undefined;
  let nowMs = 0;
  const pool = createPowPool({
    createWorker: () => {
      const worker = new FakeWorker();
      made.push(worker);
      return worker;
    },
    workers,
    now: () => nowMs,
    onFound: (jobId, header) => found.push({ jobId, header }),
    onExhausted: (jobId) => exhausted.push(jobId),
    onStats: (value) => (stats = value),
  });
  return {
    pool,
    made,
    found,
    exhausted,
    alive: () => made.filter(({ terminated }) => !terminated),
    stats: () => stats as PowStats,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

const job = (id: number): PowJob => ({ id, header: new Uint8Array(80).fill(id), target: 1n });
const at = (workers: readonly FakeWorker[], index: number): FakeWorker => workers[index] as FakeWorker;

/** Small and reproducible: the seed is printed. */
function createRandom(): (below: number) => number {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`SEED=${seed}`);
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('the pool', () => {
  test('covers the nonce space exactly once through deaths and changes of the worker count', () => {
    const random = createRandom();
    const { pool, alive, exhausted } = createBench(3);
    const tried: { from: number; to: number }[] = [];
    pool.start(job(1));
    while (exhausted.length === 0) {
      const working = alive().filter(({ task }) => task !== undefined);
      const worker = working[random(working.length)];
      const dice = random(100);
      if (dice < 5) pool.setWorkers(random(5));
      else if (dice < 12) worker?.die();
      else if (worker !== undefined) tried.push(worker.work(1 + random(2 ** 24)));
      if (working.length === 0) pool.setWorkers(1 + random(4));
      for (const retiring of alive().filter(({ retireAsked }) => retireAsked))
        if (random(3) === 0) retiring.say({ type: 'retired', report: undefined });
    }
    expect(exhausted).toEqual([1]);
    tried.sort((a, b) => a.from - b.from);
    let next = 0;
    for (const range of tried) {
      expect(range.from).toBe(next);
      next = range.to;
    }
    expect(next).toBe(2 ** 32);
  });

  test('gives the workers different nonces of the same job', () => {
    const { pool, made } = createBench(2);
    pool.start(job(7));
    const [a, b] = made.map(({ task }) => task as PowTask);
    expect(a?.header).toEqual(job(7).header);
    expect(a?.target).toBe(1n);
    expect(a?.to).toBeLessThanOrEqual(b?.from as number);
  });

  test('hands on the header that was found, and ends the job', () => {
    const { pool, made, found, stats } = createBench(2);
    pool.start(job(7));
    const header = new Uint8Array(80).fill(9);
    at(made, 1).find(header);
    expect(found).toEqual([{ jobId: 7, header }]);
    expect(made.map(({ task }) => task)).toEqual([undefined, undefined]);
    expect(stats().working).toBe(false);
  });

  test('lets the node start the next job from inside the find', () => {
    const made: FakeWorker[] = [];
    const pool = createPowPool({
      createWorker: () => made[made.push(new FakeWorker()) - 1] as FakeWorker,
      workers: 2,
      now: () => 0,
      onFound: () => pool.start(job(2)),
      onExhausted: () => undefined,
      onStats: () => undefined,
    });
    pool.start(job(1));
    at(made, 0).find(new Uint8Array(80));
    expect(made.map(({ task }) => task?.header[0])).toEqual([2, 2]);
  });

  test('ignores finds and ends of an old job', () => {
    const { pool, made, found, exhausted } = createBench(1);
    pool.start(job(1));
    const old = at(made, 0).task as PowTask;
    pool.start(job(2));
    const current = at(made, 0).task;
    at(made, 0).say({ type: 'found', header: new Uint8Array(80), taskId: old.taskId, next: 6, hashes: 6 });
    at(made, 0).say({ type: 'done', taskId: old.taskId, next: old.to, hashes: 6 });
    expect(found).toEqual([]);
    expect(exhausted).toEqual([]);
    expect(at(made, 0).task).toBe(current);
    pool.stop();
    at(made, 0).say({
      type: 'found',
      header: new Uint8Array(80),
      taskId: current?.taskId ?? 0,
      next: 6,
      hashes: 6,
    });
    expect(found).toEqual([]);
  });

  test('replaces a worker that dies and goes on where its last report ended', () => {
    const { pool, made } = createBench(1);
    pool.start(job(1));
    const { to } = at(made, 0).task as PowTask;
    at(made, 0).work(1000);
    at(made, 0).die('out of memory');
    expect(at(made, 0).terminated).toBe(true);
    expect(at(made, 1).task).toMatchObject({ from: 1000, to });
    // The dead say no more.
    at(made, 0).say({ type: 'found', header: new Uint8Array(80), taskId: 1, next: 6, hashes: 6 });
    expect(at(made, 1).task).toBeDefined();
  });

  test('gives up on workers that never run, says why, and tries again when asked to', () => {
    const { pool, made, stats } = createBench(2);
    pool.start(job(1));
    for (let deaths = 0; deaths < 2 * MAX_DEATHS_IN_A_ROW; deaths += 1)
      made.find(({ terminated }) => !terminated)?.die();
    expect(made).toHaveLength(2 * MAX_DEATHS_IN_A_ROW);
    expect(stats()).toMatchObject({ workers: 0, working: false });
    expect(stats().failure).toMatch(/did not load/);
    pool.setWorkers(undefined);
    expect(stats()).toMatchObject({ workers: 2, working: true, failure: undefined });
    expect(made.at(-1)?.task).toBeDefined();
  });

  test('does without workers that the browser refuses to make', () => {
    let stats: PowStats | undefined;
    const pool = createPowPool({
      createWorker: () => {
        throw new Error('no workers here');
      },
      workers: 2,
      now: () => 0,
      onFound: () => undefined,
      onExhausted: () => undefined,
      onStats: (value) => (stats = value),
    });
    pool.start(job(1));
    expect(stats).toMatchObject({ workers: 0, working: false, failure: 'no workers here' });
  });

  test('replaces a worker that falls silent, but not after a sleep of the machine', () => {
    const { pool, made, pass } = createBench(1);
    pool.start(job(1));
    pass(SILENCE_MS);
    pool.tick();
    expect(made).toHaveLength(1);
    for (let seconds = 0; seconds < SILENCE_MS / 1000; seconds += 1) {
      pass(1000);
      pool.tick();
    }
    expect(made).toHaveLength(2);
    expect(at(made, 1).task).toMatchObject({ from: 0 });
  });

  test('changes the number of workers in the middle of a job', () => {
    const { pool, made, alive, stats } = createBench(1);
    pool.start(job(1));
    pool.setWorkers(3);
    expect(made.filter(({ task }) => task !== undefined)).toHaveLength(3);
    const second = at(made, 1).task as PowTask;
    pool.setWorkers(1);
    expect(stats().workers).toBe(1);
    expect(made.map(({ retireAsked }) => retireAsked)).toEqual([false, true, true]);
    const { taskId, from, to } = second;
    at(made, 1).say({ type: 'retired', report: { taskId, next: from + 50, hashes: 50 } });
    at(made, 2).say({ type: 'retired', report: undefined });
    expect(alive()).toEqual([made[0]]);
    // What the retired ones left is searched first.
    at(made, 0).work(2 ** 24);
    at(made, 0).work(2 ** 24);
    expect(at(made, 0).task).toMatchObject({ from: from + 50, to });
    pool.setWorkers(0);
    expect(stats()).toMatchObject({ workers: 0, working: false });
  });

  test('measures each worker and the sum, and says nothing before', () => {
    const { pool, made, stats, pass } = createBench(2);
    pool.start(job(1));
    expect(stats()).toMatchObject({ working: true, hashRate: undefined, perWorker: [undefined, undefined] });
    for (let reports = 0; reports < 5; reports += 1) {
      pass(200);
      at(made, 0).work(2000);
      at(made, 1).work(1000);
      pool.tick();
    }
    expect(stats().perWorker).toEqual([10_000, 5000]);
    expect(stats().hashRate).toBe(15_000);
    pool.stop();
    expect(stats()).toMatchObject({ working: false, hashRate: undefined });
  });
});
