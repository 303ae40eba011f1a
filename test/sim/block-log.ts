/**
 * Who found which block when, and when it reached the others: read from what
 * each node itself remembers of a block (when it first had it, and from whom).
 */
import { hashToId, sha256d, type BlockId } from '../../web/core/hash.ts';
import type { EventQueue } from './event-queue.ts';
import type { SimNode } from './sim-node.ts';

/** By then a block has reached everybody whom it will reach before they ask for it. */
const SAMPLE_AFTER_MS = 60_000;

export interface FoundBlock {
  readonly id: BlockId;
  readonly finder: SimNode;
  readonly foundAtMs: number;
}

export class BlockLog {
  readonly found: FoundBlock[] = [];
  /** From the find to a node's having the block, in ms: one number for each block and node. */
  readonly delaysMs: number[] = [];
  /** Links that the block went over to that node. */
  readonly hops: number[] = [];
  readonly #queue: EventQueue;
  readonly #nodes: readonly SimNode[];
  readonly #unsampled = new Set<FoundBlock>();

  constructor(queue: EventQueue, nodes: readonly SimNode[]) {
    this.#queue = queue;
    this.#nodes = nodes;
  }

  /** `header`: 80 bytes. A find that comes too late to be a block is none. */
  onFound(finder: SimNode, header: Uint8Array): void {
    const id = hashToId(sha256d(header));
    const heard = finder.node.heard(id);
    if (!heard || heard.from !== undefined) return;
    const block: FoundBlock = { id, finder, foundAtMs: this.#queue.nowMs };
    this.found.push(block);
    this.#unsampled.add(block);
    this.#queue.after(SAMPLE_AFTER_MS, () => this.#sample(block));
  }

  /** Samples what is left, at the end of a run. */
  finish(): void {
    for (const block of [...this.#unsampled]) this.#sample(block);
  }

  #sample(block: FoundBlock): void {
    if (!this.#unsampled.delete(block)) return;
    const { id, foundAtMs } = block;
    const heardFrom = new Map<string, string | undefined>();
    const listeners: string[] = [];
    for (const { node, clock, alive, startedAtMs = Infinity } of this.#nodes) {
      const heard = alive ? node.heard(id) : undefined;
      if (!heard) continue;
      heardFrom.set(node.account, heard.from);
      // Who came later was not there to hear it.
      if (heard.from === undefined || startedAtMs > foundAtMs) continue;
      listeners.push(node.account);
      this.delaysMs.push(heard.atMs - clock.skewMs - foundAtMs);
    }
    for (const account of listeners) {
      let hops = 0;
      for (let at: string | undefined = account; at && hops < listeners.length + 1; hops++) {
        at = heardFrom.get(at);
      }
      this.hops.push(hops - 1);
    }
  }
}

/** The value that so much (0 to 1) of the values do not exceed; undefined of none. */
export function quantile(values: readonly number[], part: number): number | undefined {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)];
}
