/** One verification worker: a thread that answers each batch that the pool sends through its port. */
import type { TransactionBatch } from './batch.ts';
import { checkBatch } from './check-batch.ts';
import { findNativeVerify } from './native-ed25519.ts';

declare const self: DedicatedWorkerGlobalScope;

const native = findNativeVerify();

self.onmessage = ({ ports: [port] }: MessageEvent) => {
  if (port === undefined) return;
  port.onmessage = ({ data }: MessageEvent<TransactionBatch>) => {
    native
      .then((verify) => checkBatch(data, verify))
      .then(
        (answer) => port.postMessage(answer, [answer.good.buffer]),
        // The page hears of it as of any other error here, and tells the engine.
        (error: unknown) => reportError(error),
      );
  };
};
