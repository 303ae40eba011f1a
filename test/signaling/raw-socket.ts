import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { SIGNAL_PATH } from '../../signaling/protocol.ts';

/** A WebSocket without a WebSocket library: for frames that no library would write. */
export interface RawSocket {
  /** Resolves when the bytes are with the system, and the event loop has been around once. */
  write(bytes: Uint8Array): Promise<void>;
  ended(): boolean;
  /** When the server has closed it. What the server sends is not kept. */
  readonly closed: Promise<void>;
  destroy(): void;
}

export async function openRawSocket(port: number): Promise<RawSocket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  // The server may end it in the middle of a write: `closed` tells the test.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(
    `GET ${SIGNAL_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
  );
  await once(socket, 'data');
  socket.resume();
  return {
    write: (bytes) => new Promise((resolve) => socket.write(bytes, () => setImmediate(resolve))),
    ended: () => socket.destroyed,
    closed,
    destroy: () => socket.destroy(),
  };
}

/** One masked text frame (RFC 6455 section 5.2) of at most 65,535 ASCII characters: a whole message. */
export function textFrame(text: string): Uint8Array {
  return frame(0x81, text);
}

/** A piece of a text message that has others after it; `isFirst`: none before it. */
export function textFragment(text: string, isFirst: boolean): Uint8Array {
  return frame(isFirst ? 0x01 : 0x00, text);
}

function frame(firstByte: number, text: string): Uint8Array {
  const length =
    text.length < 126 ? [0x80 | text.length] : [0x80 | 126, text.length >> 8, text.length & 0xff];
  // The mask may be any four bytes: with zeros the payload stays as it is.
  return Uint8Array.from([firstByte, ...length, 0, 0, 0, 0, ...Buffer.from(text)]);
}
