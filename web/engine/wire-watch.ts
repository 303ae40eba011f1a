/**
 * Shows the page what passes over the wire, while it looks. While it does not,
 * the node has no observer: nothing is kept, copied or decoded.
 */
import type { MessageName } from '../node/messages.ts';
import type { Peer } from '../node/peer.ts';
import {
  MAX_SHOWN_BYTES,
  wireFields,
  type WireDirection,
  type WireObserver,
  type WireRecord,
} from '../node/wire-record.ts';
import type { FromEngine } from './messages.ts';

/** As the slices (slice-poster.ts): a few frames, so that a burst costs the page one of them. */
const BATCH_MS = 66;
/**
 * Messages in one batch: 1,500 a second, more than anyone reads, and a pace at which decoding them a second time
 * does not hold the node up. What goes beyond is counted.
 */
const MAX_BATCH_MESSAGES = 100;
/** Bytes of one batch, all of which are decoded: a few full blocks, and any message by itself. */
const MAX_BATCH_BYTES = 512 * 1024;

/** A message as it passed; the rest of its record is made when the batch goes out. */
interface Passing {
  readonly record: Omit<WireRecord, 'bytes' | 'fields' | 'size'>;
  readonly bytes: Uint8Array;
}

/** What is watched: a node. */
interface Watched {
  onWire: WireObserver | undefined;
}

export class WireWatch {
  readonly #node: Watched;
  readonly #post: (message: FromEngine) => void;
  #batch: Passing[] = [];
  #batchBytes = 0;
  #dropped = 0;
  #passed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(node: Watched, post: (message: FromEngine) => void) {
    this.#node = node;
    this.#post = post;
  }

  watch(on: boolean): void {
    this.#node.onWire = on ? this.#note.bind(this) : undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#clear();
    this.#passed = 0;
  }

  #note(direction: WireDirection, peer: Peer, name: MessageName, bytes: Uint8Array): void {
    const number = ++this.#passed;
    this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
    if (this.#batch.length >= MAX_BATCH_MESSAGES || this.#batchBytes + bytes.length > MAX_BATCH_BYTES) {
      this.#dropped++;
      return;
    }
    this.#batchBytes += bytes.length;
    const record = { number, atMs: Date.now(), direction, linkId: peer.link.id, peer: peer.key, name };
    this.#batch.push({ record, bytes });
  }

  #flush(): void {
    this.#timer = undefined;
    const records = this.#batch.map(({ record, bytes }) => ({
      ...record,
      size: bytes.length,
      // A copy: a view would take its whole buffer with it to the page.
      bytes: bytes.slice(0, MAX_SHOWN_BYTES),
      fields: wireFields(bytes),
    }));
    this.#post({ type: 'wire', records, dropped: this.#dropped });
    this.#clear();
  }

  #clear(): void {
    this.#batch = [];
    this.#batchBytes = 0;
    this.#dropped = 0;
  }
}
