/**
 * Gets blocks of the active chain from peers that this node has had and its
 * store has lost: one peer after the other, until one gives it.
 */
import { checkBlockForm } from '../core/block-form.ts';
import type { Block } from '../core/block.ts';
import type { BlockEntry } from '../core/block-index.ts';
import type { BlockId } from '../core/hash.ts';
import { headerId } from '../core/header.ts';
import type { Params } from '../core/params.ts';
import type { BlockSync } from './block-sync.ts';
import { blockPenalty } from './penalties.ts';
import type { Peer } from './peer.ts';
import type { PeerSet, Punish } from './peer-set.ts';

/** Longer than a block of 64 KiB takes on a poor link. */
export const LOST_BLOCK_WAIT_MS = 8_000;

interface Wanted {
  readonly entry: BlockEntry;
  readonly done: (block: Block | undefined) => void;
  /** In this order: the answer of the last one is waited for. */
  readonly asked: Set<Peer>;
  deadlineMs: number;
}

export class LostBlocks {
  readonly #params: Params;
  readonly #peers: PeerSet;
  readonly #sync: BlockSync;
  readonly #punish: Punish;
  readonly #wanted = new Map<BlockId, Wanted>();

  constructor(params: Params, peers: PeerSet, sync: BlockSync, punish: Punish) {
    this.#params = params;
    this.#peers = peers;
    this.#sync = sync;
    this.#punish = punish;
  }

  /** `done` is called once: with the body, or with undefined if no peer that is linked gives it. */
  fetch(entry: BlockEntry, nowMs: number, done: Wanted['done']): void {
    const wanted: Wanted = { entry, done, asked: new Set(), deadlineMs: nowMs };
    // Asked for twice, the first asker waits in vain no longer.
    this.#wanted.get(entry.id)?.done(undefined);
    this.#wanted.set(entry.id, wanted);
    this.#askNext(wanted, nowMs);
  }

  /** A block that was asked of this peer, for whatever reason. */
  onBlock(peer: Peer, block: Block, nowMs: number): void {
    const wanted = this.#wanted.get(headerId(block.header));
    if (!wanted) return;
    const broken = checkBlockForm(this.#params, block, wanted.entry.height);
    if (!broken) return this.#end(wanted, block);
    // The chain, which has this block, does not look at it again.
    this.#punish(peer, broken, blockPenalty(broken));
    this.#askNext(wanted, nowMs);
  }

  onNotFound(peer: Peer, id: BlockId, nowMs: number): void {
    const wanted = this.#wanted.get(id);
    // Who says it twice takes nothing from the one that was asked next.
    if (wanted && [...wanted.asked].at(-1) === peer) this.#askNext(wanted, nowMs);
  }

  tick(nowMs: number): void {
    for (const wanted of [...this.#wanted.values()]) {
      if (nowMs >= wanted.deadlineMs) this.#askNext(wanted, nowMs);
    }
  }

  #askNext(wanted: Wanted, nowMs: number): void {
    const { entry, asked } = wanted;
    const peer = this.#peers.ready.find((each) => !asked.has(each) && this.#sync.has(each, entry));
    if (!peer) return this.#end(wanted, undefined);
    asked.add(peer);
    wanted.deadlineMs = nowMs + LOST_BLOCK_WAIT_MS;
    this.#sync.noteAsked(peer, entry.id);
    peer.send({ name: 'getData', items: [{ kind: 'block', id: entry.id }] });
  }

  #end(wanted: Wanted, block: Block | undefined): void {
    this.#wanted.delete(wanted.entry.id);
    wanted.done(block);
  }
}
