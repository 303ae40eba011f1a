/** Each limit of signaling/limits.ts: what is just within it goes through, what is just over it is refused and counted. */
import { connect, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { DEFAULT_LIMITS } from '../../signaling/limits.ts';
import { createMetrics } from '../../signaling/metrics.ts';
import {
  CLOSE_POLICY,
  CLOSE_TRY_LATER,
  MAX_MESSAGE_BYTES,
  MAX_PAYLOAD_CHARS,
  MAX_RETRY_MS,
  MAX_ROOM_MEMBERS,
  SIGNAL_PATH,
} from '../../signaling/protocol.ts';
import { openRawSocket, textFrame } from './raw-socket.ts';
import { readMetrics, refusals, start } from './running-servers.ts';
import { connectPeer, type TestPeer } from './test-peer.ts';

const ROOM = '00112233445566778899aabbccddeeff';
const OTHER_ROOM = 'ffeeddccbbaa99887766554433221100';
const TOO_BIG = 1009;
const NO_CLOSE_FRAME = 1006;
const WAIT = { timeout: 10_000, interval: 10 };
const { messages, bytesPerToken } = DEFAULT_LIMITS;
vi.setConfig({ testTimeout: 3 * WAIT.timeout });

/** A socket's end shows to the server a moment later than to its other side. */
async function untilSockets(server: { url: string }, sockets: number): Promise<void> {
  const inUse = async () => (await readMetrics(server)).get('tabchain_sockets');
  await vi.waitFor(async () => expect(await inUse()).toBe(sockets), WAIT);
}

async function refusal(peer: TestPeer): Promise<object> {
  let message = await peer.next();
  while (message.type === 'pong') message = await peer.next();
  return message;
}

async function pastSignals(peer: TestPeer): Promise<object> {
  let message = await peer.next();
  while (message.type === 'signal') message = await peer.next();
  return message;
}

async function makeTls(): Promise<{ cert: string; key: string }> {
  const { cert, private: key } = await generate(undefined, { keyType: 'ec', algorithm: 'sha256' });
  return { cert, key };
}

/** TCP connections that send nothing, when the server has taken all of them. */
async function connectAll(port: number, count: number, localAddress = '127.0.0.1'): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i += 1) {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    await new Promise((resolve) => socket.once('connect', resolve));
    sockets.push(socket);
  }
  return sockets;
}

/** One more, which the server closes without a word. */
async function endedByServer(port: number, localAddress = '127.0.0.1'): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  // Closed with what it sent unread, it may see a reset.
  socket.on('error', () => undefined);
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
}

describe('sockets', () => {
  test('of the whole server', async () => {
    const server = await start({ limits: { maxSockets: 2 } });
    const a = await connectPeer(server.url);
    await connectPeer(server.url);
    await expect(connectPeer(server.url)).rejects.toThrow('503');
    expect(await refusals(server, 'server-full')).toBe(1);
    a.socket.close();
    await untilSockets(server, 1);
    await connectPeer(server.url);
  });

  test('of one address, as the trusted proxy tells it and nobody else', async () => {
    const server = await start({ trustedProxies: 1, limits: { maxSocketsPerAddress: 2 } });
    const from = (forwarded: string) => connectPeer(server.url, { 'X-Forwarded-For': forwarded });
    const a = await from('192.0.2.1');
    await from('192.0.2.1');
    await expect(from('192.0.2.1')).rejects.toThrow('429');
    await expect(from('198.51.100.7, 192.0.2.1')).rejects.toThrow('429');
    expect(await refusals(server, 'address-full')).toBe(2);
    await from('192.0.2.2');
    a.socket.close();
    await untilSockets(server, 2);
    await from('192.0.2.1');
  });

  test('a class of 200 behind one address fits, and may come back at once', () => {
    expect(DEFAULT_LIMITS.maxSocketsPerAddress).toBeGreaterThanOrEqual(2 * 200);
    expect(DEFAULT_LIMITS.joinsPerMinute).toBeGreaterThanOrEqual(2 * 200);
  });

  test('of pages that are not on the list', async () => {
    const server = await start({ origins: ['https://school.example'] });
    await connectPeer(server.url, { Origin: 'https://school.example' });
    await expect(connectPeer(server.url, { Origin: 'https://school.example.org' })).rejects.toThrow('403');
    await expect(connectPeer(server.url)).rejects.toThrow('403');
    expect(await refusals(server, 'origin')).toBe(2);
  });

  test('on other paths', async () => {
    const server = await start();
    await expect(connectPeer(`${server.url}/other`)).rejects.toThrow('404');
    expect(await refusals(server, 'unknown-path')).toBe(1);
  });

  test('that never send a request', async () => {
    const server = await start({ limits: { headersTimeoutMs: 50 } });
    const silent = connect(server.port, '127.0.0.1');
    const half = connect(server.port, '127.0.0.1');
    half.write(`GET ${SIGNAL_PATH} HTTP/1.1\r\nHost: `);
    for (const socket of [silent, half]) {
      socket.resume();
      await new Promise((resolve) => socket.once('close', resolve));
    }
    expect(await refusals(server, 'half-open')).toBe(2);
  });

  test('that never shake hands over TLS', async () => {
    const metrics = createMetrics();
    const server = await start({ tls: await makeTls(), metrics, limits: { headersTimeoutMs: 50 } });
    const silent = connect(server.port, '127.0.0.1');
    silent.resume();
    await new Promise((resolve) => silent.once('close', resolve));
    expect(await metrics.registry.metrics()).toContain('tabchain_refusals_total{reason="half-open"} 1');
  });

  test('of one address, before they are any', async () => {
    const metrics = createMetrics();
    const limits = { maxSocketsPerAddress: 1, spareConnections: 2 };
    const server = await start({ metrics, limits });
    const [first, ...others] = await connectAll(server.port, 3);
    await endedByServer(server.port);
    expect(await metrics.registry.metrics()).toContain(
      'tabchain_refusals_total{reason="address-connections"} 1',
    );
    first?.destroy();
    await vi.waitFor(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(200), WAIT);
    for (const socket of others) socket.destroy();
  });

  test.skipIf(process.platform !== 'linux')('of one address, and not of another', async () => {
    const server = await start({ limits: { maxSocketsPerAddress: 1, spareConnections: 2 } });
    const sockets = await connectAll(server.port, 3, '127.0.0.2');
    await endedByServer(server.port, '127.0.0.2');
    await (await connectPeer(server.url)).join(ROOM);
    for (const socket of sockets) socket.destroy();
  });

  test('of one proxy are those of all who come through it', async () => {
    const server = await start({
      trustedProxies: 1,
      limits: { maxSocketsPerAddress: 1, spareConnections: 2 },
    });
    const sockets = await connectAll(server.port, 4);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  test('whose request is none', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => (answer += String(data)));
    socket.write('HELO signal\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toContain('400 Bad Request');
    expect(await refusals(server, 'bad-request')).toBe(1);
  });

  test('that are refused and never let go', async () => {
    const server = await start();
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(
      'GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    socket.resume();
    await new Promise((resolve) => socket.once('end', resolve));
    // Only a connection that the server has given up answers this with an error.
    socket.on('error', () => undefined);
    const writing = setInterval(() => socket.write('x'), 20);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(writing);
  });
});

describe('joins', () => {
  test('members of a room', async () => {
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
    expect(await refusals(server, 'room-full')).toBe(1);
    peers[0]?.socket.close();
    await untilSockets(server, MAX_ROOM_MEMBERS - 1);
    const later = await connectPeer(server.url);
    expect(await later.join(ROOM)).toMatchObject({ members: MAX_ROOM_MEMBERS });
  });

  test('rooms', async () => {
    const server = await start({ limits: { maxRooms: 1 } });
    const first = await connectPeer(server.url);
    await first.join(ROOM);
    const second = await connectPeer(server.url);
    second.send({ type: 'join', room: OTHER_ROOM });
    expect(await second.next()).toMatchObject({ type: 'error', code: 'too-many-rooms' });
    expect(await second.closed).toBe(CLOSE_TRY_LATER);
    expect(await refusals(server, 'too-many-rooms')).toBe(1);
    await (await connectPeer(server.url)).join(ROOM);
  });

  test('of one address in a minute, with the time to wait', async () => {
    const server = await start({ trustedProxies: 1, limits: { joinsPerMinute: 3 } });
    const from = (forwarded: string) => connectPeer(server.url, { 'X-Forwarded-For': forwarded });
    for (let i = 0; i < 3; i += 1) await (await from('192.0.2.1')).join(ROOM);
    const eager = await from('192.0.2.1');
    eager.send({ type: 'join', room: ROOM });
    const message = await eager.next();
    if (message.type !== 'error') throw new Error(message.type);
    expect(message.code).toBe('join-rate');
    expect(message.retryMs).toBeGreaterThan(0);
    expect(message.retryMs).toBeLessThanOrEqual(MAX_RETRY_MS);
    expect(await eager.closed).toBe(CLOSE_TRY_LATER);
    expect(await refusals(server, 'join-rate')).toBe(1);
    await (await from('192.0.2.2')).join(ROOM);
  });
});

describe('messages', () => {
  test('size', async () => {
    const server = await start();
    const a = await connectPeer(server.url);
    const b = await connectPeer(server.url);
    a.send('x'.repeat(MAX_MESSAGE_BYTES));
    expect(await a.next()).toMatchObject({ code: 'bad-message' });
    a.send('x'.repeat(MAX_MESSAGE_BYTES + 1));
    expect(await a.closed).toBe(TOO_BIG);
    expect(await refusals(server, 'too-big')).toBe(1);
    expect(await b.join(ROOM)).toMatchObject({ members: 1 });
  });

  test('rate and burst', async () => {
    const server = await start();
    const a = await connectPeer(server.url);
    const b = await connectPeer(server.url);
    // What the burst allows, and then twice of it, faster than the rate fills up.
    for (let i = 0; i < 3 * messages.burst; i += 1) a.send({ type: 'ping' });
    expect(await a.closed).toBe(CLOSE_POLICY);
    let pongs = 0;
    let last = await a.next();
    for (; last.type === 'pong'; pongs += 1) last = await a.next();
    expect(last).toMatchObject({ type: 'error', code: 'rate-limit' });
    expect(pongs).toBeGreaterThanOrEqual(messages.burst - 1);
    expect(await refusals(server, 'rate-limit')).toBe(1);
    expect(await b.join(ROOM)).toMatchObject({ members: 1 });
  });

  test('bytes, in far fewer messages', async () => {
    const server = await start();
    const a = await connectPeer(server.url);
    const { id } = await (await connectPeer(server.url)).join(ROOM);
    await a.join(ROOM);
    const payload = 'A'.repeat(MAX_PAYLOAD_CHARS);
    const tokens = 1 + Math.floor(MAX_PAYLOAD_CHARS / bytesPerToken);
    const count = Math.ceil((3 * messages.burst) / tokens);
    expect(count).toBeLessThan(messages.burst);
    for (let i = 0; i < count; i += 1) a.send({ type: 'signal', to: id, payload });
    expect(await a.closed).toBe(CLOSE_POLICY);
    expect(await refusals(server, 'rate-limit')).toBe(1);
  });

  test.each(['ping', 'pong'] as const)('%s frames count too', async (kind) => {
    const server = await start();
    const a = await connectPeer(server.url);
    for (let i = 0; i < 3 * messages.burst; i += 1) a.socket[kind]();
    expect(await refusal(a)).toMatchObject({ code: 'rate-limit' });
    expect(await a.closed).toBe(CLOSE_POLICY);
    expect(await refusals(server, 'rate-limit')).toBe(1);
  });

  test('fragments of one message', async () => {
    const server = await start({ limits: { maxFragments: 8 } });
    const a = await connectPeer(server.url);
    const text = JSON.stringify({ type: 'ping' });
    const send = (fragments: number) => {
      for (let i = 0; i < fragments - 1; i += 1) a.socket.send(text.charAt(i), { fin: false });
      a.socket.send(text.slice(fragments - 1), { fin: true });
    };
    send(8);
    expect(await a.next()).toEqual({ type: 'pong' });
    send(9);
    expect(await a.closed).toBe(CLOSE_POLICY);
    expect(await refusals(server, 'fragments')).toBe(1);
  });

  test('bytes that come one by one', async () => {
    const server = await start({ limits: { maxChunks: 16 } });
    const raw = await openRawSocket(server.port);
    const frame = textFrame('x'.repeat(1_000));
    // How the network cuts them is its own affair: only most of these arrive alone.
    for (let i = 0; i < frame.length && !raw.ended(); i += 1) await raw.write(frame.subarray(i, i + 1));
    await raw.closed;
    expect(await refusals(server, 'fragments')).toBe(1);
  });

  test('no compression, although it was offered', async () => {
    const { url } = await start();
    const socket = new WebSocket(url.replace('http', 'ws') + SIGNAL_PATH, { perMessageDeflate: true });
    await new Promise((resolve) => socket.once('open', resolve));
    expect(socket.extensions).toBe('');
    socket.close();
  });
});

describe('a reader that leaves too much unread', () => {
  test('loses what others send it, and keeps its socket', async () => {
    const server = await start();
    const idle = await connectPeer(server.url);
    const { id } = await idle.join(ROOM);
    idle.socket.pause();
    const payload = 'A'.repeat(MAX_PAYLOAD_CHARS);
    // The kernel's buffers come before the server's own, and each sender has its rate: new ones, until it is enough.
    while ((await refusals(server, 'slow-reader')) === 0) {
      const sender = await connectPeer(server.url);
      await sender.join(ROOM);
      for (let i = 0; i < 28; i += 1) sender.send({ type: 'signal', to: id, payload });
      sender.send({ type: 'ping' });
      expect(await sender.next()).toEqual({ type: 'pong' });
      sender.socket.close();
    }
    idle.socket.resume();
    idle.send({ type: 'ping' });
    expect(await pastSignals(idle)).toEqual({ type: 'pong' });
  });

  test('of what it asked for itself, is put out', async () => {
    const ratePerSecond = 1_000_000;
    const limits = { maxBacklogBytes: 64 * 1024, messages: { ratePerSecond, burst: ratePerSecond } };
    const server = await start({ limits });
    const idle = await connectPeer(server.url);
    await idle.join(ROOM);
    idle.socket.pause();
    while ((await refusals(server, 'slow-reader')) === 0)
      for (let i = 0; i < 10_000; i += 1) idle.send({ type: 'roster' });
    idle.socket.resume();
    expect(await idle.closed).toBe(NO_CLOSE_FRAME);
  });
});
