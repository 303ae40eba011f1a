/** What kept a page's main thread busy, read from a trace of Chromium's (its "Trace Event Format"). */

/** What must be traced for that. */
export const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8'];

/** A task of the main thread: while it runs, the page answers nobody. */
export interface Task {
  /** By the clock, in ms: with the time in which other processes had the core. */
  readonly wallMs: number;
  /** That the thread itself computed, in ms. */
  readonly cpuMs: number;
  /** What it did, by its own computing time without that of what it called; the most costly first. */
  readonly parts: readonly { readonly name: string; readonly cpuMs: number }[];
}

/** Times in microseconds; `tdur` is the thread's computing time. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: {
    readonly name?: string;
    readonly type?: string;
    readonly data?: {
      readonly functionName?: string;
      readonly lineNumber?: number;
      readonly url?: string;
      readonly type?: string;
      readonly frames?: readonly { readonly isOutermostMainFrame?: boolean; readonly processId?: number }[];
    };
  };
}

interface Span {
  readonly name: string;
  readonly end: number;
  ownUs: number;
}

/** All tasks of the traced page's main thread. `trace`: JSON. @throws Error if it is of no page. */
export function mainThreadTasks(trace: string): Task[] {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: readonly TraceEvent[] };
  const thread = mainThreadOf(traceEvents);
  const events = traceEvents
    .filter(({ ph, pid, tid }) => ph === 'X' && pid === thread.pid && tid === thread.tid)
    // An event comes after the one that it is part of.
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const tasks: Task[] = [];
  let task: { readonly event: TraceEvent; readonly spans: Span[]; readonly open: Span[] } | undefined;
  const finish = (): void => {
    if (task === undefined) return;
    const { dur = 0, tdur = 0 } = task.event;
    tasks.push({ wallMs: dur / 1000, cpuMs: tdur / 1000, parts: sumByName(task.spans) });
  };
  for (const event of events) {
    if (event.name === 'RunTask') {
      finish();
      task = { event, spans: [], open: [] };
    }
    if (task === undefined || event.ts > task.event.ts + (task.event.dur ?? 0)) continue;
    while ((task.open.at(-1)?.end ?? Infinity) <= event.ts) task.open.pop();
    const ownUs = event.tdur ?? 0;
    const parent = task.open.at(-1);
    if (parent) parent.ownUs -= ownUs;
    const span = { name: nameOf(event), end: event.ts + (event.dur ?? 0), ownUs };
    task.spans.push(span);
    task.open.push(span);
  }
  finish();
  return tasks;
}

function mainThreadOf(events: readonly TraceEvent[]): { readonly pid: number; readonly tid: number } {
  const frames = events.find(({ name }) => name === 'TracingStartedInBrowser')?.args?.data?.frames ?? [];
  const pid = frames.find(({ isOutermostMainFrame }) => isOutermostMainFrame === true)?.processId;
  const named = events.find(
    (event) => event.name === 'thread_name' && event.pid === pid && event.args?.name === 'CrRendererMain',
  );
  if (pid === undefined || named === undefined) throw new Error('this trace is not of a page');
  return { pid, tid: named.tid };
}

function nameOf({ name, args }: TraceEvent): string {
  const { functionName, lineNumber, url, type } = args?.data ?? {};
  if (name === 'RunTask') return 'other';
  if (name === 'EventDispatch' && type !== undefined) return `event ${type}`;
  if (name !== 'FunctionCall') return name;
  const file = (url ?? '').split('/').at(-1) ?? '';
  return `${functionName || 'a function'} (${file}:${lineNumber ?? 0})`;
}

function sumByName(spans: readonly Span[]): Task['parts'] {
  const sums = new Map<string, number>();
  for (const { name, ownUs } of spans) sums.set(name, (sums.get(name) ?? 0) + ownUs / 1000);
  return [...sums].map(([name, cpuMs]) => ({ name, cpuMs })).sort((a, b) => b.cpuMs - a.cpuMs);
}
