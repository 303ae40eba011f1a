/**
 * The active chain as a file (web/node/archive-format.ts), piece by piece:
 * each is made when the page asks for it, so that never more than one is in
 * memory, and the store is read no faster than the disk writes.
 *
 * The file holds the chain as it was when the export began, whatever happens
 * to it meanwhile: new blocks are not in it, and of a reorg the blocks that it
 * replaced are still at hand, unless they are already far below the new tip.
 * Then the export says so and has to be begun anew.
 */
import type { Block } from '../core/block.ts';
import type { BlockEntry } from '../core/block-index.ts';
import type { Chain } from '../core/chain.ts';
import type { ExportPlan, ExportReply } from '../node/archive-report.ts';
import { ArchiveWriter } from '../node/archive-writer.ts';
import type { Store, StoredBlock } from '../node/ports.ts';

/** Of the file, at a time; a piece may be larger by one block. */
const PIECE_BYTES = 1024 * 1024;
/** Blocks read from the store at once: at most 4 MiB. */
const READ_BLOCKS = 64;

export class ChainExport {
  readonly plan: ExportPlan;
  readonly #chain: Chain;
  readonly #store: Store;
  readonly #writer = new ArchiveWriter();
  /** Those that the file will hold, as they were active at the beginning. */
  readonly #entries: readonly BlockEntry[];
  readonly #pieceBytes: number;
  /** Those that were read last and are not in a piece yet. */
  #ahead: readonly Block[] = [];
  #written = 0;
  #begun = false;

  /** `storedFrom`: from this height on the store has all blocks of the active chain. */
  constructor(chain: Chain, store: Store, storedFrom: number, pieceBytes = PIECE_BYTES) {
    this.#pieceBytes = pieceBytes;
    this.#chain = chain;
    this.#store = store;
    const { tip } = chain;
    let first = Math.min(storedFrom, tip.height + 1);
    while (first > 1 && chain.body(chain.activeAt(first - 1)?.id ?? '')) first--;
    this.#entries = Array.from(
      { length: tip.height - first + 1 },
      (_, i) => chain.activeAt(first + i) as BlockEntry,
    );
    this.plan = { genesisId: chain.index.genesis.id, firstHeight: first, tipHeight: tip.height };
  }

  async next(): Promise<ExportReply> {
    const parts: Uint8Array[] = [];
    let size = 0;
    const add = (bytes: Uint8Array): void => {
      parts.push(bytes);
      size += bytes.length;
    };
    if (!this.#begun) {
      this.#begun = true;
      const { genesisId, firstHeight, tipHeight } = this.plan;
      const tipId = this.#entries.at(-1)?.id ?? genesisId;
      add(
        this.#writer.head({ network: this.#chain.params.network, genesisId, firstHeight, tipHeight, tipId }),
      );
    }
    const total = this.#entries.length;
    while (size < this.#pieceBytes && this.#written < total) {
      if (this.#ahead.length === 0) {
        const blocks = await this.#read(this.#entries.slice(this.#written, this.#written + READ_BLOCKS));
        if ('kind' in blocks) return blocks;
        this.#ahead = blocks;
      }
      const [block, ...rest] = this.#ahead as [Block, ...Block[]];
      this.#ahead = rest;
      add(this.#writer.block(block));
      this.#written++;
    }
    const isLast = this.#written === total;
    if (isLast) add(this.#writer.end());
    return { kind: 'piece', bytes: joined(parts, size), progress: { done: this.#written, total }, isLast };
  }

  /** Bodies of the first of these blocks, at least one; or why there is none. */
  async #read(entries: readonly BlockEntry[]): Promise<readonly Block[] | ExportReply> {
    const [first] = entries as [BlockEntry];
    const stored = this.#chain.body(first.id)
      ? []
      : await this.#readStored(first.height, first.height + entries.length - 1);
    const found = new Map(stored.map(({ id, block }) => [id, block]));
    const blocks: Block[] = [];
    for (const { id } of entries) {
      const block = found.get(id) ?? this.#chain.body(id);
      if (block === undefined) break;
      blocks.push(block);
    }
    if (blocks.length > 0) return blocks;
    return this.#chain.isActive(first)
      ? { kind: 'unreadable', height: first.height }
      : { kind: 'reorganized' };
  }

  #readStored(from: number, to: number): Promise<readonly StoredBlock[]> {
    return new Promise((resolve) => this.#store.readBlocks(from, to, resolve));
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
