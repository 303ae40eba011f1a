/**
 * Learns the headers of the peers' chains: asks for what follows the last
 * block that we share, checks what comes, and keeps of it what may matter. So
 * that cheap headers fill no memory:
 *
 * - A chain with less work than ours had 144 blocks ago can't win soon. If it
 *   is short it is ignored; if it goes on, it must show its work first (presync.ts).
 *   There is no minimum besides: a room's genesis is derived, so a newcomer
 *   knows nothing of the room's work.
 * - Therefore a header also is a debt of the peer that brought it, until its
 *   body has come. Who owes too many is asked for no more headers until bodies
 *   have caught up. A newcomer learns a chain of any length in this way, and a
 *   liar who has no bodies fills 2,000 places.
 */
import { extend, MAX_LOCATOR, type BlockEntry } from '../core/block-index.ts';
import type { Chain } from '../core/chain.ts';
import { hashToId, type BlockId } from '../core/hash.ts';
import { headerHash, headerId, type Header } from '../core/header.ts';
import type { HeaderRule } from '../core/rules.ts';
import { MAX_HEADERS } from './messages.ts';
import type { PeerCode } from './penalties.ts';
import type { Peer } from './peer.ts';
import { Presync } from './presync.ts';

export const HEADERS_TIMEOUT_MS = 20_000;
/** Headers from the future are asked for again after this. */
const FUTURE_RETRY_MS = 5_000;
/** A peer whose chain has too little work is left alone so long. */
export const LOW_WORK_RETRY_MS = 10_000;
/** As many as BIP130 announces at once; more are an answer to `getHeaders`. */
export const MAX_ANNOUNCED_HEADERS = 8;
/** A chain from further back in our own has to show its work first: Core's number (a day of its blocks, 36 minutes of ours). */
export const NEAR_BLOCKS = 144;
/** Headers without a body that one peer may have brought: two full messages, so that bodies never wait for headers. */
export const MAX_DEBTS = 2_000;
/** The bodies of stale branches never come. As long as a ban. */
export const DEBT_MS = 10 * 60_000;
/** Late answers to given-up questions that are still read. */
const MAX_UNANSWERED = 4;

interface PeerHeaders {
  /** Until when an answer is waited for. */
  deadlineMs: number | undefined;
  /** Full answers that may come. A short one can't be told from an announcement, and counts for none. */
  unanswered: number;
  retryAtMs: number | undefined;
  /** Not asked before then: what it has is of no use now. */
  quietUntilMs: number;
  presync: Presync | undefined;
  /** Up to this height its last full answer went, since it was asked anew. */
  fullUpTo: number;
  /** It has headers after this one that were not asked for yet. */
  more: BlockEntry | undefined;
  /** Headers that it brought first and whose bodies have not come, and since when. */
  readonly debts: Map<BlockId, number>;
}

export interface HeaderSyncEvents {
  onBroken(peer: Peer, code: PeerCode): void;
  /** The peer has this block and all before it. */
  onHas(peer: Peer, entry: BlockEntry): void;
  /** Headers that nobody had told before, in order of height. */
  onNew(peer: Peer, entries: readonly BlockEntry[], nowMs: number): void;
}

export class HeaderSync {
  readonly #chain: Chain;
  readonly #events: HeaderSyncEvents;
  readonly #peers = new Map<Peer, PeerHeaders>();

  constructor(chain: Chain, events: HeaderSyncEvents) {
    this.#chain = chain;
    this.#events = events;
  }

  addPeer(peer: Peer, nowMs: number): void {
    this.#peers.set(peer, {
      deadlineMs: undefined,
      unanswered: 0,
      retryAtMs: undefined,
      quietUntilMs: -Infinity,
      presync: undefined,
      fullUpTo: 0,
      more: undefined,
      debts: new Map(),
    });
    const { hello } = peer;
    // Equal work too: a tie must be known to be settled (producer.ts).
    if (hello && hello.work >= this.#chain.tip.work && !this.#chain.index.get(hello.tipId)) {
      this.ask(peer, nowMs);
    }
  }

  removePeer(peer: Peer): void {
    this.#peers.delete(peer);
  }

  /** Asks for the headers that we lack, unless it has been done, or it would be of no use now. */
  ask(peer: Peer, nowMs: number): void {
    const state = this.#peers.get(peer);
    if (!state || state.presync) return;
    state.fullUpTo = 0;
    if (nowMs < state.quietUntilMs) state.retryAtMs = state.quietUntilMs;
    else this.#askAfter(peer, state, this.#chain.index.bestHeader, nowMs);
  }

  /** An announcement of new blocks, or the answer to `getHeaders`. */
  onHeaders(peer: Peer, headers: readonly Header[], nowMs: number): void {
    const state = this.#peers.get(peer);
    if (!state) return;
    const [first] = headers;
    const small = headers.length <= MAX_ANNOUNCED_HEADERS;
    if (!small && state.unanswered === 0) return this.#events.onBroken(peer, 'unrequested');
    if (!continuous(headers)) return this.#events.onBroken(peer, 'headers-discontinuous');
    if (!small || !first) state.unanswered = Math.max(state.unanswered - 1, 0);
    if (!first) return this.#onNothing(peer, state, nowMs);
    if (state.presync?.continuedBy(headers))
      return this.#onPresync(peer, state, state.presync, headers, nowMs);

    const branch = this.#split(headers);
    if (!branch) {
      // A late answer to a question that is no longer of interest.
      if (!small) return this.#events.onBroken(peer, 'unrequested');
      // We miss what came before: find out where we part. If we have asked already, this has crossed our question.
      return this.ask(peer, nowMs);
    }
    // Its active chain has changed while it was measured. Once: who always begins anew would have us measure for ever.
    const isOther = !small && state.presync !== undefined;
    if (isOther) state.presync = undefined;
    // Perhaps it was an announcement only; then the answer comes as another one.
    if (!state.presync) state.deadlineMs = undefined;
    this.#take(peer, state, branch, headers.length, nowMs, !isOther);
  }

  /** The body of this header has come, or the header turned out to be worth nothing. */
  onProcessed(id: BlockId): void {
    for (const { debts } of this.#peers.values()) debts.delete(id);
  }

  tick(nowMs: number): void {
    for (const [peer, state] of [...this.#peers]) {
      for (const [id, sinceMs] of state.debts) {
        if (nowMs - sinceMs < DEBT_MS) break;
        state.debts.delete(id);
      }
      if (state.deadlineMs !== undefined && nowMs > state.deadlineMs) {
        state.deadlineMs = undefined;
        state.presync = undefined;
        state.retryAtMs = nowMs + LOW_WORK_RETRY_MS;
        this.#events.onBroken(peer, 'stalled');
      }
      if (state.retryAtMs !== undefined && nowMs > state.retryAtMs) {
        state.retryAtMs = undefined;
        this.ask(peer, nowMs);
      }
    }
  }

  /** Asks for what had to wait until bodies have caught up. */
  resume(nowMs: number): void {
    for (const [peer, state] of this.#peers) {
      const { more } = state;
      if (!more || state.deadlineMs !== undefined || state.presync || !this.#mayAskMore(state)) continue;
      state.more = undefined;
      if (!more.invalid) this.#askAfter(peer, state, more, nowMs);
    }
  }

  /** After our own clock stood still, or was set back, nobody is late, and nobody is left alone for hours. */
  forgiveGap(nowMs: number): void {
    for (const state of this.#peers.values()) {
      if (state.deadlineMs !== undefined) state.deadlineMs = nowMs + HEADERS_TIMEOUT_MS;
      if (state.retryAtMs !== undefined) state.retryAtMs = nowMs;
      state.quietUntilMs = Math.min(state.quietUntilMs, nowMs);
      for (const id of state.debts.keys()) state.debts.set(id, nowMs);
    }
  }

  /** What a chain must have to be kept as it comes. */
  get #minWork(): bigint {
    const { tip } = this.#chain;
    return this.#chain.activeAt(Math.max(tip.height - NEAR_BLOCKS, 0))?.work ?? 0n;
  }

  #askAfter(peer: Peer, state: PeerHeaders, from: BlockEntry, nowMs: number): void {
    if (!this.#mayAskMore(state)) state.more = from;
    else this.#send(peer, state, this.#locatorFrom(from), nowMs);
  }

  /**
   * Another peer may have brought what comes after `known`: then from there. But a locator's gaps are wider than an
   * answer, and the peer's branch may leave ours within one: named itself, `known` is never answered for again.
   */
  #locatorFrom(known: BlockEntry): BlockId[] {
    const { index } = this.#chain;
    const furthest = this.#furthestAfter(known);
    const locator = index.locator(furthest);
    if (furthest === known) return locator;
    const at = locator.findIndex((id) => (index.get(id)?.height ?? 0) <= known.height);
    return [...locator.slice(0, at), known.id, ...locator.slice(at)].slice(0, MAX_LOCATOR);
  }

  #askPresync(peer: Peer, state: PeerHeaders, presync: Presync, nowMs: number): void {
    const locator = this.#chain.index.locator(presync.start).filter((id) => id !== presync.after);
    this.#send(peer, state, [presync.after, ...locator].slice(0, MAX_LOCATOR), nowMs);
  }

  #send(peer: Peer, state: PeerHeaders, locator: readonly BlockId[], nowMs: number): void {
    if (state.deadlineMs !== undefined) return;
    state.deadlineMs = nowMs + HEADERS_TIMEOUT_MS;
    state.unanswered = Math.min(state.unanswered + 1, MAX_UNANSWERED);
    peer.send({ name: 'getHeaders', locator });
  }

  #mayAskMore({ debts }: PeerHeaders): boolean {
    return debts.size + MAX_HEADERS <= MAX_DEBTS;
  }

  /** Nothing comes after what our locator named: its chain is known by now, whoever told us, or ends as it is measured. */
  #onNothing(peer: Peer, state: PeerHeaders, nowMs: number): void {
    state.deadlineMs = undefined;
    const tip = this.#chain.index.get(peer.hello?.tipId ?? '');
    if (tip) this.#events.onHas(peer, tip);
    if (!state.presync) return;
    state.presync = undefined;
    this.#onLowWork(peer, state, nowMs);
  }

  /** The last of `headers` that is known, and those after it; undefined if they build on an unknown one. */
  #split(headers: readonly Header[]): Branch | undefined {
    const { index } = this.#chain;
    let from = index.get(hashToId((headers[0] as Header).prevHash));
    if (!from) return undefined;
    for (const [i, header] of headers.entries()) {
      const known = index.get(headerId(header));
      if (!known) return { from, unknown: headers.slice(i) };
      from = known;
    }
    return { from, unknown: [] };
  }

  #take(
    peer: Peer,
    state: PeerHeaders,
    { from, unknown }: Branch,
    received: number,
    nowMs: number,
    mayMeasure = true,
  ): void {
    if (from.invalid) return this.#events.onBroken(peer, 'invalid-chain');
    const { entries, stopped } = this.#check(from, unknown, nowMs);
    if (stopped === 'time-too-new') state.retryAtMs = nowMs + FUTURE_RETRY_MS;
    else if (stopped) return this.#events.onBroken(peer, stopped);
    const last = entries.at(-1) ?? from;
    const isFull = received === MAX_HEADERS && !stopped;

    if (entries.length > 0 && last.work < this.#minWork) {
      if (isFull && mayMeasure) this.#startPresync(peer, state, { from, unknown }, nowMs);
      else if (isFull) {
        this.#onLowWork(peer, state, nowMs);
        state.retryAtMs = state.quietUntilMs;
      } else if (!stopped && received > MAX_ANNOUNCED_HEADERS) this.#onLowWork(peer, state, nowMs);
      return;
    }
    if (state.debts.size + entries.length > MAX_DEBTS) {
      state.more ??= from;
      return;
    }
    this.#keep(entries, state, nowMs);
    this.#events.onNew(peer, entries, nowMs);
    this.#events.onHas(peer, last);
    if (!isFull) return;
    // What was named in the question does not come again, unless the peer's chain has just changed.
    const isAgain = entries.length === 0 && last.height <= state.fullUpTo;
    state.fullUpTo = last.height;
    if (!isAgain) return this.#askAfter(peer, state, last, nowMs);
    state.retryAtMs = nowMs + LOW_WORK_RETRY_MS;
    this.#events.onBroken(peer, 'unrequested');
  }

  #startPresync(peer: Peer, state: PeerHeaders, { from, unknown }: Branch, nowMs: number): void {
    const presync = new Presync(this.#chain.params, from, this.#minWork);
    state.presync = presync;
    // Batches are counted from where the chain leaves ours, so that they are the same the second time.
    if (unknown.length === MAX_HEADERS) this.#onPresync(peer, state, presync, unknown, nowMs);
    else this.#askPresync(peer, state, presync, nowMs);
  }

  #onPresync(
    peer: Peer,
    state: PeerHeaders,
    presync: Presync,
    headers: readonly Header[],
    nowMs: number,
  ): void {
    state.deadlineMs = undefined;
    if (presync.fetching) return this.#onFetched(peer, state, presync, headers, nowMs);
    const measured = presync.measure(headers, nowMs / 1000);
    switch (measured) {
      case 'more':
      case 'enough':
        return this.#askPresync(peer, state, presync, nowMs);
      case 'low-work':
        state.presync = undefined;
        return this.#onLowWork(peer, state, nowMs);
      case 'time-too-new':
        state.presync = undefined;
        state.retryAtMs = nowMs + FUTURE_RETRY_MS;
        return;
      default:
        this.#events.onBroken(peer, measured);
    }
  }

  #onFetched(
    peer: Peer,
    state: PeerHeaders,
    presync: Presync,
    headers: readonly Header[],
    nowMs: number,
  ): void {
    const branch = this.#split(headers);
    // What it builds on may have proved unlawful meanwhile.
    if (branch?.from.invalid) return this.#events.onBroken(peer, 'invalid-chain');
    if (!branch || !presync.fetch(headers)) {
      state.presync = undefined;
      return this.#onLowWork(peer, state, nowMs);
    }
    if (presync.done) {
      state.presync = undefined;
      return this.#take(peer, state, branch, headers.length, nowMs);
    }
    // They have been checked, and their work was shown: nobody owes for them.
    const { entries } = this.#check(branch.from, branch.unknown, nowMs);
    for (const entry of entries) this.#chain.index.attach(entry);
    this.#askPresync(peer, state, presync, nowMs);
  }

  /** An honest peer may be on a branch that has lost, and will hear of ours. */
  #onLowWork(peer: Peer, state: PeerHeaders, nowMs: number): void {
    state.quietUntilMs = nowMs + LOW_WORK_RETRY_MS;
    this.#events.onBroken(peer, 'low-work');
  }

  /** Entries, in no index yet, of the headers up to the first that breaks a rule. */
  #check(from: BlockEntry, headers: readonly Header[], nowMs: number): Checked {
    const entries: BlockEntry[] = [];
    for (const header of headers) {
      const entry = extend(this.#chain.params, entries.at(-1) ?? from, header, nowMs / 1000);
      if (typeof entry === 'string') return { entries, stopped: entry };
      entries.push(entry);
    }
    return { entries, stopped: undefined };
  }

  #keep(entries: readonly BlockEntry[], { debts }: PeerHeaders, nowMs: number): void {
    for (const entry of entries) {
      this.#chain.index.attach(entry);
      debts.set(entry.id, nowMs);
    }
  }

  /** Another peer may have brought what comes next. */
  #furthestAfter(entry: BlockEntry): BlockEntry {
    const { index } = this.#chain;
    return index.bestHeaderAt(entry.height) === entry ? index.bestHeader : entry;
  }
}

interface Branch {
  /** In the index. */
  readonly from: BlockEntry;
  readonly unknown: readonly Header[];
}

interface Checked {
  readonly entries: readonly BlockEntry[];
  readonly stopped: HeaderRule | undefined;
}

function continuous(headers: readonly Header[]): boolean {
  return headers.every((header, i) => {
    const before = headers[i - 1];
    return !before || hashToId(header.prevHash) === hashToId(headerHash(before));
  });
}
