import { WebSocket } from 'ws';
import { parseServerMessage, SIGNAL_PATH, type ServerMessage } from '../../signaling/protocol.ts';

/** A bare WebSocket in the place of a node: sends what a test tells it to, well-formed or not. */
export interface TestPeer {
  readonly socket: WebSocket;
  /** The close code, once there is one. */
  readonly closed: Promise<number>;
  /** Text is sent as it is, objects as JSON. */
  send(message: string | Uint8Array | object): void;
  /** The next message that was not taken yet. Rejects if the socket closes first, or if it is none of the protocol's. */
  next(): Promise<ServerMessage>;
  join(room: string): Promise<Extract<ServerMessage, { type: 'welcome' }>>;
}

/** `headers` go with the handshake. */
export async function connectPeer(pageUrl: string, headers: Record<string, string> = {}): Promise<TestPeer> {
  const socket = new WebSocket(pageUrl.replace('http', 'ws') + SIGNAL_PATH, { headers });
  const arrived: string[] = [];
  const waiting: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  socket.on('message', (data) => {
    const text = String(data);
    const first = waiting.shift();
    if (first === undefined) arrived.push(text);
    else first.resolve(text);
  });
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      resolve(code);
      for (const { reject } of waiting.splice(0)) reject(new Error(`closed with ${code}`));
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  // A socket that the server ends may fail in the middle of a write: `closed` tells the test.
  socket.on('error', () => undefined);

  async function next(): Promise<ServerMessage> {
    const text =
      arrived.shift() ??
      (await new Promise<string>((resolve, reject) => {
        if (socket.readyState === WebSocket.CLOSED) reject(new Error('already closed'));
        else waiting.push({ resolve, reject });
      }));
    const message = parseServerMessage(text);
    if (message === undefined) throw new Error(`not a server message: ${text}`);
    return message;
  }

  function send(message: string | Uint8Array | object): void {
    const raw = typeof message === 'string' || message instanceof Uint8Array;
    socket.send(raw ? message : JSON.stringify(message));
  }

  return {
    socket,
    closed,
    send,
    next,
    async join(room) {
      send({ type: 'join', room });
      const message = await next();
      if (message.type !== 'welcome') throw new Error(`not welcome: ${JSON.stringify(message)}`);
      return message;
    },
  };
}
