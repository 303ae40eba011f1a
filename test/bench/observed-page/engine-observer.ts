/**
 * Runs before web/engine/worker.ts: while the page asks for it, the engine's workers get a target that no hash
 * meets, and find nothing. Then they get the true one for the job that they have.
 */
import type { ToPowWorker } from '../../../web/pow/job-messages.ts';
import { HOLD_FINDS, type HoldFinds } from './observed.ts';

const post = Reflect.get(MessagePort.prototype, 'postMessage') as (
  this: MessagePort,
  message: ToPowWorker,
) => void;
const held = new Map<MessagePort, ToPowWorker>();
let isHolding = false;

self.addEventListener('message', ({ data }: MessageEvent<HoldFinds | { type: 'another' }>) => {
  if (data.type !== HOLD_FINDS) return;
  isHolding = data.hold;
  if (isHolding) return;
  for (const [port, message] of held) post.call(port, message);
  held.clear();
});

MessagePort.prototype.postMessage = function (message: ToPowWorker) {
  held.delete(this);
  if (isHolding && message.type === 'task') {
    held.set(this, message);
    post.call(this, { ...message, task: { ...message.task, target: 0n } });
  } else post.call(this, message);
};
