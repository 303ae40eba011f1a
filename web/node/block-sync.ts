/**
 * Headers first (Bitcoin Core's way since 0.10): once header-sync.ts knows a
 * branch with more work than ours, fetch its bodies from all peers that have
 * it, in a window that moves with the tip.
 */
import type { Block } from '../core/block.ts';
import type { BlockEntry } from '../core/block-index.ts';
import type { Chain } from '../core/chain.ts';
import type { BlockId } from '../core/hash.ts';
import { headerId, type Header } from '../core/header.ts';
import { BoundedMap } from './bounded.ts';
import { HeaderSync } from './header-sync.ts';
import type { InventoryItem } from './messages.ts';
import type { PeerCode } from './penalties.ts';
import type { Peer } from './peer.ts';

/** Blocks above the first missing one that may be fetched: what arrives early stays in memory. */
export const WINDOW_BLOCKS = 512;
/** Enough for the peer to read and send while we verify; at most 2 MiB. With 16 each waited for the other. */
export const MAX_IN_FLIGHT = 32;
/** Ask for more when so few are left, several at once. */
const REFILL_AT = 16;
/** A peer that gave nothing for so long is replaced; doubled each time, and halved with each block that it gives. */
export const STALL_MIN_MS = 2_000;
export const STALL_MAX_MS = 64_000;
/** Blocks of which is remembered who was asked, and of each peer, which it may still bring: many windows full. */
const MAX_ASKED = 4_096;

/** Who has said that it lacks a block of its branch is not asked for any of it for so long, or until it says more. */
export const DOUBT_MS = 10_000;

interface PeerSync {
  /** The best header that the peer is known to have. */
  best: BlockEntry | undefined;
  /** What that was before it said that it lacks a block. Its database may have failed to answer, just then. */
  doubted: { readonly best: BlockEntry; untilMs: number } | undefined;
  readonly inFlight: Set<BlockId>;
  /** How often it may still bring a block: as often as it was asked, however late, and no more. */
  readonly owed: BoundedMap<BlockId, number>;
  lastProgressMs: number;
  stallMs: number;
}

export interface BlockSyncEvents {
  onBroken(peer: Peer, code: PeerCode): void;
  /** A requested block came. `onProcessed` is to be called when the chain has taken or refused it. */
  onBlock(peer: Peer, block: Block): void;
  /** Headers that nobody had told before, in order of height. */
  onNewHeaders(peer: Peer, entries: readonly BlockEntry[], nowMs: number): void;
  /** Is this block, not asked of anybody yet, to be asked for in compact form? */
  wantsCompact(entry: BlockEntry): boolean;
  /** The highest block that the store has room for now. */
  storeTakesUpTo(): number;
  /** Will another peer than `peer` soon bring this block unasked, so that asking would bring it twice? */
  isOnItsWay(peer: Peer, entry: BlockEntry, nowMs: number): boolean;
}

export class BlockSync {
  readonly #chain: Chain;
  readonly #events: BlockSyncEvents;
  readonly #headers: HeaderSync;
  readonly #peers = new Map<Peer, PeerSync>();
  /** Who was asked for a block, the last one asked last. */
  readonly #asked = new BoundedMap<BlockId, Peer[]>(MAX_ASKED);
  /** Asked for and not yet processed, whoever is to bring it. */
  readonly #inFlight = new Map<BlockId, Peer>();
  /** Came and is not processed yet: whatever comes with the same id meanwhile is not looked at. */
  readonly #inProcess = new Set<BlockId>();

  constructor(chain: Chain, events: BlockSyncEvents) {
    this.#chain = chain;
    this.#events = events;
    this.#headers = new HeaderSync(chain, {
      onBroken: (peer, code) => events.onBroken(peer, code),
      onHas: (peer, entry) => this.noteHas(peer, entry),
      onNew: (peer, entries, nowMs) => events.onNewHeaders(peer, entries, nowMs),
    });
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Blocks that this peer is to bring. */
  awaited(peer: Peer): number {
    return this.#peers.get(peer)?.inFlight.size ?? 0;
  }

  addPeer(peer: Peer, nowMs: number): void {
    const hello = peer.hello;
    this.#peers.set(peer, {
      best: hello && this.#chain.index.get(hello.tipId),
      doubted: undefined,
      inFlight: new Set(),
      owed: new BoundedMap(MAX_ASKED),
      lastProgressMs: nowMs,
      stallMs: STALL_MIN_MS,
    });
    this.#headers.addPeer(peer, nowMs);
    this.schedule(nowMs);
  }

  removePeer(peer: Peer, nowMs: number): void {
    const state = this.#peers.get(peer);
    if (!state) return;
    this.#release(state);
    this.#peers.delete(peer);
    // A name in a list would keep all that is noted of a peer in memory for as long as the list lives.
    for (const [, asked] of this.#asked.entries()) {
      const at = asked.indexOf(peer);
      if (at >= 0) asked.splice(at, 1);
    }
    this.#headers.removePeer(peer);
    this.schedule(nowMs);
  }

  askHeaders(peer: Peer, nowMs: number): void {
    this.#headers.ask(peer, nowMs);
  }

  /** An announcement of new blocks, or the answer to `getHeaders`. */
  onHeaders(peer: Peer, headers: readonly Header[], nowMs: number): void {
    this.#headers.onHeaders(peer, headers, nowMs);
    this.schedule(nowMs);
  }

  /** The peer has this block, and all before it. */
  noteHas(peer: Peer, entry: BlockEntry): void {
    const state = this.#peers.get(peer);
    if (!state) return;
    if (!state.best || state.best.invalid || entry.work >= state.best.work) {
      state.best = entry;
      // While its headers come we know less of them than it said.
      if (entry.work < (peer.hello?.work ?? 0n)) return;
      peer.tipId = entry.id;
      peer.height = entry.height;
    }
  }

  /** Is the peer known to have this block? */
  has(peer: Peer, entry: BlockEntry): boolean {
    const best = this.#peers.get(peer)?.best;
    return (
      best !== undefined &&
      best.height >= entry.height &&
      this.#chain.index.ancestor(best, entry.height) === entry
    );
  }

  onBlock(peer: Peer, block: Block, nowMs: number): void {
    const state = this.#peers.get(peer);
    if (!state) return;
    const id = headerId(block.header);
    const owed = state.owed.get(id);
    if (owed === undefined) return this.#events.onBroken(peer, 'unrequested');
    if (owed > 1) state.owed.set(id, owed - 1);
    else state.owed.delete(id);
    state.inFlight.delete(id);
    state.lastProgressMs = nowMs;
    state.stallMs = Math.max(state.stallMs / 2, STALL_MIN_MS);
    if (!this.#inProcess.has(id)) {
      this.#inProcess.add(id);
      // Until it is processed it counts as in flight, so that nobody else is asked.
      this.#inFlight.set(id, peer);
      this.#events.onBlock(peer, block);
    }
    if (state.inFlight.size <= REFILL_AT) this.schedule(nowMs);
  }

  onProcessed(id: BlockId): void {
    this.#inProcess.delete(id);
    this.#inFlight.delete(id);
    // It may have been asked of another peer than the one that gave it: that one is not late.
    for (const state of this.#peers.values()) state.inFlight.delete(id);
    this.#headers.onProcessed(id);
  }

  // A block that is put together from a compact one (compact-relay.ts).

  /**
   * `peer` gives this block in parts: until it is let go, or late, nobody else
   * is asked for it. False if it is in flight already, from whomever.
   */
  hold(peer: Peer, id: BlockId, nowMs: number): boolean {
    const state = this.#peers.get(peer);
    if (!state || this.#inFlight.has(id)) return false;
    if (state.inFlight.size === 0) state.lastProgressMs = nowMs;
    state.inFlight.add(id);
    this.#inFlight.set(id, peer);
    return true;
  }

  /** A part of a block came that was of use: the peer does not stall. */
  noteProgress(peer: Peer, nowMs: number): void {
    const state = this.#peers.get(peer);
    if (state) state.lastProgressMs = nowMs;
  }

  /** What was held won't come by itself. */
  letGo(peer: Peer, id: BlockId, nowMs: number): void {
    this.#peers.get(peer)?.inFlight.delete(id);
    // If its header has ended the link, it may be another's by now.
    if (this.#inFlight.get(id) === peer) this.#inFlight.delete(id);
    this.schedule(nowMs);
  }

  /** The parts did not fit: now the whole of it, unless another peer is at it already. */
  askWhole(peer: Peer, id: BlockId, nowMs: number): void {
    this.hold(peer, id, nowMs);
    if (this.#inFlight.get(id) === peer) peer.send({ name: 'getData', items: [{ kind: 'block', id }] });
  }

  /** Was this block asked of this peer, in whatever form? */
  wasAsked(peer: Peer, id: BlockId): boolean {
    return this.#asked.get(id)?.includes(peer) ?? false;
  }

  noteAsked(peer: Peer, id: BlockId): void {
    const asked = this.#asked.get(id) ?? [];
    if (!asked.includes(peer)) this.#asked.set(id, [...asked, peer]);
    const owed = this.#peers.get(peer)?.owed;
    owed?.set(id, (owed.get(id) ?? 0) + 1);
  }

  onNotFound(peer: Peer, id: BlockId, nowMs: number): void {
    const state = this.#peers.get(peer);
    if (!state?.inFlight.delete(id)) return;
    this.#inFlight.delete(id);
    // It said that it had the branch: believe only what it says next, for a while.
    if (state.best) state.doubted = { best: state.best, untilMs: nowMs + DOUBT_MS };
    state.best = undefined;
    this.schedule(nowMs);
  }

  tick(nowMs: number): void {
    this.#headers.tick(nowMs);
    for (const [peer, state] of [...this.#peers]) {
      if (state.doubted && nowMs >= state.doubted.untilMs) {
        const { best } = state.doubted;
        state.doubted = undefined;
        if (!best.invalid) this.noteHas(peer, best);
      }
      if (state.inFlight.size > 0 && nowMs - state.lastProgressMs > state.stallMs) {
        this.#release(state);
        state.stallMs = Math.min(state.stallMs * 2, STALL_MAX_MS);
        state.lastProgressMs = nowMs;
        this.#events.onBroken(peer, 'stalled');
      }
    }
    this.schedule(nowMs);
  }

  /** After our own clock stood still nobody is late. */
  forgiveGap(nowMs: number): void {
    for (const state of this.#peers.values()) {
      state.lastProgressMs = nowMs;
      if (state.doubted) state.doubted.untilMs = nowMs;
    }
    this.#headers.forgiveGap(nowMs);
  }

  /** Asks peers for the bodies that are missing. */
  schedule(nowMs: number): void {
    this.#headers.resume(nowMs);
    for (const [peer, state] of this.#peers) {
      if (state.inFlight.size > REFILL_AT) continue;
      const best = state.best;
      if (!best || best.invalid || best.work <= this.#chain.tip.work) continue;
      const items: InventoryItem[] = [];
      for (const entry of this.#missing(best)) {
        if (state.inFlight.size >= MAX_IN_FLIGHT) break;
        if (this.#inFlight.has(entry.id)) continue;
        // What has failed once is asked for whole.
        const compact = !this.#asked.has(entry.id) && this.#events.wantsCompact(entry);
        if (this.#events.isOnItsWay(peer, entry, nowMs) || !this.#mayAsk(peer, entry)) continue;
        if (state.inFlight.size === 0) state.lastProgressMs = nowMs;
        state.inFlight.add(entry.id);
        this.#inFlight.set(entry.id, peer);
        this.noteAsked(peer, entry.id);
        items.push({ kind: compact ? 'compact' : 'block', id: entry.id });
      }
      if (items.length > 0) peer.send({ name: 'getData', items });
    }
  }

  /** Entries without a body on the way to `best`, the lowest first, within the window and the room in the store. */
  *#missing(best: BlockEntry): Generator<BlockEntry> {
    const { index } = this.#chain;
    let fork = this.#chain.tip;
    while (index.ancestor(best, fork.height) !== fork) fork = fork.parent as BlockEntry;
    let first: number | undefined;
    // Another branch is connected at once when it has more work: until then the store has none of it to write.
    const last =
      fork === this.#chain.tip ? Math.min(best.height, this.#events.storeTakesUpTo()) : best.height;
    for (let height = fork.height + 1; height <= last; height++) {
      if (first !== undefined && height >= first + WINDOW_BLOCKS) return;
      const entry = index.ancestor(best, height) as BlockEntry;
      if (this.#chain.hasBody(entry)) continue;
      first ??= height;
      yield entry;
    }
  }

  /** Who has failed to give a block is asked for it again only when all others have, too. */
  #mayAsk(peer: Peer, entry: BlockEntry): boolean {
    const asked = this.#asked.get(entry.id);
    if (!asked?.includes(peer)) return true;
    for (const other of this.#peers.keys()) {
      if (!asked.includes(other) && this.has(other, entry)) return false;
    }
    this.#asked.delete(entry.id);
    return true;
  }

  #release(state: PeerSync): void {
    for (const id of state.inFlight) this.#inFlight.delete(id);
    state.inFlight.clear();
  }
}
