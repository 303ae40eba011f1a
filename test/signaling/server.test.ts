import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { generate } from 'selfsigned';
import { describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  CLOSE_GOING_AWAY,
  MAX_PAYLOAD_CHARS,
  MAX_RETRY_MS,
  MAX_ROSTER_PEERS,
  type IceServer,
} from '../../signaling/protocol.ts';
import type { RunningServer } from '../../signaling/server.ts';
import { readMetrics, start } from './running-servers.ts';
import { connectPeer, type TestPeer } from './test-peer.ts';

const ROOM = '00112233445566778899aabbccddeeff';
const OTHER_ROOM = 'ffeeddccbbaa99887766554433221100';
const ICE_SERVERS = [{ urls: ['stun:stun.example.org:3478'] }];
/** What a close says when the other side just vanished (RFC 6455 section 7.1.5). */
const NO_CLOSE_FRAME = 1006;
const NOT_UTF8 = 1007;

/** How long a condition may take on a machine that is busy with other things. */
const WAIT = { timeout: 10_000, interval: 10 };
vi.setConfig({ testTimeout: 3 * WAIT.timeout });

async function health(server: RunningServer): Promise<unknown> {
  return (await fetch(`${server.url}/healthz`)).json();
}

/** The server notices the end of a socket a moment after its other side did. */
async function untilSockets(server: RunningServer, sockets: number): Promise<void> {
  await vi.waitFor(async () => expect(await health(server)).toMatchObject({ sockets }), WAIT);
}

async function pair(server: RunningServer): Promise<{ a: TestPeer; b: TestPeer; aId: string; bId: string }> {
  const a = await connectPeer(server.url);
  const b = await connectPeer(server.url);
  const { id: aId } = await a.join(ROOM);
  const { id: bId } = await b.join(ROOM);
  return { a, b, aId, bId };
}

describe('a room', () => {
  test('welcomes with an id, the others, their number and the ICE servers', async () => {
    const server = await start({ iceServers: ICE_SERVERS });
    const a = await connectPeer(server.url);
    const b = await connectPeer(server.url);
    const first = await a.join(ROOM);
    const second = await b.join(ROOM);
    expect(first).toMatchObject({ peers: [], members: 1, iceServers: ICE_SERVERS });
    expect(second).toMatchObject({ peers: [first.id], members: 2, iceServers: ICE_SERVERS });
    expect(second.id).not.toBe(first.id);
  });

  test('gives at most 16 peers, never the asker, all of the room', async () => {
    const server = await start();
    const peers = await Promise.all(Array.from({ length: 20 }, () => connectPeer(server.url)));
    const ids: string[] = [];
    for (const peer of peers) ids.push((await peer.join(ROOM)).id);
    const [asker] = peers;
    asker?.send({ type: 'roster' });
    const answer = await asker?.next();
    if (answer?.type !== 'roster') throw new Error('no roster');
    expect(answer.members).toBe(20);
    expect(new Set(answer.peers).size).toBe(MAX_ROSTER_PEERS);
    expect(answer.peers).not.toContain(ids[0]);
    expect(ids).toEqual(expect.arrayContaining([...answer.peers]));
  });

  test('passes a payload on, with the id that the server gave its sender', async () => {
    const { a, b, aId, bId } = await pair(await start());
    a.send({ type: 'signal', to: bId, payload: 'c2VhbGVk', from: bId });
    expect(await b.next()).toEqual({ type: 'signal', from: aId, payload: 'c2VhbGVk' });
  });

  test('takes the largest payload', async () => {
    const { a, b, aId, bId } = await pair(await start());
    const payload = 'A'.repeat(MAX_PAYLOAD_CHARS);
    a.send({ type: 'signal', to: bId, payload });
    expect(await b.next()).toEqual({ type: 'signal', from: aId, payload });
  });

  test('says when the target has left, or never was', async () => {
    const { a, b, bId } = await pair(await start());
    b.socket.close();
    await b.closed;
    for (const to of [bId, '0123456789abcdef']) {
      a.send({ type: 'signal', to, payload: 'c2VhbGVk' });
      expect(await a.next()).toEqual({ type: 'unreachable', to });
    }
  });

  test('is not reached from another room', async () => {
    const server = await start();
    const { b, bId } = await pair(server);
    const stranger = await connectPeer(server.url);
    expect(await stranger.join(OTHER_ROOM)).toMatchObject({ peers: [], members: 1 });
    stranger.send({ type: 'signal', to: bId, payload: 'c2VhbGVk' });
    expect(await stranger.next()).toEqual({ type: 'unreachable', to: bId });
    // Nothing came before the answer to this.
    b.send({ type: 'ping' });
    expect(await b.next()).toEqual({ type: 'pong' });
  });
});

describe('refusals', () => {
  test('one room a socket', async () => {
    const peer = await connectPeer((await start()).url);
    await peer.join(ROOM);
    peer.send({ type: 'join', room: OTHER_ROOM });
    expect(await peer.next()).toMatchObject({ type: 'error', code: 'already-joined' });
    peer.send({ type: 'roster' });
    expect(await peer.next()).toMatchObject({ type: 'roster', members: 1 });
  });

  test('nothing but ping before join', async () => {
    const peer = await connectPeer((await start()).url);
    peer.send({ type: 'ping' });
    expect(await peer.next()).toEqual({ type: 'pong' });
    peer.send({ type: 'roster' });
    expect(await peer.next()).toMatchObject({ type: 'error', code: 'not-joined' });
    peer.send({ type: 'signal', to: '0123456789abcdef', payload: 'AAAA' });
    expect(await peer.next()).toMatchObject({ type: 'error', code: 'not-joined' });
  });

  test.each([
    ['no JSON', 'join'],
    ['nothing', ''],
    ['a list', '[]'],
    ['null', 'null'],
    ['an unknown type', { type: 'shutdown' }],
    ['a room id that is too short', { type: 'join', room: ROOM.slice(1) }],
    ['a room id that is too long', { type: 'join', room: `${ROOM}0` }],
    ['a room id in capitals', { type: 'join', room: ROOM.toUpperCase() }],
    ['a target that is no id', { type: 'signal', to: '__proto__', payload: 'AAAA' }],
    ['a payload that is no base64', { type: 'signal', to: '0123456789abcdef', payload: '<b>!' }],
    [
      'a payload over the cap',
      { type: 'signal', to: '0123456789abcdef', payload: 'A'.repeat(MAX_PAYLOAD_CHARS + 4) },
    ],
    ['binary', new Uint8Array([1, 2, 3])],
    ['a binary frame of valid JSON', new TextEncoder().encode('{"type":"ping"}')],
  ])('%s is a bad message, and the socket stays', async (_name, message) => {
    const peer = await connectPeer((await start()).url);
    peer.send(message);
    expect(await peer.next()).toMatchObject({ type: 'error', code: 'bad-message' });
    expect(await peer.join(ROOM)).toMatchObject({ members: 1 });
  });

  test('text that is not UTF-8 ends its socket and no other', async () => {
    const { a, b } = await pair(await start());
    a.socket.send(new Uint8Array([0x22, 0xff, 0x22]), { binary: false });
    expect(await a.closed).toBe(NOT_UTF8);
    b.send({ type: 'ping' });
    expect(await b.next()).toEqual({ type: 'pong' });
  });

  test('other paths', async () => {
    const server = await start();
    await expect(connectPeer(`${server.url}/other`)).rejects.toThrow('404');
  });
});

describe('heartbeat', () => {
  test('ends who does not answer, keeps who does', async () => {
    const server = await start({ pingMs: 500 });
    const { a, b } = await pair(server);
    let pings = 0;
    b.socket.on('ping', () => {
      pings += 1;
    });
    // Not reading, it does not answer: what a machine does that was unplugged.
    a.socket.pause();
    await untilSockets(server, 1);
    await vi.waitUntil(() => pings >= 4, WAIT);
    b.send({ type: 'roster' });
    expect(await b.next()).toMatchObject({ type: 'roster', members: 1, peers: [] });
    expect(b.socket.readyState).toBe(WebSocket.OPEN);
    a.socket.resume();
    expect(await a.closed).toBe(NO_CLOSE_FRAME);
  });

  test('ends who never joins, however lively', async () => {
    const server = await start({ pingMs: 500 });
    const peer = await connectPeer(server.url);
    const chatter = setInterval(() => peer.send({ type: 'ping' }), 10);
    expect(await peer.closed).toBe(NO_CLOSE_FRAME);
    clearInterval(chatter);
  });
});

describe('the server', () => {
  test('counts rooms and sockets for a health check, and nothing else', async () => {
    const server = await start();
    expect(await health(server)).toEqual({ ok: true, rooms: 0, sockets: 0 });
    const { a } = await pair(server);
    const other = await connectPeer(server.url);
    await other.join(OTHER_ROOM);
    expect(await health(server)).toEqual({ ok: true, rooms: 2, sockets: 3 });
    a.socket.close();
    other.socket.close();
    await untilSockets(server, 1);
    expect(await health(server)).toEqual({ ok: true, rooms: 1, sockets: 1 });
  });

  test('says goodbye with 1001 and frees its port', async () => {
    const server = await start();
    const { a, b } = await pair(server);
    const closing = server.close();
    for (const peer of [a, b]) {
      const goodbye = await peer.next();
      if (goodbye.type !== 'error') throw new Error(goodbye.type);
      expect(goodbye.code).toBe('shutting-down');
      expect(goodbye.retryMs).toBeGreaterThanOrEqual(1_000);
      expect(goodbye.retryMs).toBeLessThanOrEqual(MAX_RETRY_MS);
      expect(await peer.closed).toBe(CLOSE_GOING_AWAY);
    }
    await closing;
    const again = await start({ port: server.port });
    expect(again.port).toBe(server.port);
    const back = await connectPeer(again.url);
    expect(await back.join(ROOM)).toMatchObject({ members: 1 });
  });

  test('stops although a socket does not say goodbye', async () => {
    const server = await start();
    const { a } = await pair(server);
    a.socket.pause();
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
    a.socket.resume();
    await a.closed;
  });

  test.each(['a request', 'a TLS handshake'])(
    'stops although somebody is in the middle of %s',
    async (what) => {
      const { cert, private: key } = await generate(undefined, { keyType: 'ec', algorithm: 'sha256' });
      const tls = what === 'a request' ? {} : { tls: { cert, key } };
      const server = await start({ ...tls, limits: { headersTimeoutMs: 10 * WAIT.timeout } });
      const socket = connect(server.port, '127.0.0.1');
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => undefined);
      socket.resume();
      // A record of TLS that is longer than this, or half a request.
      await new Promise((resolve) => socket.write(tls.tls ? '\x16\x03\x01\x01\x00' : 'GET /', resolve));
      await server.close();
      await closed;
    },
  );

  test('asks the many to come back one after the other', async () => {
    const server = await start();
    const peers = await Promise.all(Array.from({ length: 100 }, () => connectPeer(server.url)));
    await server.close();
    const pauses = await Promise.all(
      peers.map(async (peer) => {
        const message = await peer.next();
        return message.type === 'error' ? message.retryMs : undefined;
      }),
    );
    // A hundred of 501 pauses, each as likely: that they are fewer than 40 different ones is chance no more.
    expect(new Set(pauses).size).toBeGreaterThan(40);
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(1_000);
      expect(pause).toBeLessThanOrEqual(1_500);
    }
  });

  test('is ready until it begins to stop, and healthy all the while', async () => {
    const server = await start();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    server.startDraining();
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { ready: false }]);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await (await connectPeer(server.url)).join(ROOM);
  });

  test('counts sockets, rooms, joins and what it relays for Prometheus', async () => {
    const server = await start();
    const { a, b, bId } = await pair(server);
    a.send({ type: 'signal', to: bId, payload: 'c2VhbGVk' });
    await b.next();
    expect((await fetch(`${server.url}/metrics`)).headers.get('content-type')).toContain('text/plain');
    expect(Object.fromEntries(await readMetrics(server))).toMatchObject({
      tabchain_sockets: 2,
      tabchain_rooms: 1,
      tabchain_joins_total: 2,
      tabchain_relayed_messages_total: 1,
      tabchain_relayed_bytes_total: 'c2VhbGVk'.length,
      'tabchain_refusals_total{reason="bad-message"}': 0,
    });
  });

  test('says why it cannot listen', async () => {
    const server = await start();
    await expect(start({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('gives each node a TURN password of its address, and a new one in time', async () => {
    const server = await start({
      pingMs: 500,
      trustedProxies: 1,
      iceServers: ICE_SERVERS,
      turnUrls: ['turn:turn.example.org'],
      turnSecret: 'north',
      turnTtlS: 1,
    });
    const a = await connectPeer(server.url, { 'X-Forwarded-For': '192.0.2.1' });
    const b = await connectPeer(server.url, { 'X-Forwarded-For': '192.0.2.2' });
    const turnOf = ({ iceServers }: { iceServers: readonly IceServer[] }) => iceServers[1];
    const first = turnOf(await a.join(ROOM));
    expect(turnOf(await b.join(ROOM))?.username).not.toBe(first?.username);
    const renewed = await a.next();
    if (renewed.type !== 'ice-servers') throw new Error(renewed.type);
    expect(renewed.iceServers).toMatchObject([...ICE_SERVERS, { urls: ['turn:turn.example.org'] }]);
    expect(turnOf(renewed)?.username).not.toBe(first?.username);
  });

  test('survives random frames', async () => {
    const server = await start();
    const seed = randomBytes(4).readUInt32LE();
    const random = lcg(seed);
    const peer = await connectPeer(server.url);
    for (let i = 0; i < 200; i += 1) {
      const bytes = Uint8Array.from({ length: random() % 64 }, () => random() & 0x7f);
      peer.socket.send(bytes, { binary: random() % 2 === 0 });
    }
    for (let i = 0; i < 200; i += 1) {
      expect(await peer.next(), `seed ${seed}`).toMatchObject({ type: 'error', code: 'bad-message' });
    }
    expect(await peer.join(ROOM), `seed ${seed}`).toMatchObject({ members: 1 });
  });
});

/** Numerical Recipes' generator: reproducible from the seed in a failure's message. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
