import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { BYTES_PER_TOKEN, MESSAGE_LIMITS } from '../../signaling/hub.ts';
import {
  CLOSE_GOING_AWAY,
  CLOSE_POLICY,
  CLOSE_TRY_LATER,
  MAX_MESSAGE_BYTES,
  MAX_PAYLOAD_CHARS,
  MAX_ROOM_MEMBERS,
  MAX_ROSTER_PEERS,
} from '../../signaling/protocol.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../signaling/server.ts';
import { connectPeer, type TestPeer } from './test-peer.ts';

const ROOM = '00112233445566778899aabbccddeeff';
const OTHER_ROOM = 'ffeeddccbbaa99887766554433221100';
const ICE_SERVERS = [{ urls: ['stun:stun.example.org:3478'] }];
/** What a close says when the other side just vanished (RFC 6455 section 7.1.5). */
const NO_CLOSE_FRAME = 1006;
const TOO_BIG = 1009;
const NOT_UTF8 = 1007;

/** How long a condition may take on a machine that is busy with other things. */
const WAIT = { timeout: 10_000, interval: 10 };
vi.setConfig({ testTimeout: 3 * WAIT.timeout });

const servers: RunningServer[] = [];

async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({
    port: 0,
    host: '127.0.0.1',
    pageDir: 'no-such-folder',
    iceServers: [],
    ...options,
  });
  servers.push(server);
  return server;
}

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

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

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

  test('is full at its cap, and has room again when one leaves', async () => {
    const server = await start();
    const peers: TestPeer[] = [];
    for (let i = 0; i < MAX_ROOM_MEMBERS; i += 1) {
      const peer = await connectPeer(server.url);
      await peer.join(ROOM);
      peers.push(peer);
    }
    const late = await connectPeer(server.url);
    late.send({ type: 'join', room: ROOM });
    expect(await late.next()).toMatchObject({ type: 'error', code: 'room-full' });
    expect(await late.closed).toBe(CLOSE_TRY_LATER);
    peers[0]?.socket.close();
    await untilSockets(server, MAX_ROOM_MEMBERS - 1);
    const later = await connectPeer(server.url);
    expect(await later.join(ROOM)).toMatchObject({ members: MAX_ROOM_MEMBERS });
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

  test('a message over the cap ends its socket and no other', async () => {
    const server = await start();
    const { a, b } = await pair(server);
    a.send('x'.repeat(MAX_MESSAGE_BYTES));
    expect(await a.next()).toMatchObject({ code: 'bad-message' });
    a.send('x'.repeat(MAX_MESSAGE_BYTES + 1));
    expect(await a.closed).toBe(TOO_BIG);
    await untilSockets(server, 1);
    b.send({ type: 'roster' });
    expect(await b.next()).toMatchObject({ members: 1 });
  });

  test('text that is not UTF-8 ends its socket and no other', async () => {
    const { a, b } = await pair(await start());
    a.socket.send(new Uint8Array([0x22, 0xff, 0x22]), { binary: false });
    expect(await a.closed).toBe(NOT_UTF8);
    b.send({ type: 'ping' });
    expect(await b.next()).toEqual({ type: 'pong' });
  });

  test('a flood of messages', async () => {
    const { a, b } = await pair(await start());
    // What the burst allows, and then twice of it, faster than the rate fills up.
    for (let i = 0; i < 3 * MESSAGE_LIMITS.burst; i += 1) a.send({ type: 'ping' });
    expect(await a.closed).toBe(CLOSE_POLICY);
    let last = await a.next();
    let pongs = 0;
    while (last.type === 'pong') {
      pongs += 1;
      last = await a.next();
    }
    expect(last).toMatchObject({ type: 'error', code: 'rate-limit' });
    expect(pongs).toBeGreaterThanOrEqual(MESSAGE_LIMITS.burst - 1);
    b.send({ type: 'ping' });
    expect(await b.next()).toEqual({ type: 'pong' });
  });

  test('a flood of bytes, in far fewer messages', async () => {
    const { a, bId } = await pair(await start());
    const payload = 'A'.repeat(MAX_PAYLOAD_CHARS);
    const tokens = 1 + Math.floor(MAX_PAYLOAD_CHARS / BYTES_PER_TOKEN);
    const messages = Math.ceil((3 * MESSAGE_LIMITS.burst) / tokens);
    expect(messages).toBeLessThan(MESSAGE_LIMITS.burst);
    for (let i = 0; i < messages; i += 1) a.send({ type: 'signal', to: bId, payload });
    expect(await a.closed).toBe(CLOSE_POLICY);
  });

  test('sockets over the cap of the whole server', async () => {
    const server = await start({ maxSockets: 2 });
    const a = await connectPeer(server.url);
    await connectPeer(server.url);
    await expect(connectPeer(server.url)).rejects.toThrow('503');
    a.socket.close();
    await untilSockets(server, 1);
    await connectPeer(server.url);
  });

  test('other paths', async () => {
    const server = await start();
    await expect(connectPeer(`${server.url}/other`)).rejects.toThrow('404');
  });

  test('a reader that does not read', async () => {
    const server = await start();
    const idle = await connectPeer(server.url);
    const { id } = await idle.join(ROOM);
    idle.socket.pause();
    const payload = 'A'.repeat(MAX_PAYLOAD_CHARS);
    // The kernel's buffers come before the server's own, and each sender has its rate: new ones, until it is enough.
    for (let dropped = false; !dropped;) {
      const sender = await connectPeer(server.url);
      await sender.join(ROOM);
      for (let i = 0; i < 20; i += 1) sender.send({ type: 'signal', to: id, payload });
      sender.send({ type: 'ping' });
      for (let answer = await sender.next(); answer.type !== 'pong'; answer = await sender.next()) {
        dropped ||= answer.type === 'unreachable';
      }
      sender.socket.close();
    }
    idle.socket.resume();
    expect(await idle.closed).toBe(NO_CLOSE_FRAME);
  });
});

describe('heartbeat', () => {
  test('ends who does not answer, keeps who does', async () => {
    const server = await start({ pingMs: 50 });
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
    const server = await start({ pingMs: 50 });
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
      expect(await peer.next()).toMatchObject({ type: 'error', code: 'shutting-down' });
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

  test('says why it cannot listen', async () => {
    const server = await start();
    await expect(start({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
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
