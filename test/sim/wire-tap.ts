/**
 * Listens in on all links, without changing a thing: messages and bytes by
 * name, and how many whole blocks came to a node that had them already.
 */
import { sha256d, hashToId } from '../../web/core/hash.ts';
import { HEADER_BYTES } from '../../web/core/header.ts';
import { messageName, MESSAGES, type MessageName } from '../../web/node/messages.ts';
import type { SimLink } from './sim-link.ts';

/** A message begins with its length (u32, little-endian) and its id (web/node/framing.ts). */
const LENGTH_BYTES = 4;
const BLOCK_ID = MESSAGES.block.id;

export interface MessageCount {
  messages: number;
  bytes: number;
}

export class WireTap {
  readonly counts = new Map<MessageName | 'unknown', MessageCount>();
  wholeBlocks = 0;
  duplicateBlocks = 0;
  /** Of the message that a link is in the middle of, the bytes to come. */
  readonly #left = new WeakMap<SimLink, number>();
  readonly #hasBlock: (link: SimLink, blockId: string) => boolean;

  /** `hasBlock`: does the receiver have that body already? */
  constructor(hasBlock: (link: SimLink, blockId: string) => boolean) {
    this.#hasBlock = hasBlock;
  }

  onFrame(link: SimLink, frame: Uint8Array): void {
    const left = this.#left.get(link) ?? 0;
    if (left > 0) {
      this.#left.set(link, Math.max(left - frame.length, 0));
      return;
    }
    if (frame.length <= LENGTH_BYTES) return;
    const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
    this.#left.set(link, Math.max(length - (frame.length - LENGTH_BYTES), 0));
    const id = frame[LENGTH_BYTES] ?? 0;
    this.#count(messageName(id) ?? 'unknown', length);
    const header = frame.subarray(LENGTH_BYTES + 1, LENGTH_BYTES + 1 + HEADER_BYTES);
    if (id !== BLOCK_ID || header.length < HEADER_BYTES) return;
    this.wholeBlocks++;
    if (this.#hasBlock(link, hashToId(sha256d(header)))) this.duplicateBlocks++;
  }

  get total(): MessageCount {
    const total = { messages: 0, bytes: 0 };
    for (const { messages, bytes } of this.counts.values()) {
      total.messages += messages;
      total.bytes += bytes;
    }
    return total;
  }

  #count(name: MessageName | 'unknown', bytes: number): void {
    let count = this.counts.get(name);
    if (!count) this.counts.set(name, (count = { messages: 0, bytes: 0 }));
    count.messages++;
    count.bytes += bytes;
  }
}
