import { describe, expect, test } from 'vitest';
import type { ConnectionOrder } from '../../../web/engine/messages.ts';
import { MAX_UNSENT_BYTES } from '../../../web/net/channel-link.ts';
import { MAX_EARLY_OFFERS_PER_PEER, MAX_EARLY_PER_OFFER } from '../../../web/net/early-candidates.ts';
import type { CandidateData, OfferEnvelope, SignalEnvelope } from '../../../web/net/envelope.ts';
import {
  ANSWERS,
  CONNECT_TIMEOUT_MS,
  createLinker,
  MAX_ANSWERS,
  MAX_CANDIDATES,
  MAX_DIALS,
  MAX_QUEUED_DIALS,
  MAX_TICK_GAP_MS,
  type Linker,
  type LinkerOptions,
} from '../../../web/net/linker.ts';
import type { Link, Rng } from '../../../web/node/ports.ts';

const A = '000000000000000a';
const B = '000000000000000b';
const C = '000000000000000c';
const KEY = '11'.repeat(32);
const SESSION = '22'.repeat(8);
const offerData = { type: 'offer', sdp: 'v=0 offer' } as const;
const answerData = { type: 'answer', sdp: 'v=0 answer' } as const;
const candidate = (n: number): CandidateData => ({
  type: 'candidate',
  candidate: { candidate: `candidate:${n}`, sdpMid: '0', sdpMLineIndex: 0 },
});
const linkIdOf = (n: number): string => n.toString(16).padStart(32, '0');
const offerOf = (linkId: string): OfferEnvelope => ({
  kind: 'offer',
  linkId,
  key: KEY,
  session: SESSION,
  data: offerData,
});

function createRng(seed: number): Rng {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)) };
}

/** A linker and everything that it said, in order. */
function createBench(ownId: string, changes: Partial<LinkerOptions> = {}) {
  const orders: ConnectionOrder[] = [];
  const sent: { to: string; envelope: SignalEnvelope }[] = [];
  const opened: { link: Link; peerId: string }[] = [];
  const told: string[] = [];
  const linker = createLinker({
    route: 'server',
    key: KEY,
    session: SESSION,
    dialsElsewhere: () => 0,
    rng: createRng(Number.parseInt(ownId, 16)),
    send: (to, envelope) => sent.push({ to, envelope }),
    post: (order) => orders.push(order),
    admit: () => 'accept',
    onOpen: (link, peerId) => {
      opened.push({ link, peerId });
      told.push(`open ${peerId}`);
    },
    onFrame: (linkId, frame) => told.push(`frame ${linkId} ${frame.length}`),
    onDrained: () => told.push('drained'),
    onClosed: (_, reason) => told.push(`closed: ${reason}`),
    onDialFailed: (peerId, reason) => told.push(`failed ${peerId} ${reason}`),
    ...changes,
  });
  linker.tick(0);
  linker.onWelcome(ownId, []);
  const created = () => orders.filter((order) => order.type === 'connection-create');
  return {
    linker,
    orders,
    sent,
    opened,
    told,
    created,
    ordersOf: (type: ConnectionOrder['type']) => orders.filter((order) => order.type === type),
    lastId: () => created().at(-1)?.linkId as string,
    /** Dials and connects. */
    open(peerId: string): { link: Link; linkId: string } {
      linker.dial(peerId);
      const linkId = created().at(-1)?.linkId as string;
      linker.handle({ type: 'connection-open', linkId });
      return { link: opened.at(-1)?.link as Link, linkId };
    },
  };
}

describe('a dial', () => {
  test('sends the offer, applies the answer and opens a link', () => {
    const a = createBench(A);
    a.linker.onWelcome(A, [{ urls: 'stun:example.org' }]);
    a.linker.dial(B);
    const linkId = a.lastId();
    expect(linkId).toMatch(/^[0-9a-f]{32}$/);
    expect(a.created()).toEqual([
      {
        type: 'connection-create',
        linkId,
        initiator: true,
        route: 'server',
        peerKey: undefined,
        iceServers: [{ urls: 'stun:example.org' }],
      },
    ]);
    a.linker.handle({ type: 'connection-signal', linkId, signal: offerData });
    a.linker.handle({ type: 'connection-signal', linkId, signal: candidate(1) });
    expect(a.sent).toEqual([
      { to: B, envelope: offerOf(linkId) },
      { to: B, envelope: { kind: 'candidate', linkId, data: candidate(1) } },
    ]);
    a.linker.onEnvelope(B, { kind: 'answer', linkId, data: answerData });
    a.linker.onEnvelope(B, { kind: 'answer', linkId, data: answerData });
    a.linker.onEnvelope(B, { kind: 'candidate', linkId, data: candidate(2) });
    expect(a.ordersOf('connection-apply')).toEqual([
      { type: 'connection-apply', linkId, signal: answerData },
      { type: 'connection-apply', linkId, signal: candidate(2) },
    ]);
    a.linker.handle({ type: 'connection-open', linkId });
    a.linker.handle({ type: 'connection-open', linkId });
    expect(a.told).toEqual([`open ${B}`]);
    expect(a.opened[0]?.link).toMatchObject({ id: linkId, dialled: true, bufferedBytes: 0 });
  });

  test('fails after its time, unless the machine slept', () => {
    const a = createBench(A);
    a.linker.dial(B);
    const linkId = a.lastId();
    a.linker.tick(MAX_TICK_GAP_MS);
    a.linker.tick(MAX_TICK_GAP_MS + CONNECT_TIMEOUT_MS);
    expect(a.told).toEqual([]);
    for (let nowMs = 16_000; nowMs < 30_000; nowMs += 1000) a.linker.tick(nowMs);
    expect(a.told).toEqual([`failed ${B} timeout`]);
    expect(a.orders.at(-1)).toEqual({ type: 'connection-destroy', linkId, reason: 'timeout' });
    a.linker.handle({ type: 'connection-closed', linkId, reason: 'closed by this node' });
    expect(a.told).toHaveLength(1);
  });

  test.each(['linked', 'full', 'busy'] as const)('ends with the refusal "%s"', (reason) => {
    const a = createBench(A);
    a.linker.dial(B);
    const refuse = { kind: 'refuse', linkId: a.lastId(), key: KEY, session: SESSION, reason } as const;
    a.linker.onEnvelope(C, refuse);
    expect(a.told).toEqual([]);
    a.linker.onEnvelope(B, refuse);
    a.linker.onEnvelope(B, refuse);
    expect(a.told).toEqual([`failed ${B} ${reason}`]);
  });

  test('ends when the server does not know the peer, or the browser can not connect', () => {
    const a = createBench(A);
    a.linker.dial(B);
    a.linker.onUnreachable(B);
    a.linker.dial(B);
    a.linker.handle({ type: 'connection-closed', linkId: a.lastId(), reason: 'Ice connection failed.' });
    expect(a.told).toEqual([`failed ${B} unreachable`, `failed ${B} failed`]);
  });

  test('does not call back from inside dial, and fails where it can not begin', () => {
    const a = createBench(A);
    a.open(B);
    a.told.length = 0;
    a.linker.dial(B);
    a.linker.dial(A);
    a.linker.onSignalingLost();
    a.linker.dial(C);
    expect(a.told).toEqual([]);
    a.linker.tick(100);
    expect(a.told).toEqual([`failed ${B} linked`, `failed ${A} linked`, `failed ${C} offline`]);
  });

  test('waits while others are under way; the queue is bounded', () => {
    const a = createBench(A);
    const peers = Array.from({ length: MAX_DIALS + MAX_QUEUED_DIALS + 1 }, (_, n) =>
      (n + 100).toString(16).padStart(16, '0'),
    );
    for (const peer of peers) a.linker.dial(peer);
    for (const peer of peers.slice(0, -1)) a.linker.dial(peer);
    expect(a.created()).toHaveLength(MAX_DIALS);
    a.linker.tick(100);
    expect(a.told).toEqual([`failed ${peers.at(-1)} too-many`]);
    a.linker.handle({ type: 'connection-open', linkId: a.created()[0]?.linkId as string });
    a.linker.handle({ type: 'connection-closed', linkId: a.created()[1]?.linkId as string, reason: 'x' });
    expect(a.created()).toHaveLength(MAX_DIALS + 2);
  });
});

test('dials of another route count, and the place that they leave is taken with the next tick', () => {
  let elsewhere = MAX_DIALS - 1;
  const a = createBench(A, { dialsElsewhere: () => elsewhere });
  expect(a.linker.dialling).toBe(0);
  a.linker.dial(B);
  a.linker.dial(C);
  expect(a.linker.dialling).toBe(1);
  elsewhere = 0;
  a.linker.tick(100);
  expect(a.linker.dialling).toBe(2);
});

describe('on the route through peers', () => {
  const addressOf = (n: string) => n.repeat(64) + '0'.repeat(16);
  const X = addressOf('1');
  const Y = addressOf('2');

  test('a peer is dialled, found and lost by its address', () => {
    const x = createBench(A, { route: 'peers' });
    x.linker.onWelcome(X, []);
    x.linker.dial(Y);
    const linkId = x.lastId();
    x.linker.handle({ type: 'connection-signal', linkId, signal: offerData });
    expect(x.sent).toEqual([{ to: Y, envelope: offerOf(linkId) }]);
    x.linker.onEnvelope(Y, { kind: 'answer', linkId, data: answerData });
    x.linker.handle({ type: 'connection-open', linkId });
    expect(x.opened[0]).toMatchObject({ peerId: Y, link: { id: linkId, dialled: true, route: 'peers' } });

    const Z = addressOf('3');
    x.linker.dial(Z);
    x.linker.onUnreachable(Z);
    expect(x.told.at(-1)).toBe(`failed ${Z} unreachable`);
  });

  test.each([
    ['the lower address keeps its dial', X, Y, true],
    ['the higher one gives it up and answers', Y, X, false],
  ])('offers that cross: %s', (_name, own, other, keeps) => {
    const bench = createBench(A, { route: 'peers' });
    bench.linker.onWelcome(own, []);
    bench.linker.dial(other);
    bench.linker.onEnvelope(other, offerOf(linkIdOf(7)));
    expect(bench.created().map(({ initiator }) => initiator)).toEqual(keeps ? [true] : [true, false]);
  });
});

describe('an offer', () => {
  test('is answered, with the candidates that came before it', () => {
    const b = createBench(B);
    const linkId = linkIdOf(7);
    for (let n = 0; n < MAX_EARLY_PER_OFFER + 5; n += 1)
      b.linker.onEnvelope(A, { kind: 'candidate', linkId, data: candidate(n) });
    b.linker.onEnvelope(A, offerOf(linkId));
    expect(b.orders).toEqual([
      {
        type: 'connection-create',
        linkId,
        initiator: false,
        route: 'server',
        peerKey: KEY,
        iceServers: [],
      },
      { type: 'connection-apply', linkId, signal: offerData },
      ...Array.from({ length: MAX_EARLY_PER_OFFER }, (_, n) => ({
        type: 'connection-apply',
        linkId,
        signal: candidate(n),
      })),
    ]);
    b.linker.handle({ type: 'connection-signal', linkId, signal: answerData });
    expect(b.sent).toEqual([{ to: A, envelope: { kind: 'answer', linkId, data: answerData } }]);
    b.linker.handle({ type: 'connection-open', linkId });
    expect(b.opened[0]).toMatchObject({ peerId: A, link: { id: linkId, dialled: false } });
  });

  test.each(['linked', 'full', 'busy'] as const)('is refused as "%s" when the node says so', (reason) => {
    const claims: unknown[] = [];
    const b = createBench(B, {
      admit: (claim) => {
        claims.push(claim);
        return reason;
      },
    });
    b.linker.onEnvelope(A, offerOf(linkIdOf(7)));
    expect(claims).toEqual([{ peerId: A, key: KEY, session: SESSION }]);
    expect(b.sent).toEqual([
      { to: A, envelope: { kind: 'refuse', linkId: linkIdOf(7), key: KEY, session: SESSION, reason } },
    ]);
    expect(b.orders).toEqual([]);
  });

  test('is taken once: the server can not play it back', () => {
    const b = createBench(B);
    b.linker.onEnvelope(A, offerOf(linkIdOf(7)));
    b.linker.onEnvelope(A, offerOf(linkIdOf(7)));
    b.linker.handle({ type: 'connection-closed', linkId: linkIdOf(7), reason: 'x' });
    b.linker.onEnvelope(A, offerOf(linkIdOf(7)));
    expect(b.created()).toHaveLength(1);
    expect(b.told).toEqual([]);
  });

  test('takes the place of the same peer’s offer before', () => {
    const b = createBench(B);
    b.linker.onEnvelope(A, offerOf(linkIdOf(7)));
    b.linker.onEnvelope(A, offerOf(linkIdOf(8)));
    expect(b.ordersOf('connection-destroy')).toEqual([
      { type: 'connection-destroy', linkId: linkIdOf(7), reason: 'replaced' },
    ]);
    expect(b.lastId()).toBe(linkIdOf(8));
  });

  test('is told to come back when too many are being answered', () => {
    const b = createBench(B);
    for (let n = 0; n <= MAX_ANSWERS; n += 1)
      b.linker.onEnvelope((n + 100).toString(16).padStart(16, '0'), offerOf(linkIdOf(n)));
    expect(b.created()).toHaveLength(MAX_ANSWERS);
    expect(b.sent.map(({ envelope }) => envelope)).toMatchObject([{ kind: 'refuse', reason: 'busy' }]);
  });

  test('is told to come back when too many came in a time, but for those that are refused', () => {
    let verdict: 'accept' | 'full' = 'accept';
    const b = createBench(B, { admit: () => verdict });
    let offers = 0;
    const offer = () => {
      offers += 1;
      b.sent.length = 0;
      b.linker.onEnvelope(A, offerOf(linkIdOf(offers)));
      const [reply] = b.sent.map(({ envelope }) => envelope);
      return reply?.kind === 'refuse' ? reply.reason : 'accepted';
    };
    for (let n = 0; n < ANSWERS.burst; n += 1) {
      verdict = 'full';
      expect(offer()).toBe('full');
      verdict = 'accept';
      expect(offer()).toBe('accepted');
    }
    expect(offer()).toBe('busy');
    b.linker.tick(1000);
    for (let n = 0; n < ANSWERS.perSecond; n += 1) expect(offer()).toBe('accepted');
    expect(offer()).toBe('busy');
  });

  test('serves a dial to the same peer', () => {
    const b = createBench(B);
    b.linker.onEnvelope(A, offerOf(linkIdOf(7)));
    b.linker.dial(A);
    expect(b.created()).toHaveLength(1);
    b.linker.handle({ type: 'connection-closed', linkId: linkIdOf(7), reason: 'x' });
    expect(b.told).toEqual([`failed ${A} failed`]);
  });

  test('is bounded in candidates, also from peers that never offer', () => {
    const b = createBench(B);
    b.linker.onEnvelope(A, offerOf(linkIdOf(7)));
    for (let n = 0; n < MAX_CANDIDATES + 10; n += 1)
      b.linker.onEnvelope(A, { kind: 'candidate', linkId: linkIdOf(7), data: candidate(n) });
    expect(b.ordersOf('connection-apply')).toHaveLength(1 + MAX_CANDIDATES);
    for (let n = 100; n < 200; n += 1)
      b.linker.onEnvelope(C, { kind: 'candidate', linkId: linkIdOf(n), data: candidate(n) });
    b.orders.length = 0;
    b.linker.onEnvelope(C, offerOf(linkIdOf(100 + MAX_EARLY_OFFERS_PER_PEER)));
    expect(b.ordersOf('connection-apply')).toHaveLength(1);
  });
});

describe('offers that cross', () => {
  test('the lower id’s offer wins on both sides', () => {
    const a = createBench(A);
    const b = createBench(B);
    a.linker.dial(B);
    b.linker.dial(A);
    const [fromA, fromB] = [offerOf(a.lastId()), offerOf(b.lastId())];
    a.linker.onEnvelope(B, fromB);
    b.linker.onEnvelope(A, fromA);
    a.linker.onEnvelope(B, { kind: 'candidate', linkId: fromB.linkId, data: candidate(1) });
    expect(a.created().map(({ linkId }) => linkId)).toEqual([fromA.linkId]);
    expect(a.ordersOf('connection-apply')).toEqual([]);
    expect(b.created().map(({ linkId }) => linkId)).toEqual([fromB.linkId, fromA.linkId]);
    expect(b.ordersOf('connection-destroy')).toEqual([
      { type: 'connection-destroy', linkId: fromB.linkId, reason: 'replaced' },
    ]);
    b.linker.handle({ type: 'connection-open', linkId: fromA.linkId });
    expect([...a.told, ...b.told]).toEqual([`open ${A}`]);
    expect([...a.sent, ...b.sent]).toEqual([]);
  });

  test('a refusal of the winning offer ends both dials', () => {
    const a = createBench(A);
    const b = createBench(B, { admit: () => 'full' });
    a.linker.dial(B);
    b.linker.dial(A);
    b.linker.onEnvelope(A, offerOf(a.lastId()));
    a.linker.onEnvelope(B, b.sent[0]?.envelope as SignalEnvelope);
    expect(a.told).toEqual([`failed ${B} full`]);
    expect(b.told).toEqual([`failed ${A} full`]);
  });

  test('a dial that waits in the queue gives way to the peer’s offer', () => {
    const b = createBench(B);
    for (let n = 0; n < MAX_DIALS; n += 1) b.linker.dial((n + 100).toString(16).padStart(16, '0'));
    b.linker.dial(C);
    b.linker.onEnvelope(C, offerOf(linkIdOf(7)));
    b.linker.handle({ type: 'connection-open', linkId: linkIdOf(7) });
    expect(b.told).toEqual([`open ${C}`]);
    b.linker.handle({ type: 'connection-closed', linkId: b.created()[0]?.linkId as string, reason: 'x' });
    expect(b.created()).toHaveLength(MAX_DIALS + 1);
  });
});

describe('the server', () => {
  test('gives another id: what was being set up fails, open links stay', () => {
    const a = createBench(A);
    const { link, linkId } = a.open(B);
    a.linker.dial(C);
    a.told.length = 0;
    a.linker.onSignalingLost();
    a.linker.onWelcome('00000000000000aa', []);
    expect(a.told).toEqual([`failed ${C} offline`]);
    link.send(new Uint8Array(3));
    a.linker.handle({ type: 'connection-frame', linkId, frame: new Uint8Array(5) });
    expect(a.orders.at(-1)).toMatchObject({ type: 'connection-send', linkId });
    expect(a.told.at(-1)).toBe(`frame ${linkId} 5`);
    // Nobody there knows us by the old id.
    const before = a.sent.length;
    a.linker.handle({ type: 'connection-signal', linkId, signal: candidate(1) });
    expect(a.sent).toHaveLength(before);
  });

  test('goes away: an answered dial may still connect', () => {
    const a = createBench(A);
    a.linker.dial(B);
    const linkId = a.lastId();
    a.linker.dial(C);
    a.linker.onEnvelope(B, { kind: 'answer', linkId, data: answerData });
    a.linker.onSignalingLost();
    expect(a.told).toEqual([`failed ${C} offline`]);
    a.linker.handle({ type: 'connection-open', linkId });
    expect(a.told.at(-1)).toBe(`open ${B}`);
  });
});

describe('an open link', () => {
  test('counts what the network has not taken', () => {
    const a = createBench(A);
    const { link, linkId } = a.open(B);
    const frame = Uint8Array.of(1, 2, 3);
    link.send(frame);
    link.send(new Uint8Array(97));
    expect(link.bufferedBytes).toBe(100);
    expect(frame.length).toBe(3);
    a.linker.handle({ type: 'connection-drained', linkId, taken: 60 });
    a.linker.handle({ type: 'connection-drained', linkId, taken: 60 });
    expect(link.bufferedBytes).toBe(40);
    expect(a.told).toEqual([`open ${B}`, 'drained']);
  });

  test('tells its end once, after its own close too, and never from inside it', () => {
    const a = createBench(A);
    const { link, linkId } = a.open(B);
    link.close();
    link.close();
    link.send(new Uint8Array(5));
    a.linker.handle({ type: 'connection-frame', linkId, frame: new Uint8Array(5) });
    expect(a.told).toEqual([`open ${B}`]);
    expect(a.orders.at(-1)).toEqual({ type: 'connection-destroy', linkId, reason: 'closed' });
    a.linker.handle({ type: 'connection-closed', linkId, reason: 'whatever the page says' });
    a.linker.handle({ type: 'connection-closed', linkId, reason: 'again' });
    expect(a.told).toEqual([`open ${B}`, 'closed: closed by this node']);
  });

  test('is closed when the peer takes nothing in', () => {
    const a = createBench(A);
    const { link, linkId } = a.open(B);
    for (let bytes = 0; bytes <= MAX_UNSENT_BYTES; bytes += 16 * 1024) link.send(new Uint8Array(16 * 1024));
    expect(a.orders.at(-1)).toEqual({ type: 'connection-destroy', linkId, reason: 'closed' });
    a.linker.handle({ type: 'connection-closed', linkId, reason: 'closed by this node' });
    expect(a.told.at(-1)).toBe('closed: the peer takes nothing in');
  });

  test('stray events and envelopes do nothing', () => {
    const a = createBench(A);
    const linkId = linkIdOf(99);
    a.linker.handle({ type: 'connection-signal', linkId, signal: offerData });
    a.linker.handle({ type: 'connection-open', linkId });
    a.linker.handle({ type: 'connection-frame', linkId, frame: new Uint8Array(1) });
    a.linker.handle({ type: 'connection-drained', linkId, taken: 5 });
    a.linker.handle({ type: 'connection-closed', linkId, reason: 'x' });
    a.linker.onEnvelope(B, { kind: 'answer', linkId, data: answerData });
    a.linker.onEnvelope(B, { kind: 'refuse', linkId, key: KEY, session: SESSION, reason: 'full' });
    expect([...a.told, ...a.orders, ...a.sent]).toEqual([]);
  });
});

test('whatever is lost, late or crossing, every dial is answered once and both ends agree', () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`SEED=${seed}`);
  const rng = createRng(seed);
  const pick = (below: number) => Math.floor(rng.next() * below);

  for (let round = 0; round < 200; round += 1) {
    const isLossy = round % 2 === 1;
    const ids = Array.from({ length: 4 }, (_, n) => (pick(2 ** 30) * 4 + n).toString(16).padStart(16, '0'));
    const open = new Map<string, string[]>(ids.map((id) => [id, []]));
    const unanswered = new Map<string, number>();
    const answer = (from: string, to: string) => unanswered.set(`${from} ${to}`, 0);
    /** Things on their way, delivered in any order across pairs and in order within one. */
    const lanes = new Map<string, (() => void)[]>();
    const later = (lane: string, action: () => void) => {
      const actions = lanes.get(lane) ?? [];
      lanes.set(lane, actions);
      actions.push(action);
    };
    const linkers = new Map<string, Linker>();
    for (const id of ids) {
      const page = (order: ConnectionOrder) => {
        const { linkId } = order;
        const linker = linkers.get(id) as Linker;
        if (order.type === 'connection-create' && order.initiator)
          linker.handle({ type: 'connection-signal', linkId, signal: offerData });
        if (order.type === 'connection-apply' && order.signal.type !== 'candidate') {
          if (order.signal.type === 'offer')
            linker.handle({ type: 'connection-signal', linkId, signal: answerData });
          later(id, () => linker.handle({ type: 'connection-open', linkId }));
        }
        if (order.type === 'connection-destroy')
          linker.handle({ type: 'connection-closed', linkId, reason: 'x' });
      };
      const linker = createLinker({
        route: 'server',
        key: KEY,
        session: SESSION,
        dialsElsewhere: () => 0,
        rng,
        send: (to, envelope) => {
          if (isLossy && pick(10) === 0) return;
          later(`${id} ${to}`, () => linkers.get(to)?.onEnvelope(id, envelope));
        },
        post: (order) => later(`page of ${id}`, () => page(order)),
        admit: ({ peerId }) => (open.get(id)?.includes(peerId) ? 'linked' : 'accept'),
        onOpen: (_, peerId) => {
          open.get(id)?.push(peerId);
          answer(id, peerId);
        },
        onFrame: () => undefined,
        onDrained: () => undefined,
        onClosed: () => undefined,
        onDialFailed: (peerId) => {
          expect(unanswered.get(`${id} ${peerId}`)).toBe(1);
          answer(id, peerId);
        },
      });
      linker.tick(0);
      linker.onWelcome(id, []);
      linkers.set(id, linker);
    }

    const dials = ids.flatMap((from) => ids.filter((to) => to !== from).map((to) => [from, to] as const));
    while (dials.length > 0 || [...lanes.values()].some((actions) => actions.length > 0)) {
      const busy = [...lanes.values()].filter((actions) => actions.length > 0);
      const choice = pick(busy.length + (dials.length > 0 ? 1 : 0));
      if (choice < busy.length) busy[choice]?.shift()?.();
      else {
        const [from, to] = dials.splice(pick(dials.length), 1)[0] as readonly [string, string];
        if (open.get(from)?.includes(to)) continue;
        unanswered.set(`${from} ${to}`, 1);
        linkers.get(from)?.dial(to);
      }
    }
    for (let nowMs = 1000; nowMs <= 2 * CONNECT_TIMEOUT_MS; nowMs += 1000) {
      for (const linker of linkers.values()) linker.tick(nowMs);
      for (const actions of lanes.values()) while (actions.length > 0) actions.shift()?.();
    }
    expect([...unanswered.values()].every((count) => count === 0)).toBe(true);
    if (isLossy) continue;
    // Each pair has exactly one link, known to both.
    for (const [id, peers] of open)
      expect([...peers].sort()).toEqual(ids.filter((other) => other !== id).sort());
  }
});
