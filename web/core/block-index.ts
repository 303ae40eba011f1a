/**
 * The tree of all headers that passed their rules, and the best of its
 * branches. Bodies are the chain's business (chain.ts).
 */
import { nextBaseBits, relievedBits } from './difficulty.ts';
import { hashToId, type BlockId } from './hash.ts';
import { HEADER_BYTES, headerCodec, headerHash, headerId, versionIsValid, type Header } from './header.ts';
import { PackedHeaders } from './packed-headers.ts';
import type { Params } from './params.ts';
import type { HeaderRule, RuleCode } from './rules.ts';
import { hashMeetsTarget, idMeetsTarget, targetFromBits, workOfTarget } from './target.ts';

export interface BlockEntry {
  readonly id: BlockId;
  readonly parent: BlockEntry | undefined;
  readonly height: number;
  /**
   * The header's 80 bytes begin at `headerAt` of `headers`, an array that many entries share once they are in an
   * index: one of its own takes more memory than all else of an entry, and a long chain has many. `headerBytes` cuts
   * them out, `headerOf` decodes them.
   */
  headers: Uint8Array;
  headerAt: number;
  readonly time: number;
  /** The target without relief, from which the child's is computed. */
  readonly baseBits: number;
  /** Expected hashes of the whole branch up to here. */
  readonly work: bigint;
  /** The rule that the block or an ancestor broke; undefined while none is known to be broken. */
  invalid: RuleCode | undefined;
}

export interface HeaderAccepted {
  readonly entry: BlockEntry;
  readonly isNew: boolean;
}

export const MEDIAN_SPAN = 11;
/** Locator entries one by one before the steps double, as in Bitcoin's getblocks. */
const LOCATOR_DENSE = 10;
export const MAX_LOCATOR = 101;
/** Headers that share an array: 10 kB, which a short chain does not mind. */
const HEADERS_TOGETHER = 128;

export function headerOf(entry: BlockEntry): Header {
  return headerCodec.decode(headerBytes(entry));
}

/** Where they are. */
export function headerBytes({ headers, headerAt }: BlockEntry): Uint8Array {
  return headers.subarray(headerAt, headerAt + HEADER_BYTES);
}

/** Median of the header times of `entry` and its ten ancestors (Bitcoin's GetMedianTimePast), in seconds. */
export function medianTimePast(entry: BlockEntry): number {
  const times: number[] = [];
  for (let e: BlockEntry | undefined = entry; e && times.length < MEDIAN_SPAN; e = e.parent)
    times.push(e.time);
  times.sort((a, b) => a - b);
  return times[times.length >> 1] as number;
}

/** Base target of a child of `parent`, compact. */
export function childBaseBits(params: Params, parent: BlockEntry): number {
  const grandparent = parent.parent;
  return nextBaseBits(params, parent.baseBits, grandparent && parent.time - grandparent.time);
}

/** The bits that a child of `parent` stamped with `time` must carry. */
export function childBits(params: Params, parent: BlockEntry, time: number): number {
  return relievedBits(params, childBaseBits(params, parent), time - parent.time);
}

/**
 * Checks a header against its parent and the clock. The entry is in no index
 * yet, and its parent need not be: chains can be judged before they are kept.
 */
export function extend(
  params: Params,
  parent: BlockEntry,
  header: Header,
  nowSeconds: number,
): BlockEntry | HeaderRule {
  if (!versionIsValid(header.version)) return 'bad-version';
  const hash = headerHash(header);
  const target = targetFromBits(header.bits);
  if (target === undefined || header.bits !== childBits(params, parent, header.time)) return 'bad-bits';
  if (!hashMeetsTarget(hash, target)) return 'insufficient-work';
  if (header.time <= medianTimePast(parent)) return 'time-too-old';
  if (header.time > nowSeconds + params.maxFutureSeconds) return 'time-too-new';
  return {
    id: hashToId(hash),
    parent,
    height: parent.height + 1,
    headers: headerCodec.encode(header),
    headerAt: 0,
    time: header.time,
    baseBits: childBaseBits(params, parent),
    work: parent.work + workOfTarget(target),
    invalid: undefined,
  };
}

export class BlockIndex {
  readonly genesis: BlockEntry;
  readonly #params: Params;
  // Insertion order puts parents before children; markInvalid relies on it.
  readonly #entries = new Map<BlockId, BlockEntry>();
  /** The best header's branch by height. */
  readonly #best: BlockEntry[];
  /** Headers besides the best one that have as much work. */
  #ties = 0;
  /** Where the newest headers are kept, and up to where it is in use. */
  #newest = new Uint8Array();
  #newestAt = 0;

  constructor(params: Params, genesis: Header) {
    this.#params = params;
    this.genesis = {
      id: headerId(genesis),
      parent: undefined,
      height: 0,
      headers: headerCodec.encode(genesis),
      headerAt: 0,
      time: genesis.time,
      baseBits: genesis.bits,
      // Not worked for: the genesis block is given.
      work: 0n,
      invalid: undefined,
    };
    this.#entries.set(this.genesis.id, this.genesis);
    this.#best = [this.genesis];
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: BlockId): BlockEntry | undefined {
    return this.#entries.get(id);
  }

  /** The valid header with most work; the first seen of equals. */
  get bestHeader(): BlockEntry {
    return this.#best[this.#best.length - 1] as BlockEntry;
  }

  /** The ancestor of the best header (or itself) at `height`. */
  bestHeaderAt(height: number): BlockEntry | undefined {
    return this.#best[height];
  }

  /** Checks a header against its parent and the clock, and keeps it. `nowSeconds` is our own time. */
  add(header: Header, nowSeconds: number): HeaderAccepted | RuleCode {
    const known = this.#entries.get(headerId(header));
    if (known) return known.invalid ? 'invalid-chain' : { entry: known, isNew: false };

    const parent = this.#entries.get(hashToId(header.prevHash));
    if (!parent) return 'unknown-parent';
    if (parent.invalid) return 'invalid-chain';
    const entry = extend(this.#params, parent, header, nowSeconds);
    if (typeof entry === 'string') return entry;
    this.attach(entry);
    return { entry, isNew: true };
  }

  /**
   * Takes back headers (80 bytes each) that this node had accepted before it stored them, and keeps the array. False
   * if they do not continue the chain: the store is damaged, or was written under other rules.
   *
   * Only the last one is hashed. Each other's id is what the next one says: they were linked when they were written,
   * and whoever reads them back answers for the bytes, by a checksum over the whole array. So one array holds what
   * one write has left; that the next one goes on from it is what the hash of its last header shows.
   */
  restore(headers: Uint8Array): boolean {
    const packed = new PackedHeaders(headers);
    if (packed.count === 0) return true;
    let parent = this.#entries.get(packed.prevId(0));
    for (let n = 0; n < packed.count; n++) {
      const target = targetFromBits(packed.bits(n));
      if (!parent || target === undefined) return false;
      const time = packed.time(n);
      const baseBits = childBaseBits(this.#params, parent);
      if (packed.bits(n) !== relievedBits(this.#params, baseBits, time - parent.time)) return false;
      const id = n + 1 < packed.count ? packed.prevId(n + 1) : packed.id(n);
      if (!idMeetsTarget(id, target)) return false;
      const entry: BlockEntry = {
        id,
        parent,
        height: parent.height + 1,
        headers,
        headerAt: n * HEADER_BYTES,
        time,
        baseBits,
        work: parent.work + workOfTarget(target),
        invalid: undefined,
      };
      this.#insert(entry);
      parent = entry;
    }
    return true;
  }

  /** Keeps an entry that `extend` made. Its parent must be one of this index, itself it must not. */
  attach(entry: BlockEntry): void {
    if (this.#newestAt === this.#newest.length) {
      this.#newest = new Uint8Array(HEADERS_TOGETHER * HEADER_BYTES);
      this.#newestAt = 0;
    }
    this.#newest.set(headerBytes(entry), this.#newestAt);
    entry.headers = this.#newest;
    entry.headerAt = this.#newestAt;
    this.#newestAt += HEADER_BYTES;
    this.#insert(entry);
  }

  #insert(entry: BlockEntry): void {
    this.#entries.set(entry.id, entry);
    if (entry.work > this.bestHeader.work) this.#setBest(entry);
    else if (entry.work === this.bestHeader.work) this.#ties++;
  }

  /** Do other headers have exactly as much work as the best one? The next block settles it. */
  get isTied(): boolean {
    return this.#ties > 0;
  }

  #setBest(entry: BlockEntry): void {
    this.#ties = 0;
    this.#best.length = Math.min(this.#best.length, entry.height + 1);
    for (let e: BlockEntry | undefined = entry; e && this.#best[e.height] !== e; e = e.parent) {
      this.#best[e.height] = e;
    }
  }

  /** Marks a block and all that build on it. */
  markInvalid(entry: BlockEntry, code: RuleCode): void {
    entry.invalid = code;
    for (const e of this.#entries.values()) {
      if (!e.invalid && e.parent?.invalid) e.invalid = 'invalid-chain';
    }
    if (this.bestHeader.invalid) {
      let best = this.genesis;
      for (const e of this.#entries.values()) if (!e.invalid && e.work > best.work) best = e;
      this.#setBest(best);
    }
    // A rival may be gone, or the new best have one.
    this.#ties = -1;
    for (const e of this.#entries.values()) if (!e.invalid && e.work === this.bestHeader.work) this.#ties++;
  }

  /** Ids from `from` back to genesis, ever sparser: what a peer needs to find where our chains part. */
  locator(from: BlockEntry): BlockId[] {
    const ids: BlockId[] = [];
    let step = 1;
    let e: BlockEntry | undefined = from;
    while (e && e.height > 0 && ids.length < MAX_LOCATOR - 1) {
      ids.push(e.id);
      if (ids.length >= LOCATOR_DENSE) step *= 2;
      e = this.ancestor(e, Math.max(e.height - step, 0));
    }
    ids.push(this.genesis.id);
    return ids;
  }

  /** The ancestor of `entry` at `height` (not above its own). */
  ancestor(entry: BlockEntry, height: number): BlockEntry | undefined {
    let e: BlockEntry | undefined = entry;
    while (e && e.height > height) {
      // On the best branch every ancestor is one array access away.
      if (this.#best[e.height] === e) return this.#best[height];
      e = e.parent;
    }
    return e;
  }

  /** The last block that two branches share. */
  commonAncestor(a: BlockEntry, b: BlockEntry): BlockEntry {
    let x: BlockEntry = a;
    let y: BlockEntry = b;
    while (x !== y) {
      if (x.height >= y.height) x = x.parent as BlockEntry;
      else y = y.parent as BlockEntry;
    }
    return x;
  }
}
