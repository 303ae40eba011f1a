/**
 * Headers of a chain that has not yet shown enough work (the idea of Bitcoin
 * Core's headerssync.h). A header of the easiest target costs little to make
 * and 500 bytes to keep, so such a chain is fetched twice:
 *
 * 1. Measuring. The headers come in full batches from the block where the
 *    chain leaves ours. Each is checked like any other (version, bits, proof
 *    of work, times) and forgotten. What is kept is the end of the chain, as
 *    far back as the rules look, and the id of each batch's last header.
 * 2. Fetching, once the work is as much as was asked for. The same batches are
 *    asked for again, and each must end in the id that it ended in before: a
 *    header's hash commits to all before it, so these are the headers that
 *    were measured, and may be kept.
 *
 * Core keeps one salted bit for every few hundred headers and a buffer in
 * which bits add up to certainty. Our batches have a fixed size and chains are
 * shorter: a whole id for each thousand headers is as small, and is certain.
 *
 * A chain that ends before it has shown enough, or that comes differently the
 * second time, is of no use. Pure: time comes as an argument.
 */
import { extend, MEDIAN_SPAN, type BlockEntry } from '../core/block-index.ts';
import { hashToId, type BlockId } from '../core/hash.ts';
import { headerId, type Header } from '../core/header.ts';
import type { Params } from '../core/params.ts';
import type { HeaderRule } from '../core/rules.ts';
import { MAX_HEADERS } from './messages.ts';

/** Four million headers, two years of blocks; about 400 KB of ids. */
const MAX_BATCHES = 4_096;
/** The median of times looks so far back, the difficulty less far. */
const TAIL_BLOCKS = MEDIAN_SPAN;

/** What to do now: ask for the next batch, or for the first one again, or give up; or the rule that was broken. */
export type Measured = 'more' | 'enough' | 'low-work' | HeaderRule;

export class Presync {
  /** The block of ours that the chain builds on. */
  readonly start: BlockEntry;
  readonly #params: Params;
  readonly #minWork: bigint;
  /** Each batch's last header; all but the last batch are full. */
  readonly #ends: BlockId[] = [];
  #lastBatchHeaders = 0;
  /** The chain's end while it is measured; its ancestors are cut off after the tail. */
  end: BlockEntry;
  /** Batches fetched again; undefined while measuring. */
  #fetched: number | undefined;

  constructor(params: Params, start: BlockEntry, minWork: bigint) {
    this.#params = params;
    this.start = start;
    this.#minWork = minWork;
    this.end = tailOf(start);
  }

  /** What was measured is being fetched again. */
  get fetching(): boolean {
    return this.#fetched !== undefined;
  }

  /** All of it has come again. */
  get done(): boolean {
    return this.#fetched === this.#ends.length;
  }

  /** Headers are wanted that come after this one. */
  get after(): BlockId {
    if (this.#fetched === undefined) return this.end.id;
    return this.#ends[this.#fetched - 1] ?? this.start.id;
  }

  /** Whether this is the batch that is wanted next. */
  continuedBy(headers: readonly Header[]): boolean {
    const [first] = headers;
    return first !== undefined && hashToId(first.prevHash) === this.after;
  }

  /** The next batch of a chain that is measured. It must continue the one before, and its headers each other. */
  measure(headers: readonly Header[], nowSeconds: number): Measured {
    let end = this.end;
    let count = 0;
    for (const header of headers) {
      const next = extend(this.#params, end, header, nowSeconds);
      // What is before it may be enough; else a slow clock would keep us from every chain that goes on.
      if (next === 'time-too-new' && count > 0 && end.work >= this.#minWork) break;
      if (typeof next === 'string') return next;
      end = next;
      count++;
    }
    this.end = tailOf(end);
    this.#ends.push(end.id);
    this.#lastBatchHeaders = count;
    if (end.work >= this.#minWork) {
      this.#fetched = 0;
      return 'enough';
    }
    const goesOn = headers.length === MAX_HEADERS && this.#ends.length < MAX_BATCHES;
    return goesOn ? 'more' : 'low-work';
  }

  /** Is this the next batch again? If the chain has grown since, more headers may follow the last one's. */
  fetch(headers: readonly Header[]): boolean {
    const at = this.#fetched ?? 0;
    const isLast = at === this.#ends.length - 1;
    const last = headers[(isLast ? this.#lastBatchHeaders : MAX_HEADERS) - 1];
    if (!last || headerId(last) !== this.#ends[at]) return false;
    this.#fetched = at + 1;
    return true;
  }
}

/** The same entry with as many ancestors as the rules of its children look at. */
export function tailOf(entry: BlockEntry, blocks = TAIL_BLOCKS): BlockEntry {
  return { ...entry, parent: blocks > 0 && entry.parent ? tailOf(entry.parent, blocks - 1) : undefined };
}
