import { describe, expect, test } from 'vitest';
import type { FromPowWorker, PowTask } from '../../../web/pow/job-messages.ts';
import { BATCH_MS, createSearchLoop, REPORT_MS } from '../../../web/pow/search-loop.ts';

/** A worker's thread with a clock of its own: each nonce takes `hashMs` and two hashes, `hits` are the nonces that hit. */
function createThread({ hashMs = 0.01, hits = [] as number[] } = {}) {
  let nowMs = 0;
  let next: (() => void) | undefined;
  const posted: FromPowWorker[] = [];
  const batches: { from: number; to: number; ms: number }[] = [];
  const receive = createSearchLoop({
    prepare: () => (from, to) => {
      const nonce = hits.find((hit) => hit >= from && hit < to);
      const nonces = nonce === undefined ? to - from : nonce - from + 1;
      batches.push({ from, to: from + nonces, ms: nonces * hashMs });
      nowMs += nonces * hashMs;
      return { found: nonce === undefined ? undefined : Uint8Array.of(nonce), nonces, hashes: 2 * nonces };
    },
    post: (message) => posted.push(message),
    yieldThen: (step) => {
      expect(next).toBeUndefined();
      next = step;
    },
    now: () => nowMs,
  });
  return {
    receive,
    posted,
    batches,
    /** One turn of the event loop; false if there is nothing to do. */
    turn(): boolean {
      const step = next;
      next = undefined;
      step?.();
      return step !== undefined;
    },
  };
}

const task = (taskId: number, from: number, to: number): PowTask => ({
  taskId,
  header: new Uint8Array(80),
  target: 0n,
  from,
  to,
});

describe('the search loop', () => {
  test('tries its range once and counts every nonce', () => {
    const thread = createThread();
    thread.receive({ type: 'task', task: task(1, 1000, 500_000) });
    while (thread.turn());
    let next = 1000;
    for (const batch of thread.batches) {
      expect(batch.from).toBe(next);
      next = batch.to;
    }
    expect(next).toBe(500_000);
    expect(thread.posted.at(-1)).toMatchObject({ type: 'done', taskId: 1, next: 500_000 });
    expect(hashesOf(thread.posted)).toBe(2 * 499_000);
  });

  test('keeps batches near their time on a slow and on a fast core', () => {
    for (const hashMs of [0.005, 0.0001]) {
      const thread = createThread({ hashMs });
      thread.receive({ type: 'task', task: task(1, 0, 2 ** 32) });
      for (let turns = 0; turns < 30; turns += 1) thread.turn();
      for (const { ms } of thread.batches) expect(ms).toBeLessThanOrEqual(2 * BATCH_MS);
      for (const { ms } of thread.batches.slice(10)) expect(ms).toBeGreaterThan(BATCH_MS / 2);
    }
  });

  test('reports at intervals', () => {
    const thread = createThread();
    thread.receive({ type: 'task', task: task(1, 0, 2 ** 32) });
    for (let turns = 0; turns < 200; turns += 1) thread.turn();
    const totalMs = thread.batches.reduce((sum, { ms }) => sum + ms, 0);
    expect(thread.posted.length).toBeGreaterThan(totalMs / REPORT_MS / 2);
    expect(thread.posted.length).toBeLessThanOrEqual(totalMs / REPORT_MS);
  });

  test('ends a task with its first find', () => {
    const thread = createThread({ hits: [70, 90] });
    thread.receive({ type: 'task', task: task(4, 0, 5000) });
    while (thread.turn());
    const header = Uint8Array.of(70);
    expect(thread.posted).toEqual([{ type: 'found', header, taskId: 4, next: 71, hashes: 142 }]);
  });

  test('obeys stop, retire and a new task before the next batch', () => {
    const thread = createThread();
    thread.receive({ type: 'task', task: task(1, 0, 2 ** 32) });
    thread.turn();
    thread.receive({ type: 'task', task: task(2, 5000, 2 ** 32) });
    expect(thread.posted.at(-1)).toMatchObject({ type: 'progress', taskId: 1 });
    thread.turn();
    expect(thread.batches.at(-1)?.from).toBe(5000);
    thread.receive({ type: 'stop' });
    expect(thread.posted.at(-1)).toMatchObject({ type: 'progress', taskId: 2 });
    const tried = thread.batches.length;
    while (thread.turn());
    expect(thread.batches).toHaveLength(tried);
    expect(hashesOf(thread.posted)).toBe(
      thread.batches.reduce((sum, { from, to }) => sum + 2 * (to - from), 0),
    );
    thread.receive({ type: 'retire' });
    expect(thread.posted.at(-1)).toEqual({ type: 'retired', report: undefined });
    thread.receive({ type: 'task', task: task(3, 0, 2 ** 32) });
    thread.turn();
    thread.receive({ type: 'retire' });
    expect(thread.posted.at(-1)).toMatchObject({ type: 'retired', report: { taskId: 3 } });
  });
});

function hashesOf(messages: readonly FromPowWorker[]): number {
  return messages.reduce((sum, message) => sum + ('hashes' in message ? message.hashes : 0), 0);
}
