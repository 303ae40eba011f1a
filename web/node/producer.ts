/**
 * Makes blocks: decides whether this node works, keeps the job that the
 * workers grind up to date, and turns a found header into a block.
 */
import type { Block } from '../core/block.ts';
import type { Chain } from '../core/chain.ts';
import { decodeOrUndefined } from '../core/codec.ts';
import { hashToId, type AccountId, type TxId } from '../core/hash.ts';
import { headerCodec } from '../core/header.ts';
import type { Mempool } from '../core/mempool.ts';
import { targetFromBits } from '../core/target.ts';
import { buildTemplate } from '../core/template.ts';
import { transactionId } from '../core/transaction.ts';
import { BoundedMap } from './bounded.ts';
import type { Pow, Rng } from './ports.ts';
import type { PowMode } from './snapshot.ts';

/** A fresh time lets relief take effect and keeps the header's time honest. */
const REFRESH_MS = 5_000;
/**
 * New transactions wait at most this long for a new template. With a batch of the workers (12 ms) and the ways of the
 * messages it must stay below 50 ms; a full template takes some 10 ms, so a flood of them leaves time for all else.
 */
export const MIN_TEMPLATE_MS = 25;
/** A find may still come from a job or two before the present one. */
const MAX_JOBS = 8;
/** Further behind than this a node is catching up. */
const CATCHING_UP_BLOCKS = 3;

export class Producer {
  mode: PowMode = 'on-demand';
  found = 0;

  readonly #chain: Chain;
  readonly #mempool: Mempool;
  readonly #pow: Pow;
  readonly #account: AccountId;
  readonly #isOwn: (id: TxId) => boolean;
  readonly #rng: Rng;
  readonly #jobs = new BoundedMap<number, Block>(MAX_JOBS);
  #jobId = 0;
  #working = false;
  #builtAtMs = -Infinity;
  #mempoolChanged = false;
  #tipId = '';
  /** The tip that the patience below is for, and since when it is the tip. */
  #waiting = { tipId: '', sinceMs: 0, helpAfterMs: 0 };

  constructor(
    chain: Chain,
    mempool: Mempool,
    pow: Pow,
    account: AccountId,
    isOwn: (id: TxId) => boolean,
    rng: Rng,
  ) {
    this.#chain = chain;
    this.#mempool = mempool;
    this.#pow = pow;
    this.#account = account;
    this.#isOwn = isOwn;
    this.#rng = rng;
  }

  /** Are so many blocks missing that one made now would be stale? */
  get isCatchingUp(): boolean {
    const { index, tip } = this.#chain;
    return index.bestHeader.height - tip.height > CATCHING_UP_BLOCKS;
  }

  get working(): boolean {
    return this.#working;
  }

  /** When the mempool gained or lost something. */
  noteMempool(): void {
    this.#mempoolChanged = true;
  }

  /** When `update` is due to put new transactions into the job; undefined if none wait. */
  get wakeAtMs(): number | undefined {
    return this.#working && this.#mempoolChanged ? this.#builtAtMs + MIN_TEMPLATE_MS : undefined;
  }

  /** Starts, stops or renews the work. Cheap when nothing changed. */
  update(nowMs: number): void {
    if (!this.#shouldWork(nowMs)) {
      if (this.#working) this.#pow.stop();
      this.#working = false;
      return;
    }
    const age = nowMs - this.#builtAtMs;
    const stale =
      !this.#working ||
      this.#tipId !== this.#chain.tip.id ||
      (this.#mempoolChanged && age >= MIN_TEMPLATE_MS) ||
      age >= REFRESH_MS ||
      // The clock was set back.
      age < 0;
    if (stale) this.renew(nowMs);
  }

  /** A new job, also when the workers have used up the nonces of the last one. */
  renew(nowMs: number): void {
    const block = buildTemplate(this.#chain, this.#mempool, this.#account, Math.floor(nowMs / 1000));
    const target = targetFromBits(block.header.bits);
    if (target === undefined) throw new Error('a template without a target');
    this.#jobs.set(++this.#jobId, block);
    this.#working = true;
    this.#mempoolChanged = false;
    this.#builtAtMs = nowMs;
    this.#tipId = this.#chain.tip.id;
    this.#pow.start({ id: this.#jobId, header: headerCodec.encode(block.header), target });
  }

  /** The block that a find makes; undefined if its job is forgotten or its parent no longer the tip. */
  complete(jobId: number, headerBytes: Uint8Array): Block | undefined {
    const template = this.#jobs.get(jobId);
    const header = decodeOrUndefined(headerCodec, headerBytes);
    if (!template || !header) return undefined;
    this.#jobs.delete(jobId);
    // The workers rest once they have found something.
    this.#working = false;
    if (hashToId(header.prevHash) !== this.#chain.tip.id) return undefined;
    return { header, transactions: template.transactions };
  }

  #shouldWork(nowMs: number): boolean {
    if (this.mode === 'off' || this.isCatchingUp) return false;
    return this.mode === 'always' || this.#isNeeded(nowMs);
  }

  /**
   * On demand means: at once for what this node's user wrote. What others
   * wrote, and two branches of equal work that need one more block, wait for
   * one to two block spacings, by chance: so one message does not start every
   * fan in the room, and yet a node that can't work gets its message in.
   */
  #isNeeded(nowMs: number): boolean {
    const chain = this.#chain;
    const waiting = this.#patience(nowMs);
    if (chain.index.isTied && nowMs - waiting.sinceMs >= waiting.helpAfterMs) return true;
    const ready = new Set<TxId>();
    for (const sender of this.#mempool.senders()) {
      const run = this.#mempool.run(sender, chain.ledger.get(sender));
      for (const tx of run) ready.add(transactionId(tx));
    }
    for (const { id, addedAtMs } of this.#mempool.all()) {
      if (ready.has(id) && (this.#isOwn(id) || nowMs - addedAtMs >= waiting.helpAfterMs)) return true;
    }
    return false;
  }

  #patience(nowMs: number): { readonly sinceMs: number; readonly helpAfterMs: number } {
    const { params, tip } = this.#chain;
    if (this.#waiting.tipId !== tip.id) {
      const helpAfterMs = params.spacingSeconds * 1000 * (1 + this.#rng.next());
      this.#waiting = { tipId: tip.id, sinceMs: nowMs, helpAfterMs };
    }
    return this.#waiting;
  }
}
