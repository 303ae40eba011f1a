import { expect, test } from 'vitest';
import type { Transaction } from '../../../web/core/transaction.ts';
import type { Verifier } from '../../../web/node/ports.ts';
import { unpackTransactions, type CheckedBatch, type TransactionBatch } from '../../../web/verify/batch.ts';
import {
  BATCH,
  createVerificationPool,
  GATHER_MS,
  IDLE_MS,
  MAX_DEATHS_IN_A_ROW,
  REST_MS,
  SILENCE_MS,
  type VerificationWorker,
} from '../../../web/verify/pool.ts';
import { GENESIS_HASH, someAccount, unchecked } from '../core/build.ts';

/** A worker that answers when it is told to. */
class PlayedWorker implements VerificationWorker {
  readonly batches: TransactionBatch[] = [];
  isTerminated = false;
  readonly #listeners = new Map<string, (event: { readonly data: CheckedBatch }) => void>();

  postMessage(batch: TransactionBatch): void {
    this.batches.push(batch);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  addEventListener(
    type: 'message' | 'error',
    listener: (event: { readonly data: CheckedBatch }) => void,
  ): void {
    this.#listeners.set(type, listener);
  }

  /** How many transactions there are in each batch that waits. */
  get sizes(): number[] {
    return this.batches.map(({ packed }) => unpackTransactions(packed).length);
  }

  /** The oldest batch: whose turn in it `isGood` accepts. */
  answer(isGood: (at: number) => boolean = () => true): void {
    const batch = this.batches.shift();
    if (batch === undefined) throw new Error('nothing was asked');
    const good = Uint8Array.from(unpackTransactions(batch.packed), (_, at) => Number(isGood(at)));
    this.#listeners.get('message')?.({ data: { batchId: batch.batchId, good } });
  }

  fail(): void {
    this.#listeners.get('error')?.({ data: { batchId: NaN, good: new Uint8Array() } });
  }
}

/** A pool on a clock that stands until it is moved. */
function createScene(maxWorkers = 1) {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const workers: PlayedWorker[] = [];
  const fallenBack: Transaction[] = [];
  const fallback: Verifier = {
    lookAhead(transactions, done) {
      fallenBack.push(...transactions);
      done([]);
    },
  };
  const pool = createVerificationPool({
    genesisHash: GENESIS_HASH,
    createWorker() {
      const worker = new PlayedWorker();
      workers.push(worker);
      return worker;
    },
    maxWorkers,
    now: () => nowMs,
    later: (run, ms) => void timers.push({ atMs: nowMs + ms, run }),
    fallback,
  });
  const worker = (n: number): PlayedWorker => {
    const found = workers[n];
    if (found === undefined) throw new Error(`worker ${n} was never started`);
    return found;
  };
  return {
    pool,
    workers,
    worker,
    fallenBack,
    /** In steps of at most 250 ms, as an engine ticks. */
    pass(ms: number): void {
      for (const endMs = nowMs + ms; nowMs < endMs;) {
        nowMs = Math.min(endMs, nowMs + 250);
        const due = timers.filter(({ atMs }) => atMs <= nowMs);
        timers = timers.filter(({ atMs }) => atMs > nowMs);
        for (const { run } of due) run();
        pool.tick();
      }
    },
    sleep(ms: number): void {
      nowMs += ms;
      pool.tick();
    },
    /** Asks about so many; gives what is said of them once something is. */
    ask(count: number): { readonly asked: readonly Transaction[]; good?: readonly Transaction[] } {
      const asked = Array.from({ length: count }, (_, n) => unchecked(someAccount(n), { memo: `${n}` }));
      const question: { readonly asked: readonly Transaction[]; good?: readonly Transaction[] } = { asked };
      pool.lookAhead(asked, (good) => {
        if (question.good !== undefined) throw new Error('answered twice');
        question.good = good;
      });
      return question;
    },
  };
}

test('several questions go together, and each hears of its own transactions', () => {
  const { pass, ask, worker, workers } = createScene();
  const questions = [ask(2), ask(3), ask(1)];
  expect(workers).toHaveLength(0);
  pass(GATHER_MS);
  expect(worker(0).sizes).toEqual([6]);
  worker(0).answer((at) => at !== 0 && at !== 4);
  const [first, second, third] = questions;
  expect(first?.good).toEqual([first?.asked[1]]);
  expect(second?.good).toEqual([second?.asked[0], second?.asked[1]]);
  expect(third?.good).toEqual(third?.asked);
});

test('a full batch does not wait, and a question is never split', () => {
  const { ask, worker } = createScene();
  const large = ask(BATCH + 100);
  expect(worker(0).sizes).toEqual([BATCH + 100]);
  ask(BATCH - 1);
  expect(worker(0).sizes).toEqual([BATCH + 100]);
  ask(5);
  expect(worker(0).sizes).toEqual([BATCH + 100, BATCH + 4]);
  worker(0).answer();
  expect(large.good).toEqual(large.asked);
});

test('about nothing there is nothing to ask', () => {
  const { ask, workers } = createScene();
  expect(ask(0).good).toEqual([]);
  expect(workers).toHaveLength(0);
});

test('a worker has two batches at most; what is more waits for it where there may be no other', () => {
  const { ask, pass, worker, workers } = createScene();
  for (let n = 0; n < 5; n++) ask(BATCH);
  const last = ask(3);
  pass(1_000);
  expect(worker(0).sizes).toEqual([BATCH, BATCH]);
  for (let n = 0; n < 5; n++) worker(0).answer();
  expect(last.good).toBe(undefined);
  pass(GATHER_MS);
  worker(0).answer();
  expect(last.good).toEqual(last.asked);
  expect(workers).toHaveLength(1);
});

test('another worker is started when those that are there have enough, up to the limit', () => {
  const { ask, workers } = createScene(2);
  for (let n = 0; n < 2; n++) ask(BATCH);
  expect(workers.map(({ sizes }) => sizes)).toEqual([[BATCH, BATCH]]);
  for (let n = 0; n < 4; n++) ask(BATCH);
  expect(workers.map(({ sizes }) => sizes)).toEqual([
    [BATCH, BATCH],
    [BATCH, BATCH],
  ]);
});

test('what a worker had when it failed is answered here, and the next questions go to another worker', () => {
  const { ask, fallenBack, worker, workers } = createScene();
  const [lost, alsoLost, waiting] = [ask(BATCH), ask(BATCH), ask(BATCH)];
  worker(0).fail();
  expect([lost.good, alsoLost.good]).toEqual([[], []]);
  expect(fallenBack).toEqual([...lost.asked, ...alsoLost.asked]);
  expect(worker(0).isTerminated).toBe(true);
  expect(waiting.good).toBe(undefined);
  worker(1).answer();
  expect(waiting.good).toEqual(waiting.asked);
  // What the first one says now is nobody's answer.
  worker(0).answer();
  worker(0).fail();
  expect(workers).toHaveLength(2);
});

test('where workers die one after another all is answered here', () => {
  const { ask, pass, workers } = createScene(2);
  const questions = [];
  for (let n = 0; n < MAX_DEATHS_IN_A_ROW; n++) {
    questions.push(ask(BATCH));
    workers.at(-1)?.fail();
  }
  questions.push(ask(BATCH), ask(2));
  pass(GATHER_MS);
  expect(workers).toHaveLength(MAX_DEATHS_IN_A_ROW);
  expect(questions.map(({ good }) => good)).toEqual(questions.map(() => []));
});

test('after deaths in a row none is tried for a while, then again', () => {
  const { ask, pass, worker, workers } = createScene();
  for (let n = 0; n < MAX_DEATHS_IN_A_ROW; n++) {
    ask(BATCH);
    worker(n).fail();
  }
  pass(REST_MS - 250);
  expect(ask(BATCH).good).toEqual([]);
  expect(workers).toHaveLength(MAX_DEATHS_IN_A_ROW);
  pass(250);
  const again = ask(BATCH);
  worker(MAX_DEATHS_IN_A_ROW).answer();
  expect(again.good).toEqual(again.asked);
});

test('after a rest another death is the beginning of the next', () => {
  const { ask, pass, worker, workers } = createScene();
  for (let n = 0; n <= MAX_DEATHS_IN_A_ROW; n++) {
    if (n === MAX_DEATHS_IN_A_ROW) pass(REST_MS);
    ask(BATCH);
    worker(n).fail();
  }
  pass(REST_MS - 250);
  expect(ask(BATCH).good).toEqual([]);
  expect(workers).toHaveLength(MAX_DEATHS_IN_A_ROW + 1);
});

test('workers that are silent together, as behind a page that stands still, died of one cause', () => {
  const { ask, pass, worker, workers } = createScene(4);
  const lost = Array.from({ length: 8 }, () => ask(BATCH));
  expect(workers).toHaveLength(4);
  pass(SILENCE_MS);
  expect(lost.map(({ good }) => good)).toEqual(lost.map(() => []));
  expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, true, true, true]);
  const next = ask(BATCH);
  worker(4).answer();
  expect(next.good).toEqual(next.asked);
});

test('a worker that falls silent has died, but not while the machine slept', () => {
  const { ask, pass, sleep, worker, fallenBack } = createScene();
  const question = ask(BATCH);
  pass(SILENCE_MS - 250);
  sleep(3_600_000);
  pass(SILENCE_MS - 250);
  expect(question.good).toBe(undefined);
  pass(250);
  expect(question.good).toEqual([]);
  expect(fallenBack).toEqual(question.asked);
  expect(worker(0).isTerminated).toBe(true);
});

test('a worker without work is given back, and started again when it is wanted', () => {
  const { ask, pass, worker } = createScene();
  ask(BATCH);
  worker(0).answer();
  pass(IDLE_MS - 250);
  expect(worker(0).isTerminated).toBe(false);
  pass(250);
  expect(worker(0).isTerminated).toBe(true);
  const later = ask(BATCH);
  worker(1).answer();
  expect(later.good).toEqual(later.asked);
});
