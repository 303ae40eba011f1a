/**
 * The chain of one room: the header tree, the bodies at hand, the active
 * chain with the ledger it leaves, and the choice between branches (most work;
 * of equals the one that was complete first).
 *
 * A body is in one of three states. Resident: in memory. Stored: part of the
 * active chain and only in the store. Missing: to be fetched from a peer. A
 * block is *linked* when the bodies of its whole branch are resident or
 * stored: only then can it become the tip.
 */
import type { Block } from './block.ts';
import { checkBlockForm, saysNothingOfHeader } from './block-form.ts';
import { BlockIndex, type BlockEntry } from './block-index.ts';
import type { BlockId } from './hash.ts';
import { HEADER_BYTES, headerHash, type Header } from './header.ts';
import { Ledger, type Account, type AccountChange } from './ledger.ts';
import type { Params } from './params.ts';
import type { RuleCode } from './rules.ts';
import { SignatureCache } from './signature-cache.ts';
import type { Verify } from './transaction.ts';

/** Blocks below the tip whose bodies stay in memory: deeper reorgs read the store first. */
export const RESIDENT_DEPTH = 288;
/** The bodies are looked through once in so many blocks. */
const TRIM_INTERVAL = 64;

interface Body {
  readonly block: Block;
  /** Known once the block has been connected. */
  changes: readonly AccountChange[] | undefined;
}

export interface ConnectedBlock {
  readonly entry: BlockEntry;
  readonly block: Block;
  readonly changes: readonly AccountChange[];
}

export interface RejectedBlock {
  readonly entry: BlockEntry;
  readonly code: RuleCode;
}

/** What `activate` did. */
export interface Activation {
  readonly fork: BlockEntry;
  /** No longer active, the old tip first. */
  readonly disconnected: readonly ConnectedBlock[];
  /** Newly active, in order of height. */
  readonly connected: readonly ConnectedBlock[];
  /** Blocks that turned out to break a rule when their turn came. */
  readonly rejected: readonly RejectedBlock[];
  /** Active blocks (a range of heights) to be given to `supply` before a deeper reorg can go on. */
  readonly needs: { readonly from: number; readonly to: number } | undefined;
}

export type BlockResult =
  | { readonly kind: 'accepted'; readonly entry: BlockEntry }
  | { readonly kind: 'known'; readonly entry: BlockEntry }
  | { readonly kind: 'refused'; readonly code: RuleCode; readonly entry: BlockEntry | undefined };

/** A chain that was stored, from height 1 to its tip. */
export interface StoredChain {
  /** 80 bytes each, in the arrays in which they were written (BlockIndex.restore); the index keeps them where they are. */
  readonly headers: readonly Uint8Array[];
  /** The ledger at the tip. */
  readonly accounts: Iterable<Account>;
}

export class Chain {
  readonly params: Params;
  readonly genesisHash: Uint8Array;
  readonly index: BlockIndex;
  readonly signatures: SignatureCache;
  ledger = new Ledger();

  /** Active blocks by height. */
  readonly #active: BlockEntry[];
  readonly #bodies = new Map<BlockId, Body>();
  readonly #linked = new Set<BlockEntry>();
  /** Linked branch ends with more work than the tip, in the order in which they were completed. */
  readonly #candidates = new Set<BlockEntry>();
  /** Resident but not linked, by the parent they wait for. */
  #waiting = new Map<BlockId, BlockEntry[]>();
  #trimmedAt = 0;

  constructor(params: Params, genesis: Block, verify: Verify) {
    this.params = params;
    this.genesisHash = headerHash(genesis.header);
    this.index = new BlockIndex(params, genesis.header);
    this.signatures = new SignatureCache(this.genesisHash, verify);
    this.#active = [this.index.genesis];
    this.#bodies.set(this.index.genesis.id, { block: genesis, changes: [] });
  }

  /** False, and unusable, if the stored headers do not form a chain. To be called on a new chain only. */
  restore(stored: StoredChain): boolean {
    let height = 0;
    for (const headers of stored.headers) {
      if (!this.index.restore(headers)) return false;
      height += headers.length / HEADER_BYTES;
      // Anything but one branch has other heights than it has headers.
      if (this.index.bestHeader.height !== height) return false;
    }
    for (let at = 1; at <= height; at++) this.#active.push(this.index.bestHeaderAt(at) as BlockEntry);
    this.ledger = new Ledger(stored.accounts);
    this.#trimmedAt = this.tip.height;
    return true;
  }

  get tip(): BlockEntry {
    return this.#active[this.#active.length - 1] as BlockEntry;
  }

  activeAt(height: number): BlockEntry | undefined {
    return this.#active[height];
  }

  isActive(entry: BlockEntry): boolean {
    return this.#active[entry.height] === entry;
  }

  /** A resident body. An active block that gives undefined is in the store. */
  body(id: BlockId): Block | undefined {
    return this.#bodies.get(id)?.block;
  }

  hasBody(entry: BlockEntry): boolean {
    return this.isActive(entry) || this.#bodies.has(entry.id);
  }

  get residentBodies(): number {
    return this.#bodies.size;
  }

  addHeader(header: Header, nowSeconds: number): ReturnType<BlockIndex['add']> {
    return this.index.add(header, nowSeconds);
  }

  /** Takes a block's body; `activate` then decides whether it changes the active chain. */
  addBlock(block: Block, nowSeconds: number): BlockResult {
    const header = this.index.add(block.header, nowSeconds);
    if (typeof header === 'string') return { kind: 'refused', code: header, entry: undefined };
    const { entry } = header;
    if (this.hasBody(entry)) return { kind: 'known', entry };
    const code = checkBlockForm(this.params, block, entry.height);
    if (code) {
      if (!saysNothingOfHeader(code)) this.#reject(entry, code);
      return { kind: 'refused', code, entry };
    }
    this.#bodies.set(entry.id, { block, changes: undefined });
    this.#link(entry);
    return { kind: 'accepted', entry };
  }

  /** Gives back bodies of active blocks that `activate` asked for. */
  supply(blocks: readonly { readonly block: Block; readonly changes: readonly AccountChange[] }[]): void {
    for (const { block, changes } of blocks) {
      const accepted = this.index.add(block.header, Infinity);
      if (typeof accepted === 'string' || !this.isActive(accepted.entry)) continue;
      this.#bodies.set(accepted.entry.id, { block, changes });
    }
  }

  /**
   * Moves to the best complete branch. Branches that break a rule are left exactly and for good. `canRead`: false leaves
   * out those that need blocks which the store does not give.
   */
  activate(canRead = true): Activation {
    const rejected: RejectedBlock[] = [];
    const outOfReach = new Set<BlockEntry>();
    for (let best = this.#bestCandidate(); best; best = this.#bestCandidate(outOfReach)) {
      const fork = this.index.commonAncestor(this.tip, best);
      const needs = this.#missingDownTo(fork);
      if (needs && canRead) return { ...this.#unchanged(rejected), needs };
      if (needs) {
        outOfReach.add(best);
        continue;
      }
      const disconnected = this.#disconnectTo(fork);
      const result = this.#connectUpTo(best, fork);
      if (!('code' in result)) {
        this.#dropCandidates();
        if (this.tip.height >= this.#trimmedAt + TRIM_INTERVAL) this.#trim();
        return { fork, disconnected, connected: result.connected, rejected, needs: undefined };
      }
      rejected.push(result);
      for (const block of disconnected.reverse()) this.#reconnect(block);
      this.#reject(result.entry, result.code);
    }
    return this.#unchanged(rejected);
  }

  #unchanged(rejected: readonly RejectedBlock[]): Activation {
    return { fork: this.tip, disconnected: [], connected: [], rejected, needs: undefined };
  }

  #bestCandidate(but?: ReadonlySet<BlockEntry>): BlockEntry | undefined {
    let best: BlockEntry | undefined;
    for (const entry of this.#candidates) {
      if (entry.work > (best ?? this.tip).work && but?.has(entry) !== true) best = entry;
    }
    return best;
  }

  #dropCandidates(): void {
    for (const entry of this.#candidates) {
      if (entry.invalid || entry.work <= this.tip.work) this.#candidates.delete(entry);
    }
  }

  #isLinked(entry: BlockEntry): boolean {
    return this.isActive(entry) || this.#linked.has(entry);
  }

  #link(first: BlockEntry): void {
    const parent = first.parent as BlockEntry;
    if (!this.#isLinked(parent)) {
      const siblings = this.#waiting.get(parent.id);
      if (siblings) siblings.push(first);
      else this.#waiting.set(parent.id, [first]);
      return;
    }
    const queue = [first];
    for (let entry = queue.pop(); entry; entry = queue.pop()) {
      if (entry.invalid) continue;
      this.#linked.add(entry);
      this.#candidates.delete(entry.parent as BlockEntry);
      if (entry.work > this.tip.work) this.#candidates.add(entry);
      queue.push(...(this.#waiting.get(entry.id) ?? []));
      this.#waiting.delete(entry.id);
    }
  }

  /** From the lowest to the highest active block above `fork` that can't be disconnected yet. */
  #missingDownTo(fork: BlockEntry): Activation['needs'] {
    const here = (height: number): boolean =>
      this.#bodies.get((this.#active[height] as BlockEntry).id)?.changes !== undefined;
    let from = fork.height + 1;
    let to = this.tip.height;
    while (from <= to && here(from)) from++;
    while (to >= from && here(to)) to--;
    return to >= from ? { from, to } : undefined;
  }

  /** Returns what was disconnected, the tip first. */
  #disconnectTo(fork: BlockEntry): ConnectedBlock[] {
    const disconnected: ConnectedBlock[] = [];
    while (this.tip !== fork) {
      const entry = this.#active.pop() as BlockEntry;
      const { block, changes } = this.#bodies.get(entry.id) as Body;
      if (!changes) throw new Error(`active block ${entry.id} without its changes`);
      this.ledger.undo(changes);
      // It stays complete, should its branch win again.
      this.#linked.add(entry);
      disconnected.push({ entry, block, changes });
    }
    return disconnected;
  }

  #reconnect({ entry, changes }: ConnectedBlock): void {
    this.ledger.redo(changes);
    this.#active.push(entry);
    this.#linked.delete(entry);
  }

  /** Connects the whole branch from `fork` (the tip) to `target`, or none of it and names its first bad block. */
  #connectUpTo(
    target: BlockEntry,
    fork: BlockEntry,
  ): { readonly connected: ConnectedBlock[] } | RejectedBlock {
    const branch: BlockEntry[] = [];
    for (let e = target; e !== fork; e = e.parent as BlockEntry) branch.push(e);
    const connected: ConnectedBlock[] = [];
    for (const entry of branch.reverse()) {
      const body = this.#bodies.get(entry.id) as Body;
      const changes = this.ledger.connect(body.block, entry.height, this.params, (tx) =>
        this.signatures.check(tx),
      );
      if (typeof changes === 'string') {
        this.#disconnectTo(fork);
        return { entry, code: changes };
      }
      body.changes = changes;
      this.#active.push(entry);
      this.#linked.delete(entry);
      connected.push({ entry, block: body.block, changes });
    }
    return { connected };
  }

  #reject(entry: BlockEntry, code: RuleCode): void {
    this.index.markInvalid(entry, code);
    this.#waiting.delete(entry.id);
    for (const id of this.#bodies.keys()) {
      const e = this.index.get(id);
      if (!e?.invalid) continue;
      this.#bodies.delete(id);
      this.#linked.delete(e);
      this.#waiting.delete(id);
    }
    this.#dropCandidates();
    // The part of the branch below the bad block may still beat the tip.
    const parent = entry.parent as BlockEntry;
    if (this.#linked.has(parent) && parent.work > this.tip.work) this.#candidates.add(parent);
  }

  /**
   * Lets go of bodies far below the tip: active ones are in the store, stale
   * ones have lost. Those of the best headers stay: they are on their way to
   * become active, and may take longer to fetch than we take between two trims.
   */
  #trim(): void {
    const limit = this.tip.height - RESIDENT_DEPTH;
    this.#trimmedAt = this.tip.height;
    const resident = [...this.#bodies.keys()]
      .map((id) => this.index.get(id) as BlockEntry)
      .sort((a, b) => a.height - b.height);
    this.#waiting = new Map();
    for (const entry of resident) {
      const coming = !this.isActive(entry) && this.index.bestHeaderAt(entry.height) === entry;
      if (entry.height < limit && entry.height > 0 && !coming) {
        this.#bodies.delete(entry.id);
        this.#linked.delete(entry);
      } else if (entry.parent && !this.isActive(entry) && !this.#isLinked(entry.parent)) {
        // Its branch is no longer complete.
        this.#linked.delete(entry);
        this.#candidates.delete(entry);
        this.#link(entry);
      }
    }
  }
}
