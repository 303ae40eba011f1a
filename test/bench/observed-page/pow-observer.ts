/** Runs before web/pow/worker.ts: tells when a message of the pool is taken up, and when a find is posted. */
import type { FromPowWorker, ToPowWorker } from '../../../web/pow/job-messages.ts';
import { CHANNEL, sharedNowMs, type Observed } from './observed.ts';

/** Of a header: the parent's hash, and the root of the transactions. */
const PARENT = [4, 36] as const;
const ROOT = [36, 68] as const;

const channel = new BroadcastChannel(CHANNEL);
const worker = Math.random();
let last: Uint8Array | undefined;

function tell(name: string): void {
  channel.postMessage({ name, atMs: sharedNowMs(), worker } satisfies Observed);
}

function changeTo(header: Uint8Array): string {
  const before = last;
  last = header;
  if (before === undefined) return 'first';
  const differs = ([from, to]: readonly [number, number]): boolean =>
    header.subarray(from, to).join() !== before.subarray(from, to).join();
  // The coinbase is the same for the same parent and fees, and the benchmark pays none.
  return differs(PARENT) ? 'parent' : differs(ROOT) ? 'transactions' : 'none';
}

self.addEventListener('message', ({ ports: [port] }: MessageEvent) => {
  if (port === undefined) return;
  const post = port.postMessage.bind(port) as (message: FromPowWorker) => void;
  port.postMessage = (message: FromPowWorker) => {
    if (message.type === 'found') tell('found');
    post(message);
  };
  port.addEventListener('message', ({ data }: MessageEvent<ToPowWorker>) =>
    tell(data.type === 'task' ? `task ${changeTo(data.task.header)}` : data.type),
  );
});
