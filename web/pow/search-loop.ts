import type { FromPowWorker, PowReport, PowTask, ToPowWorker } from './job-messages.ts';
import type { PrepareSearch, Search } from './search.ts';

/** How long one batch should keep the worker from its messages, in ms: a stop within 50 ms leaves room for a slow core. */
export const BATCH_MS = 12;
/** Nonces of the first batch: some ms for the slowest kernel, and short enough that engines compile it early. */
export const FIRST_BATCH = 512;
/** A batch grows at most so much at once: one that was measured as zero ms must not become a second. */
const MAX_GROWTH = 4;
/** Batches of whole groups: a kernel that tries four nonces at once would throw the rest of the last one away. */
const GROUP_NONCES = 4;
/** Nonces of the longest batch, for a clock that is stuck. */
const MAX_BATCH = 2 ** 22;
/** Between two reports, in ms: what a dying worker's successor tries again, and how smooth a hash rate looks. */
export const REPORT_MS = 200;

export interface SearchLoopOptions {
  readonly prepare: PrepareSearch;
  readonly post: (message: FromPowWorker) => void;
  /** Calls `step` again after the messages that wait. */
  readonly yieldThen: (step: () => void) => void;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

interface Running {
  readonly task: PowTask;
  readonly search: Search;
  next: number;
  /** Hashes since the last report. */
  hashes: number;
  reportedAtMs: number;
}

/** A worker's life: search in batches, yield between them, report. Returns what takes the pool's messages. */
export function createSearchLoop(options: SearchLoopOptions): (message: ToPowWorker) => void {
  const { post, now } = options;
  let running: Running | undefined;
  /** Is a step already on its way? A second one would search twice as long between messages. */
  let isScheduled = false;
  let batch = FIRST_BATCH;

  function takeReport(of: Running): PowReport {
    const report = { taskId: of.task.taskId, next: of.next, hashes: of.hashes };
    of.hashes = 0;
    of.reportedAtMs = now();
    return report;
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    options.yieldThen(() => {
      isScheduled = false;
      if (running === undefined) return;
      step(running);
      if (running !== undefined) schedule();
    });
  }

  function step(current: Running): void {
    const { task, search } = current;
    const to = Math.min(current.next + batch, task.to);
    const startMs = now();
    const { found, nonces, hashes } = search(current.next, to);
    const tookMs = now() - startMs;
    if (nonces === batch) {
      const factor = Math.min(MAX_GROWTH, tookMs > 0 ? BATCH_MS / tookMs : MAX_GROWTH);
      const groups = Math.max(1, Math.round((batch * factor) / GROUP_NONCES));
      batch = Math.min(MAX_BATCH, groups * GROUP_NONCES);
    }
    current.next += nonces;
    current.hashes += hashes;
    if (found !== undefined) {
      running = undefined;
      post({ type: 'found', header: found, ...takeReport(current) });
    } else if (current.next >= task.to) {
      running = undefined;
      post({ type: 'done', ...takeReport(current) });
    } else if (now() - current.reportedAtMs >= REPORT_MS) {
      post({ type: 'progress', ...takeReport(current) });
    }
  }

  return (message) => {
    const before = running;
    switch (message.type) {
      case 'task': {
        if (before !== undefined) post({ type: 'progress', ...takeReport(before) });
        const { task } = message;
        const search = options.prepare(task.header, task.target);
        running = { task, search, next: task.from, hashes: 0, reportedAtMs: now() };
        schedule();
        return;
      }
      case 'stop':
        running = undefined;
        if (before !== undefined) post({ type: 'progress', ...takeReport(before) });
        return;
      case 'retire':
        running = undefined;
        post({ type: 'retired', report: before === undefined ? undefined : takeReport(before) });
        return;
      default:
        message satisfies never;
    }
  };
}
