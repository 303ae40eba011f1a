/** Whom a transaction is asked of, against a model that keeps a flat list of announcements. */
import { describe, expect, test, vi } from 'vitest';
import type { TxId } from '../../../web/core/hash.ts';
import type { Message } from '../../../web/node/messages.ts';
import type { Peer } from '../../../web/node/peer.ts';
import {
  MAX_ANNOUNCED,
  MAX_REQUESTED,
  REQUEST_TIMEOUT_MS,
  TransactionRelay,
} from '../../../web/node/transaction-relay.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const RUNS = process.env.TABCHAIN_LONG ? 300 : 6;
const STEPS = 300;

/** What the relay needs of a peer, and what was asked of it. */
class AskedPeer {
  readonly asked: TxId[] = [];
  readonly known = { add: () => undefined };
  readonly link: { readonly dialled: boolean };

  constructor(dialled = false) {
    this.link = { dialled };
  }

  get peer(): Peer {
    return this as unknown as Peer;
  }

  send(message: Message): void {
    if (message.name === 'getData') this.asked.push(...message.items.map(({ id }) => id));
  }

  /** And forgets it. */
  takeAsked(): TxId[] {
    return this.asked.splice(0);
  }
}

const idOf = (n: number): TxId => n.toString(16).padStart(64, '0');
const idsFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => idOf(first + i));
const unknown = () => false;

describe('whom a transaction is asked of', () => {
  test('the first that announced it, then those that we dialled, then the others; nobody twice', () => {
    const relay = new TransactionRelay();
    const [a, b, ours] = [new AskedPeer(), new AskedPeer(), new AskedPeer(true)];
    const all = [a, b, ours];
    for (const { peer } of all) relay.onAnnounced(peer, [idOf(1)], unknown, 0);
    const order: AskedPeer[] = [];
    for (let atMs = 0; atMs <= 20_000; atMs += 250) {
      relay.tick(atMs);
      for (const each of all) if (each.takeAsked().length > 0) order.push(each);
      // The first keeps saying that it has it.
      relay.onAnnounced(a.peer, [idOf(1)], unknown, atMs);
      if (order.length === 3) break;
    }
    expect(order).toEqual([a, ours, b]);
  });

  test('announced by one who never gives it, it comes from another within 15 s, whatever the first does', () => {
    const relay = new TransactionRelay();
    const [withholder, honest] = [new AskedPeer(), new AskedPeer()];
    relay.onAnnounced(withholder.peer, [idOf(1)], unknown, 0);
    relay.onAnnounced(honest.peer, [idOf(1)], unknown, 0);
    let askedAtMs: number | undefined;
    for (let atMs = 0; askedAtMs === undefined && atMs < 60_000; atMs += 250) {
      relay.tick(atMs);
      relay.onAnnounced(withholder.peer, [idOf(1)], unknown, atMs);
      if (honest.takeAsked().length > 0) askedAtMs = atMs;
    }
    expect(askedAtMs).toBeLessThanOrEqual(REQUEST_TIMEOUT_MS + 250);
  });

  test('who has none says so, and the next is asked at once', () => {
    const relay = new TransactionRelay();
    const [a, b] = [new AskedPeer(), new AskedPeer()];
    for (const { peer } of [a, b]) relay.onAnnounced(peer, [idOf(1)], unknown, 0);
    relay.onNotFound(a.peer, idOf(1), 0);
    expect(b.asked).toEqual([idOf(1)]);
    expect(relay.takeAnswer(a.peer, idOf(1), 0)).toBe(false);
  });
});

describe('bounds', () => {
  test('1,000 announcements of a peer are kept, and 100 asked for at once', () => {
    const relay = new TransactionRelay();
    const flooder = new AskedPeer();
    relay.onAnnounced(flooder.peer, idsFrom(0, 3_000), unknown, 0);
    expect(relay.load(flooder.peer)).toMatchObject({ announced: MAX_ANNOUNCED, requested: MAX_REQUESTED });
    expect(flooder.asked).toHaveLength(MAX_REQUESTED);
    // Tried ones count, too.
    const other = new AskedPeer();
    relay.onAnnounced(other.peer, idsFrom(0, 500), unknown, 0);
    relay.tick(REQUEST_TIMEOUT_MS + 1);
    relay.onAnnounced(flooder.peer, idsFrom(5_000, 500), unknown, REQUEST_TIMEOUT_MS + 1);
    expect(relay.load(flooder.peer).announced).toBe(MAX_ANNOUNCED);
  });

  test('they are asked for no faster than 200 a second in the long run', () => {
    const relay = new TransactionRelay();
    const fast = new AskedPeer();
    let asked = 0;
    for (let n = 0, atMs = 0; atMs < 60_000; atMs += 100) {
      relay.onAnnounced(fast.peer, idsFrom(n, 100), unknown, atMs);
      n += 100;
      for (const id of fast.takeAsked()) {
        asked++;
        relay.takeAnswer(fast.peer, id, atMs);
      }
    }
    expect(asked).toBeGreaterThan(10_000);
    expect(asked).toBeLessThanOrEqual(5_000 + 60 * 200);
  });
});

describe('answers', () => {
  test('each question has one, though it may be late', () => {
    const relay = new TransactionRelay();
    const [slow, quick] = [new AskedPeer(), new AskedPeer()];
    for (const { peer } of [slow, quick]) relay.onAnnounced(peer, [idOf(1)], unknown, 0);
    relay.tick(REQUEST_TIMEOUT_MS + 1);
    expect(relay.takeAnswer(quick.peer, idOf(1), 6_000)).toBe(true);
    expect(relay.takeAnswer(slow.peer, idOf(1), 7_000)).toBe(true);
    expect(relay.takeAnswer(slow.peer, idOf(1), 7_000)).toBe(false);
    expect(relay.takeAnswer(quick.peer, idOf(1), 7_000)).toBe(false);
  });

  test('one that crosses the block that brought the transaction is no offence', () => {
    const relay = new TransactionRelay();
    const peer = new AskedPeer();
    relay.onAnnounced(peer.peer, [idOf(1)], unknown, 0);
    relay.settle(idOf(1));
    expect(relay.takeAnswer(peer.peer, idOf(1), 100)).toBe(true);
  });
});

/** The rules as Core's fuzz test of txrequest.h states them: one list, searched from its start each time. */
class Model {
  list: {
    readonly peer: AskedPeer;
    readonly id: TxId;
    state: 'candidate' | 'asked' | 'tried';
    untilMs: number;
  }[] = [];
  readonly settled = new Set<TxId>();
  /** Who was announced first is asked for first. */
  #order: TxId[] = [];

  announce(peer: AskedPeer, ids: readonly TxId[], nowMs: number): void {
    for (const id of ids) {
      if (this.settled.has(id) || this.list.some((a) => a.peer === peer && a.id === id)) continue;
      if (this.of(peer).length >= MAX_ANNOUNCED) break;
      this.list.push({ peer, id, state: 'candidate', untilMs: 0 });
    }
    this.ask(nowMs);
  }

  of(peer: AskedPeer) {
    return this.list.filter((a) => a.peer === peer);
  }

  forget(id: TxId): void {
    this.#order = this.#order.filter((other) => other !== id);
    this.list = this.list.filter((a) => a.id !== id);
  }

  fail(peer: AskedPeer, id: TxId): void {
    for (const a of this.list) if (a.peer === peer && a.id === id && a.state === 'asked') a.state = 'tried';
    this.#forgetTried();
  }

  remove(peer: AskedPeer, nowMs: number): void {
    this.list = this.list.filter((a) => a.peer !== peer);
    this.#forgetTried();
    this.ask(nowMs);
  }

  tick(nowMs: number): void {
    for (const a of this.list) if (a.state === 'asked' && nowMs > a.untilMs) a.state = 'tried';
    this.#forgetTried();
    this.ask(nowMs);
  }

  ask(nowMs: number): void {
    const ids = new Set(this.list.map((a) => a.id));
    this.#order = [...new Set([...this.#order.filter((id) => ids.has(id)), ...ids])];
    for (const id of this.#order) {
      const same = this.list.filter((a) => a.id === id);
      if (same.some(({ state }) => state === 'asked')) continue;
      const able = same.filter(
        ({ state, peer }) =>
          state === 'candidate' && this.of(peer).filter((a) => a.state === 'asked').length < MAX_REQUESTED,
      );
      const chosen = able.find(({ peer }) => peer.link.dialled) ?? able[0];
      if (!chosen) continue;
      chosen.state = 'asked';
      chosen.untilMs = nowMs + REQUEST_TIMEOUT_MS;
    }
  }

  #forgetTried(): void {
    const alive = new Set(this.list.filter(({ state }) => state !== 'tried').map(({ id }) => id));
    this.list = this.list.filter(({ id }) => alive.has(id));
    this.#order = this.#order.filter((id) => alive.has(id));
  }
}

test('what changes no request is not looked for in all of them', () => {
  const relay = new TransactionRelay();
  const { peer } = new AskedPeer();
  relay.onAnnounced(peer, idsFrom(0, MAX_ANNOUNCED), unknown, 0);
  // For each request that waits it is looked up what its peers are asked already.
  const lookUps = vi.spyOn(Map.prototype, 'get');
  try {
    relay.tick(0);
    expect(lookUps.mock.calls.length).toBeGreaterThan(MAX_ANNOUNCED / 2);
    lookUps.mockClear();
    relay.onNotFound(peer, idOf(1_000_000), 0);
    relay.onAnnounced(peer, [], unknown, 0);
    expect(lookUps.mock.calls.length).toBeLessThan(10);
  } finally {
    lookUps.mockRestore();
  }
});

test(`${RUNS} random runs go as the model does, and leave nothing behind (SEED=${SEED})`, () => {
  for (let run = 0; run < RUNS; run++) {
    const random = new SeededRandom(SEED + run);
    const below = (n: number) => Math.floor(random.next() * n);
    const relay = new TransactionRelay();
    const model = new Model();
    const peers = Array.from({ length: 4 }, (_, i) => new AskedPeer(i === 3));
    const onePeer = () => peers[below(peers.length)] as AskedPeer;
    const oneId = () => idOf(below(150));
    let nowMs = 0;
    for (let step = 0; step < STEPS; step++) {
      const [peer, id] = [onePeer(), oneId()];
      switch (below(7)) {
        case 0:
        case 1: {
          const ids = Array.from({ length: below(120) }, oneId);
          relay.onAnnounced(peer.peer, ids, unknown, nowMs);
          model.announce(peer, ids, nowMs);
          break;
        }
        case 2:
          relay.onReceived(id);
          model.forget(id);
          break;
        case 3:
          relay.onNotFound(peer.peer, id, nowMs);
          model.fail(peer, id);
          model.ask(nowMs);
          break;
        case 4:
          nowMs += below(4_000);
          relay.tick(nowMs);
          model.tick(nowMs);
          break;
        case 5:
          if (below(4) > 0) break;
          relay.settle(id);
          model.settled.add(id);
          model.forget(id);
          break;
        default:
          if (below(10) > 0) break;
          relay.removePeer(peer.peer, nowMs);
          model.remove(peer, nowMs);
      }
      expect(relay.size).toBe(new Set(model.list.map((a) => a.id)).size);
      for (const each of peers) {
        const own = model.of(each);
        const asked = own.filter(({ state }) => state === 'asked');
        expect(relay.load(each.peer)).toMatchObject({ announced: own.length, requested: asked.length });
        // Newly asked, all of them of this peer by the model's word.
        const askedIds = new Set(asked.map((a) => a.id));
        for (const newly of each.takeAsked()) expect(askedIds.has(newly)).toBe(true);
      }
    }
    for (const { peer } of peers) relay.removePeer(peer, nowMs);
    expect(relay.size).toBe(0);
    for (const { peer } of peers) expect(relay.load(peer)).toEqual({ announced: 0, requested: 0 });
  }
}, 600_000);
