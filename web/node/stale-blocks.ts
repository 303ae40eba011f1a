/**
 * The blocks beside the active chain, as far back as their bodies are kept:
 * branches that lost, that wait for their turn, or that broke a rule. For
 * the page only: no decision of the node depends on it.
 */
import type { BlockEntry } from '../core/block-index.ts';
import { RESIDENT_DEPTH, type Chain } from '../core/chain.ts';
import type { BlockId } from '../core/hash.ts';
import type { Transaction } from '../core/transaction.ts';
import { BoundedMap } from './bounded.ts';
import type { BranchBlock, ForksSnapshot } from './snapshot.ts';
import type { Heard } from './views.ts';

/** Blocks whose first announcement is remembered, active ones too: which of them lose is not known when they come. */
const MAX_SIGHTINGS = 1_000;
/** Blocks shown. An honest room has a few; who floods one with cheap branches does not flood the page. */
export const MAX_BRANCH_BLOCKS = 200;

interface Sighting {
  readonly entry: BlockEntry;
  /** undefined: it was in the store when the page was opened. */
  readonly heard: Heard | undefined;
  wasActive: boolean;
}

export class StaleBlocks {
  readonly #chain: Chain;
  readonly #sightings = new BoundedMap<BlockId, Sighting>(MAX_SIGHTINGS);

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** Headers, or a block, that came for the first time; what is known already keeps its first teller. */
  note(entries: readonly BlockEntry[], heard: Heard): void {
    for (const entry of entries) {
      if (!this.#sightings.has(entry.id)) this.#sightings.set(entry.id, { entry, heard, wasActive: false });
    }
  }

  /** A reorg has replaced them. */
  noteReplaced(entries: readonly BlockEntry[]): void {
    for (const entry of entries) {
      const sighting = this.#sightings.get(entry.id);
      if (sighting) sighting.wasActive = true;
      else this.#sightings.set(entry.id, { entry, heard: undefined, wasActive: true });
    }
  }

  /** Where this block was first heard of, be it by its header alone. */
  heard(id: BlockId): Heard | undefined {
    return this.#sightings.get(id)?.heard;
  }

  snapshot(): ForksSnapshot {
    return {
      branches: [...this.#branches()].sort((a, b) => a.height - b.height).map((entry) => this.#view(entry)),
    };
  }

  /** Every shown block with those below it down to the active chain, so that no branch hangs in the air. */
  #branches(): Set<BlockEntry> {
    const shown = new Set<BlockEntry>();
    for (const [, { entry }] of [...this.#sightings.entries()].reverse()) {
      if (shown.size >= MAX_BRANCH_BLOCKS) break;
      if (this.#isComing(entry)) continue;
      const missing: BlockEntry[] = [];
      let e = entry;
      for (; this.#isShown(e) && !shown.has(e); e = e.parent as BlockEntry) missing.push(e);
      // It hangs on something too old to be shown.
      if (!this.#chain.isActive(e) && !shown.has(e)) continue;
      // From the fork upwards: of a branch too long to show, the part that hangs on the chain.
      for (const above of missing.reverse().slice(0, MAX_BRANCH_BLOCKS - shown.size)) shown.add(above);
    }
    return shown;
  }

  #isShown(entry: BlockEntry): boolean {
    return entry.height > this.#chain.tip.height - RESIDENT_DEPTH && !this.#chain.isActive(entry);
  }

  /** Does it simply go on where the chain ends? While bodies are fetched headers are ahead; that is no fork. */
  #isComing(entry: BlockEntry): boolean {
    const { index, tip } = this.#chain;
    return !entry.invalid && entry.height > tip.height && index.ancestor(entry, tip.height) === tip;
  }

  #view(entry: BlockEntry): BranchBlock {
    const sighting = this.#sightings.get(entry.id);
    const body = this.#chain.body(entry.id);
    return {
      id: entry.id,
      prevId: entry.parent?.id ?? '',
      height: entry.height,
      time: entry.time,
      work: entry.work.toString(),
      heardAtMs: sighting?.heard?.atMs,
      heardFrom: sighting?.heard?.from,
      hasBody: body !== undefined,
      producer: body && (body.transactions[0] as Transaction).recipient,
      wasActive: sighting?.wasActive === true,
      invalid: entry.invalid,
    };
  }
}
