/** Signals through peers: which way they take, when they come back, and what nobody may make of them. */
import { describe, expect, test } from 'vitest';
import { MESSAGES } from '../../../web/node/messages.ts';
import { DEAD_MS } from '../../../web/node/peer.ts';
import { LINK_RATE, ORIGIN_RATE, OWN_RESERVE, REMEMBER_MS } from '../../../web/node/signal-router.ts';
import { MAX_TTL, signalHash, signalIdOf, type Signal } from '../../../web/node/signal.ts';
import { TokenBucket } from '../../../web/node/token-bucket.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { GENESIS_HASH } from '../core/build.ts';
import { SignalRoom, type Stop } from './signal-room.ts';

function roomOf<N extends 3 | 4 | 5>(count: N) {
  const room = new SignalRoom(count);
  return { room, stops: room.stops as unknown as readonly [Stop, Stop, Stop, Stop, Stop] };
}

/** a - b - c - d - e, and everybody knows everybody within reach. */
function line() {
  const { room, stops } = roomOf(5);
  const [a, b, c, d, e] = stops;
  room.chain(a, b, c, d, e);
  room.tell(a, b, c, 1);
  room.tell(a, b, d, 2);
  room.tell(b, c, d, 1);
  return { room, stops };
}

const idOf = (signal: Signal) => signalIdOf(signalHash(GENESIS_HASH, signal));
const signalsOver = (from: Stop, to: Stop) => from.end(to).sent.filter(({ name }) => name === 'signal');
const refusalsOver = (from: Stop, to: Stop) => from.end(to).sent.filter(({ name }) => name === 'unroutable');

describe('a signal', () => {
  test.each([
    ['a peer', 1],
    ['a peer’s peer', 2],
    ['one link further', 3],
  ])('reaches %s, with its sender’s address', (_name, hops) => {
    const { room, stops } = line();
    const [a] = stops;
    const to = stops[hops] as Stop;
    room.send(a, to, 'offer');
    expect(to.received).toEqual([{ from: a.id, text: 'offer' }]);
    expect(stops.flatMap(({ punished }) => punished)).toEqual([]);
    expect(a.unroutable).toEqual([]);
    // It takes one way and nothing else is said.
    expect(stops.flatMap(({ ends }) => [...ends.values()].flatMap(({ sent }) => sent))).toHaveLength(hops);
  });

  test('is answered over the way that it came, though nobody told of its sender', () => {
    const { room, stops } = line();
    const [a, , , d] = stops;
    room.send(a, d, 'offer');
    room.send(d, a, 'answer');
    expect(a.texts).toEqual(['answer']);
  });

  test('has no way back any more after 20 s', () => {
    const { room, stops } = line();
    const [a, , , d] = stops;
    room.send(a, d, 'offer');
    room.nowMs += REMEMBER_MS + 1;
    room.send(d, a, 'answer');
    expect(a.texts).toEqual([]);
    expect(d.unroutable).toEqual([a.id]);
  });

  test('goes no further than three links, whatever is said of the distance', () => {
    const { room, stops } = line();
    const [a, b, c, d, e] = stops;
    room.tell(a, b, e, 2);
    room.tell(b, c, e, 1);
    room.tell(c, d, e, 1);
    room.send(a, e, 'offer');
    expect(e.texts).toEqual([]);
    expect(signalsOver(c, d)).toEqual([]);
    expect(a.unroutable).toEqual([e.id]);
    expect(stops.flatMap(({ punished }) => punished)).toEqual([]);
  });

  test('to nobody known comes back with the next tick, not from inside the call', () => {
    const { room, stops } = line();
    const [a, , , , e] = stops;
    a.router.send(e.id, new Uint8Array(1), room.nowMs);
    expect(a.unroutable).toEqual([]);
    a.router.tick();
    a.router.tick();
    expect(a.unroutable).toEqual([e.id]);
  });

  test('to an earlier run of a node that is back is unroutable', () => {
    const { room, stops } = line();
    const [a, b] = stops;
    const ghost = { ...a.sign(b, 'x').to, session: 'ff'.repeat(8) };
    a.router.send(ghost.key + ghost.session, new Uint8Array(1), room.nowMs);
    room.run();
    expect(a.unroutable).toEqual([ghost.key + ghost.session]);
    expect(b.texts).toEqual([]);
  });

  test('is never sent back to where it came from', () => {
    const { room, stops } = line();
    const [a, b, c, , e] = stops;
    room.tell(a, b, e, 2);
    room.tell(b, a, e, 1);
    room.send(a, e, 'offer');
    expect(signalsOver(b, a)).toEqual([]);
    expect(signalsOver(b, c)).toEqual([]);
    expect(a.unroutable).toEqual([e.id]);
  });

  test('does not wait on a link that is behind', () => {
    const { room, stops } = line();
    const [a, b, , d] = stops;
    a.end(b).isBehind = true;
    room.send(a, d, 'offer');
    expect(signalsOver(a, b)).toEqual([]);
    expect(a.unroutable).toEqual([d.id]);
  });
});

describe('a second choice', () => {
  /** a knows d by b and by c; only c still has it. */
  function diamond() {
    const { room, stops } = roomOf(4);
    const [a, b, c, d] = stops;
    room.chain(a, b);
    room.chain(a, c, d);
    room.tell(a, b, d, 1);
    room.tell(a, c, d, 1);
    return { room, stops };
  }

  test('is tried by the sender when the first says that it can’t', () => {
    const { room, stops } = diamond();
    const [a, b, c, d] = stops;
    room.send(a, d, 'offer');
    expect(refusalsOver(b, a)).toHaveLength(1);
    expect(signalsOver(a, c)).toHaveLength(1);
    expect(d.texts).toEqual(['offer']);
    expect(a.unroutable).toEqual([]);
  });

  test('is tried by a relay too', () => {
    const { room, stops } = roomOf(5);
    const [a, b, c, d, e] = stops;
    room.chain(a, b, c);
    room.chain(b, d, e);
    room.tell(a, b, e, 2);
    room.tell(b, c, e, 1);
    room.tell(b, d, e, 1);
    room.send(a, e, 'offer');
    expect(refusalsOver(c, b)).toHaveLength(1);
    expect(refusalsOver(b, a)).toEqual([]);
    expect(e.texts).toEqual(['offer']);
  });

  test('is the last: then it is unroutable, and said once', () => {
    const { room, stops } = roomOf(5);
    const [a, b, c, d, e] = stops;
    for (const hop of [b, c, d]) {
      room.link(a, hop);
      room.tell(a, hop, e, 1);
    }
    room.send(a, e, 'offer');
    expect(a.unroutable).toEqual([e.id]);
    expect([b, c, d].map((hop) => signalsOver(a, hop).length)).toEqual([1, 1, 0]);
  });

  test('is the first of the next dial, if the way before led to nothing', () => {
    const { room, stops } = diamond();
    const [a, b, c, d] = stops;
    room.link(b, d);
    // b swallows what it is given.
    b.router.removePeer(b.end(a));
    room.send(a, d, 'offer');
    room.send(a, d, 'candidate');
    expect(signalsOver(a, b)).toHaveLength(2);
    expect(d.texts).toEqual([]);
    room.nowMs += 12_000;
    room.send(a, d, 'offer');
    room.send(a, d, 'candidate');
    expect(d.texts).toEqual(['offer', 'candidate']);
    expect(signalsOver(a, c)).toHaveLength(2);
  });

  test('takes over from a way back that has ended', () => {
    const { room, stops } = diamond();
    const [a, b, c, d] = stops;
    room.link(b, d);
    room.tell(d, b, a, 1);
    room.send(d, a, 'offer');
    b.router.removePeer(b.end(d));
    room.send(a, d, 'answer');
    room.send(a, d, 'candidate');
    expect(d.texts).toEqual(['answer', 'candidate']);
    expect(signalsOver(a, b)).toHaveLength(1);
    expect(signalsOver(a, c)).toHaveLength(2);
  });

  test('an "unroutable" of who was not given the signal means nothing', () => {
    const { room, stops } = diamond();
    const [a, b, c, d] = stops;
    room.send(a, d, 'offer');
    const signalId = idOf(a.sign(d, 'offer'));
    // It was tried and has said so already.
    room.arrive(a, b, { name: 'unroutable', signalId });
    room.arrive(c, d, { name: 'unroutable', signalId: '00'.repeat(8) });
    room.run();
    expect(a.unroutable).toEqual([]);
    expect(a.punished).toEqual([]);
  });
});

describe('a signal that came before', () => {
  test('over the same link is nothing, over another one it is sent back; it is delivered once', () => {
    const { room, stops } = roomOf(3);
    const [a, b, c] = stops;
    room.chain(a, b, c);
    room.chain(a, c);
    room.tell(b, c, a, 1);
    const signal = c.sign(a, 'offer');
    room.arrive(a, c, { name: 'signal', ...signal });
    room.arrive(a, c, { name: 'signal', ...signal });
    expect(a.end(c).sent).toEqual([]);
    room.arrive(a, b, { name: 'signal', ...signal, ttl: 2 });
    expect(refusalsOver(a, b)).toHaveLength(1);
    expect(a.texts).toEqual(['offer']);
  });

  test('does not go round in a circle', () => {
    const { room, stops } = roomOf(4);
    const [a, b, c, d] = stops;
    room.chain(a, b, c, a);
    for (const [at, teller] of [
      [a, b],
      [b, c],
      [c, a],
    ] as const)
      room.tell(at, teller, d, 1);
    room.send(a, d, 'offer');
    const total = [a, b, c].reduce((sum, stop) => sum + stop.ends.size, 0);
    expect(total).toBe(6);
    expect(
      signalsOver(a, b).length + signalsOver(b, c).length + signalsOver(c, a).length,
    ).toBeLessThanOrEqual(3);
    expect(a.unroutable).toEqual([d.id]);
  });
});

describe('a liar', () => {
  const forgeries: readonly [string, (signal: Signal, stops: readonly Stop[]) => Signal][] = [
    ['another payload', (signal) => ({ ...signal, payload: Buffer.from('Offer') })],
    ['another receiver', (signal, stops) => ({ ...signal, to: (stops[3] as Stop).address })],
    ['another session', (signal) => ({ ...signal, from: { ...signal.from, session: '77'.repeat(8) } })],
    ['another signature', (signal) => ({ ...signal, signature: new Uint8Array(64).fill(1) })],
  ];
  test.each(forgeries)('that passes on %s is known by the first honest node', (_name, forge) => {
    const { room, stops } = line();
    const [a, b, c, d] = stops;
    const forged = forge(a.sign(c, 'offer'), stops);
    room.arrive(b, a, { name: 'signal', ...forged });
    room.run();
    expect(b.punished).toEqual(['bad-proof']);
    expect([...c.texts, ...d.texts]).toEqual([]);
    expect(signalsOver(b, c)).toEqual([]);
  });

  test('that does not count down is known too', () => {
    const { room, stops } = line();
    const [a, b, c, d] = stops;
    const signal = a.sign(d, 'offer');
    room.arrive(c, b, { name: 'signal', ...signal });
    expect(c.punished).toEqual(['ttl-not-counted']);
    room.arrive(b, a, { name: 'signal', ...signal });
    expect(b.punished).toEqual([]);
    expect(signal.ttl).toBe(MAX_TTL);
  });

  test('a bad signature on what goes no further costs us nothing, and it nothing', () => {
    const { room, stops } = line();
    const [a, b, , , e] = stops;
    room.arrive(b, a, { name: 'signal', ...a.sign(e, 'x'), signature: new Uint8Array(64) });
    expect(b.verified).toBe(0);
    expect(b.punished).toEqual([]);
    expect(refusalsOver(b, a)).toHaveLength(1);
  });
});

describe('a flood', () => {
  test('of one link is passed on up to its share, and the relay’s own signals still find room', () => {
    const { room, stops } = roomOf(5);
    const [a, b, c, d, e] = stops;
    room.chain(a, b, c);
    room.chain(d, b);
    room.chain(c, e);
    room.tell(d, b, c, 1);
    const flood = LINK_RATE.burst + 50;
    for (let n = 0; n < flood; n++) {
      // Of ever new keys: of one there is a share of its own.
      const origin = n % 2 === 0 ? d : e;
      room.arrive(b, a, { name: 'signal', ...origin.sign(c, `flood ${n}`), ttl: 2 });
    }
    room.run();
    expect(b.punished).toEqual([]);
    expect(c.texts.length).toBe(LINK_RATE.burst - OWN_RESERVE);
    expect(b.verified).toBeLessThanOrEqual(LINK_RATE.burst);
    expect(refusalsOver(b, a)).toHaveLength(flood - c.texts.length);
    room.send(b, e, 'nobody knows e here');
    for (let n = 0; n < OWN_RESERVE; n++) room.send(b, c, `own ${n}`);
    expect(c.texts.slice(-OWN_RESERVE)).toEqual(Array.from({ length: OWN_RESERVE }, (_, n) => `own ${n}`));
  });

  test('of one origin leaves room for others behind the same relay', () => {
    const { room, stops } = roomOf(4);
    const [a, b, c, d] = stops;
    room.chain(a, b);
    for (let n = 0; n < ORIGIN_RATE.burst + 20; n++)
      room.arrive(b, a, { name: 'signal', ...c.sign(b, `flood ${n}`), ttl: 2 });
    expect(b.texts).toHaveLength(ORIGIN_RATE.burst);
    room.arrive(b, a, { name: 'signal', ...d.sign(b, 'honest'), ttl: 2 });
    expect(b.texts.at(-1)).toBe('honest');
    expect(b.punished).toEqual([]);
  });

  test('of many links through an honest relay stays below what its next hop punishes', () => {
    const room = new SignalRoom(9);
    const [relay, next, ...hostile] = room.stops as [Stop, Stop, ...Stop[]];
    room.link(relay, next);
    for (const stop of hostile) room.link(relay, stop);
    const bucket = new TokenBucket(MESSAGES.signal.rate, room.nowMs);
    let passed = 0;
    for (let second = 0; second < 20; second++) {
      for (const stop of hostile)
        for (let n = 0; n < 10; n++)
          room.arrive(relay, stop, { name: 'signal', ...stop.sign(next, `${second} ${n}`) });
      room.run();
      const now = signalsOver(relay, next).length;
      for (; passed < now; passed++) expect(bucket.take(room.nowMs)).toBe(true);
      room.nowMs += 1000;
    }
    expect(passed).toBeGreaterThan(200);
    // All that was sent while the next hop slept comes in one moment.
    const whileAsleep = LINK_RATE.burst + (LINK_RATE.perSecond * DEAD_MS) / 1000;
    expect(whileAsleep).toBeLessThan(MESSAGES.signal.rate.burst);
    expect(next.punished).toEqual([]);
  });
});

test('over any graph, with any lies about routes, a signal arrives once or comes back, and nobody is punished', () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`SEED=${seed}`);
  const random = new SeededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.next() * items.length)] as T;
  let arrived = 0;
  for (let round = 0; round < 20; round++) {
    const room = new SignalRoom(8);
    const { stops } = room;
    for (const [n, stop] of stops.entries()) {
      if (n > 0) room.link(stop, pick(stops.slice(0, n)));
      const other = pick(stops);
      if (other !== stop && !stop.ends.has(other)) room.link(stop, other);
    }
    for (let n = 0; n < 40; n++) {
      const at = pick(stops);
      room.tell(at, pick([...at.ends.keys()]), pick(stops), random.next() < 0.5 ? 1 : 2);
    }
    for (let n = 0; n < 30; n++) {
      const from = pick(stops);
      const to = pick(stops.filter((stop) => stop !== from));
      const before = { received: to.received.length, unroutable: from.unroutable.length };
      room.send(from, to, `${n}`);
      const outcome = to.received.length - before.received + from.unroutable.length - before.unroutable;
      expect(outcome).toBe(1);
      arrived += to.received.length - before.received;
      room.nowMs += random.next() * 3_000;
    }
    expect(stops.flatMap(({ punished }) => punished)).toEqual([]);
  }
  expect(arrived).toBeGreaterThan(100);
});
