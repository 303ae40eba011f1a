/** The engine worker's entry: one engine, from the page's `start` on. */
import { Engine } from './engine.ts';
import type { FromEngine, ToEngine } from './messages.ts';

declare const self: DedicatedWorkerGlobalScope;

const post = (message: FromEngine, transfer: Transferable[] = []): void =>
  self.postMessage(message, transfer);
const engine = new Engine(post);

self.onmessage = ({ data }: MessageEvent<ToEngine>) => engine.receive(data);
