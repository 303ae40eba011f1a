/** Runs before web/main.ts: gathers what happens, and gives the engine orders past the page's controls. */
import type { ToEngine } from '../../../web/engine/messages.ts';
import { messageName } from '../../../web/node/messages.ts';
import { CHANNEL, HOLD_FINDS, sharedNowMs, type HoldFinds, type Observed } from './observed.ts';

declare global {
  interface Window {
    observer: Observer;
  }
}

export interface Observer {
  order(message: ToEngine): void;
  /** While true, the workers search but find nothing. */
  holdFinds(hold: boolean): void;
  forget(): void;
  /**
   * Waits until `count` workers did `to` after the first `from`; both are patterns of how a name in observed.ts begins. Gives
   * the time between, in ms, to the last of them.
   */
  time(from: string, to: string, count: number): Promise<number>;
}

/** After a frame's length (u32) comes the message's id. Benchmarks send no message of two frames. */
const ID_OFFSET = 4;

/** Against a hang: longer than anything takes on a busy machine. */
const TIMEOUT_MS = 20_000;

let giveOrder: ((message: ToEngine | HoldFinds) => void) | undefined;
let events: Observed[] = [];
let onEvent: (() => void)[] = [];

function note(event: Observed): void {
  events.push(event);
  for (const look of onEvent) look();
}

function noteHere(name: string): void {
  note({ name, atMs: sharedNowMs(), worker: 0 });
}

function nameOf(frame: Uint8Array): string {
  return messageName(frame[ID_OFFSET] ?? 0) ?? 'unknown';
}

new BroadcastChannel(CHANNEL).addEventListener('message', ({ data }: MessageEvent<Observed>) => note(data));

const post = Reflect.get(Worker.prototype, 'postMessage') as (
  this: Worker,
  message: unknown,
  transfer?: Transferable[],
) => void;
Worker.prototype.postMessage = function (message: ToEngine, transfer?: unknown) {
  if (message.type === 'start') giveOrder = (order) => this.postMessage(order);
  if (message.type === 'connection-frame') noteHere(`in ${nameOf(message.frame)}`);
  else noteHere(`order ${message.type}`);
  post.call(this, message, Array.isArray(transfer) ? transfer : []);
};

const send = Reflect.get(RTCDataChannel.prototype, 'send') as (this: RTCDataChannel, data: unknown) => void;
RTCDataChannel.prototype.send = function (data: unknown) {
  if (data instanceof Uint8Array) noteHere(`out ${nameOf(data)}`);
  send.call(this, data);
};

function timeIn(from: string, to: string, count: number): number | undefined {
  const [isStart, isEnd] = [new RegExp(`^${from}`), new RegExp(`^${to}`)];
  const start = events.find(({ name }) => isStart.test(name));
  if (start === undefined) return undefined;
  const ends = new Map<number, number>();
  for (const { name, atMs, worker } of events)
    if (isEnd.test(name) && atMs >= start.atMs && !ends.has(worker)) ends.set(worker, atMs);
  return ends.size < count ? undefined : Math.max(...ends.values()) - start.atMs;
}

window.observer = {
  order: (message) => giveOrder?.(message),
  holdFinds: (hold) => giveOrder?.({ type: HOLD_FINDS, hold }),
  forget: () => void (events = []),
  time: (from, to, count) =>
    new Promise((resolve, reject) => {
      setTimeout(() => {
        const seen = events.map(({ name }) => name).join(', ');
        reject(new Error(`no ${from} and then ${to} of ${count}, only ${seen}`));
      }, TIMEOUT_MS);
      const look = (): void => {
        const ms = timeIn(from, to, count);
        if (ms === undefined) return;
        onEvent = onEvent.filter((other) => other !== look);
        resolve(ms);
      };
      onEvent.push(look);
      look();
    }),
};
