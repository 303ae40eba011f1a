/** What abuses a signaling server, each aimed at one on this machine, bounded in number, and over when it resolves. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { MAX_MESSAGE_BYTES, SIGNAL_PATH } from '../../signaling/protocol.ts';
import { openRawSocket, textFragment, textFrame } from './raw-socket.ts';
import { connectPeer, type TestPeer } from './test-peer.ts';

export interface Target {
  readonly port: number;
  readonly url: string;
}

/** `count`: of whatever the attack consists of. */
export type Attack = (target: Target, count: number) => Promise<void>;

/** The reason under which the server counts each of them. */
export const ATTACKS: Readonly<Record<string, { readonly counts: string; readonly run: Attack }>> = {
  'bad JSON': { counts: 'bad-message', run: (target, count) => sendAll(target, count, () => '{"type":') },
  binary: { counts: 'bad-message', run: (target, count) => sendAll(target, count, () => randomBytes(64)) },
  'huge messages': {
    counts: 'too-big',
    run: (target, count) => sendAll(target, count, () => 'x'.repeat(4 * MAX_MESSAGE_BYTES)),
  },
  'half-open handshakes and half messages': { counts: 'stays', run: halfOpen },
  'fragments of one byte': { counts: 'fragments', run: fragments },
  'many rooms from one address': { counts: 'address-full', run: manyRooms },
  'relaying to others than the room': { counts: 'unreachable', run: relayOutside },
  // Last: from here on this address may not join for a while.
  'joining and leaving': { counts: 'join-rate', run: joinAndLeave },
};

const room = (): string => randomBytes(16).toString('hex');

/** Several messages over each socket, until it is closed or they are sent. */
async function sendAll(target: Target, count: number, message: () => string | Uint8Array): Promise<void> {
  for (let sent = 0; sent < count;) {
    const peer = await connectPeer(target.url);
    const each = Math.min(20, count - sent);
    for (let i = 0; i < each; i += 1) peer.send(message());
    sent += each;
    await leave(peer);
  }
}

/** Connections that stop in the middle of their request, or of a message, and are left for the server to find. */
async function halfOpen({ port }: Target, count: number): Promise<void> {
  const halves: { destroy(): void }[] = [];
  for (let i = 0; i < count; i += 1) {
    const request = connect(port, '127.0.0.1');
    request.on('error', () => undefined);
    request.write(`GET ${SIGNAL_PATH} HTTP/1.1\r\n`);
    halves.push(request);
    if (i % 10 !== 0) continue;
    const raw = await openRawSocket(port);
    await raw.write(textFrame('x'.repeat(1_000)).subarray(0, 500));
    halves.push(raw);
  }
  for (const half of halves) half.destroy();
}

async function fragments({ port }: Target, count: number): Promise<void> {
  for (let sent = 0; sent < count;) {
    const raw = await openRawSocket(port);
    for (let i = 0; sent < count && !raw.ended(); i += 1, sent += 1) {
      await raw.write(textFragment('x', i === 0));
    }
    raw.destroy();
  }
}

async function joinAndLeave({ url }: Target, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const peer = await connectPeer(url);
    peer.send({ type: 'join', room: room() });
    await peer.next();
    await leave(peer);
  }
}

/** Each in a room of its own, all held until the last one was tried. */
async function manyRooms({ url }: Target, count: number): Promise<void> {
  const held: WebSocket[] = [];
  for (let i = 0; i < count; i += 1) {
    const socket = new WebSocket(url.replace('http', 'ws') + SIGNAL_PATH);
    held.push(socket);
    await new Promise<void>((resolve) => {
      socket.on('error', () => resolve());
      socket.on('open', () => {
        socket.send(JSON.stringify({ type: 'join', room: room() }));
        resolve();
      });
    });
  }
  for (const socket of held) socket.terminate();
}

async function relayOutside({ url }: Target, count: number): Promise<void> {
  const victim = await connectPeer(url);
  victim.send({ type: 'join', room: room() });
  const welcome = await victim.next();
  for (let sent = 0; sent < count;) {
    const peer = await connectPeer(url);
    peer.send({ type: 'join', room: room() });
    await peer.next();
    for (let i = 0; i < 200 && sent < count; i += 1, sent += 1) {
      const to = welcome.type === 'welcome' && i % 2 === 0 ? welcome.id : randomBytes(8).toString('hex');
      peer.send({ type: 'signal', to, payload: 'AAAA' });
    }
    await leave(peer);
  }
  await leave(victim);
}

async function leave(peer: TestPeer): Promise<void> {
  peer.socket.close();
  await peer.closed;
}
