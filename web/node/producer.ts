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
/**
 * So long without a single body, and the missing ones are not waited for any more: whoever made their headers may be
 * gone, or give them to nobody, and the room would rest for good. As mesh-health.ts has it, twice a block's spacing.
 */
export const HOPE_MS = 30_000;

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
  /** When the last body came, or none was missing. */
  #progress = { tipId: '', bodies: 0, atMs: 0 };
  #isHopeless = false;

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

  /** Are so many blocks missing, and on their way, that one made now would be stale? */
  get isCatchingUp(): boolean {
    return this.#isBehind && !this.#isHopeless;
  }

  get #isBehind(): boolean {
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
    this.#noteProgress(nowMs);
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

  /** After our own clock stood still, or was set back, all that is waited for gets its time anew. */
  forgiveGap(nowMs: number): void {
    this.#progress.atMs = nowMs;
    this.#waiting.sinceMs = Math.min(this.#waiting.sinceMs, nowMs);
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

  #noteProgress(nowMs: number): void {
    const { tip, residentBodies } = this.#chain;
    const { tipId, bodies } = this.#progress;
    if (!this.#isBehind || tip.id !== tipId || residentBodies !== bodies) {
      this.#progress = { tipId: tip.id, bodies: residentBodies, atMs: nowMs };
    }
    this.#isHopeless = nowMs - this.#progress.atMs > HOPE_MS;
  }

  #shouldWork(nowMs: number): boolean {
    if (this.mode === 'off' || this.isCatchingUp) return false;
    return this.mode === 'always' || this.#isNeeded(nowMs);
  }

  /**
   * On demand means: at once for what this node's user wrote. What others
   * wrote, and branches that need one more block to be settled, wait for one
   * to two block spacings, by chance: so one message does not start every fan
   * in the room, and yet a node that can't work gets its message in.
   */
  #isNeeded(nowMs: number): boolean {
    const chain = this.#chain;
    const waiting = this.#patience(nowMs);
    if (nowMs - waiting.sinceMs >= waiting.helpAfterMs && this.#isUnsettled) return true;
    for (const { id, tx, addedAtMs } of this.#mempool.all()) {
      // This is asked at every frame: what a block could take is looked up for few.
      if (!this.#isOwn(id) && nowMs - addedAtMs < waiting.helpAfterMs) continue;
      if (this.#mempool.run(tx.sender, chain.ledger.get(tx.sender)).includes(tx)) return true;
    }
    return false;
  }

  /** Is there another branch of equal work, or the header of a block or two that nobody gives? The room may be of two minds. */
  get #isUnsettled(): boolean {
    const { index, tip } = this.#chain;
    return index.isTied || (index.bestHeader.work > tip.work && !this.#isBehind);
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
