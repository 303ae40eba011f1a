/** One proof-of-work worker: a thread that runs the search loop on what the pool sends through its port. */
import type { FromPowWorker, ToPowWorker } from './job-messages.ts';
import { createSearchLoop } from './search-loop.ts';
import { selectKernel } from './select-kernel.ts';

declare const self: DedicatedWorkerGlobalScope;

// A message to oneself queues up behind the pool's messages. setTimeout would too, but rests 4 ms each time.
const channel = new MessageChannel();
let nextStep: () => void;
channel.port1.onmessage = () => nextStep();

const kernel = selectKernel();

self.onmessage = ({ ports: [port] }: MessageEvent) => {
  if (port === undefined) return;
  const post = (message: FromPowWorker): void => port.postMessage(message);
  const receive = createSearchLoop({
    prepare: kernel.prepareSearch,
    post,
    yieldThen(step) {
      nextStep = step;
      channel.port2.postMessage(undefined);
    },
    now: () => performance.now(),
  });
  port.onmessage = ({ data }: MessageEvent<ToPowWorker>) => receive(data);
  post({ type: 'ready', kernel: kernel.name });
};
