/** Runs before web/engine/worker.ts: notes when blocks are connected, and what is written to the database when. */
import { Chain } from '../../../web/core/chain.ts';
import { bodyHeight, TIP } from '../../../web/store/records.ts';
import { OBSERVED_WRITES, type ObservedWrites, type WrittenBatch } from './observed-writes.ts';

const observed = {
  connected: [] as { height: number; atMs: number }[],
  batches: [] as WrittenBatch[],
  readMs: [] as number[],
};
Reflect.set(globalThis, OBSERVED_WRITES, observed satisfies ObservedWrites);

/** Since then the engine may have been at work on the next batch: what makes its records begins here. */
let readyAtMs = performance.now();

// Looked up on the prototypes and called on what they belong to: that is what wrapping a method takes.

const { activate } = Chain.prototype;
Chain.prototype.activate = function () {
  const activation = activate.call(this);
  const atMs = performance.now();
  for (const { entry } of activation.connected) observed.connected.push({ height: entry.height, atMs });
  // The store goes on in a microtask, behind this one.
  queueMicrotask(() => void (readyAtMs = performance.now()));
  return activation;
};

interface OpenBatch {
  readonly openedAtMs: number;
  readonly encodeMs: number;
  readonly values: [string, number][];
  putMs: number;
  tipHeight: number;
}
const open = new WeakMap<IDBTransaction, OpenBatch>();

const { transaction } = IDBDatabase.prototype;
IDBDatabase.prototype.transaction = function (stores, mode, options) {
  const opened = transaction.call(this, stores, mode, options);
  const openedAtMs = performance.now();
  if (mode !== 'readwrite') {
    opened.addEventListener('complete', () => observed.readMs.push(performance.now() - openedAtMs));
    return opened;
  }
  const batch = { openedAtMs, encodeMs: openedAtMs - readyAtMs, values: [], putMs: 0, tipHeight: NaN };
  open.set(opened, batch);
  // Before the store's own handler, which is set later.
  opened.addEventListener('complete', () => finish(batch));
  return opened;
};

const { put } = IDBObjectStore.prototype;
IDBObjectStore.prototype.put = function (value: unknown, key?: IDBValidKey) {
  const startMs = performance.now();
  const request = put.call(this, value, key);
  const batch = open.get(this.transaction);
  if (batch !== undefined && typeof key === 'string' && value instanceof Uint8Array) {
    batch.putMs += performance.now() - startMs;
    batch.values.push([key, value.length]);
    if (key === TIP.key) batch.tipHeight = TIP.read(value)?.height ?? NaN;
  }
  return request;
};

/** Batches without a tip are of the key or of the user's own transactions. */
function finish({ tipHeight, values, ...times }: OpenBatch): void {
  const doneAtMs = (readyAtMs = performance.now());
  if (Number.isNaN(tipHeight)) return;
  observed.batches.push({
    ...times,
    doneAtMs,
    values,
    tipHeight,
    blocks: values.filter(([key]) => bodyHeight(key) !== undefined).length,
    isTipLast: values.at(-1)?.[0] === TIP.key,
  });
}
