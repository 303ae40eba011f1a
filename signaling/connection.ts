import { performance } from 'node:perf_hooks';
import { WebSocket, type RawData } from 'ws';
import type { Limits } from './limits.ts';
import type { Refusal } from './metrics.ts';
import {
  CLOSE_POLICY,
  ERROR_MESSAGES,
  parseClientMessage,
  type ClientMessage,
  type ErrorCode,
  type ServerMessage,
} from './protocol.ts';
import { createTokenBucket } from './token-bucket.ts';

/** Time for the other side of a closing socket to say goodbye, in ms. A flood does not get longer. */
const CLOSE_GRACE_MS = 2_000;

/** What ws says when it ends a socket for the frames that came over it, and what we count that as. */
const FRAME_REFUSALS: Readonly<Record<string, Refusal>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'too-big',
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 'too-big',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'fragments',
};

export interface ConnectionOptions {
  readonly limits: Limits;
  /** Each refusal, and each socket that is ended, once. */
  onRefused(reason: Refusal): void;
  onMessage(message: ClientMessage): void;
  /** Once, when the socket is gone. */
  onClose(): void;
}

/** One node's socket: bounds what comes in and what waits to go out, and knows nothing of rooms. */
export interface Connection {
  /** False from the first word of a close on: nothing that comes then is read. */
  readonly isOpen: boolean;
  /**
   * Whether it has read enough to be sent what others say. What it has not may be their doing, so that ends no socket, and
   * half of the backlog stays for our own words.
   */
  readonly keepsUp: boolean;
  /** Drops the socket instead if it left too much unread. */
  send(message: ServerMessage): void;
  /** Says no, and counts it. The socket stays. */
  refuse(code: Exclude<ErrorCode, 'shutting-down'>): void;
  /** Says no, and closes. */
  refuseAndClose(code: Exclude<ErrorCode, 'shutting-down'>, closeCode: number, retryMs?: number): void;
  /** Says goodbye. `retryMs`: when this node is asked to come back. */
  dismiss(closeCode: number, retryMs: number): void;
  /** It is of use now: from here on any sign of life keeps it. Before, none does. */
  keepWhileAlive(): void;
  /** Pings; ends who gave no sign of life since the last call. */
  checkLife(): void;
}

export function createConnection(socket: WebSocket, options: ConnectionOptions): Connection {
  const { limits, onRefused } = options;
  const bucket = createTokenBucket(limits.messages, performance.now());
  let alive = true;
  let isKept = false;

  socket.on('message', receive);
  // Each is a frame that costs us as much as a message.
  socket.on('ping', (data) => {
    if (takeTokens(1) && hasRoom()) socket.pong(data);
  });
  socket.on('pong', () => takeTokens(1));
  socket.on('close', () => options.onClose());
  // ws closes with the right code (1009, 1008, 1002, 1007) and then emits `close`.
  socket.on('error', (error) => {
    const code = 'code' in error ? String(error.code) : '';
    if (code.startsWith('WS_ERR_')) onRefused(FRAME_REFUSALS[code] ?? 'bad-frame');
  });

  function receive(data: RawData, isBinary: boolean): void {
    if (!Buffer.isBuffer(data)) return;
    if (!takeTokens(1 + Math.floor(data.length / limits.bytesPerToken))) return;
    const message = isBinary ? undefined : parseClientMessage(data.toString());
    if (message === undefined) refuse('bad-message');
    else options.onMessage(message);
  }

  /** False: nothing more is read of this socket. */
  function takeTokens(cost: number): boolean {
    if (isKept) alive = true;
    // A socket that was told to close may go on sending until it hears of it.
    if (socket.readyState !== WebSocket.OPEN) return false;
    if (bucket.take(cost, performance.now())) return true;
    refuseAndClose('rate-limit', CLOSE_POLICY);
    return false;
  }

  function send(message: ServerMessage): void {
    if (hasRoom()) socket.send(JSON.stringify(message));
  }

  /** Whether this reader keeps up; one that does not is dropped. */
  function hasRoom(): boolean {
    if (socket.bufferedAmount <= limits.maxBacklogBytes) return true;
    end('slow-reader');
    return false;
  }

  function say(code: ErrorCode, retryMs?: number): void {
    const message = ERROR_MESSAGES[code];
    send(
      retryMs === undefined ? { type: 'error', code, message } : { type: 'error', code, message, retryMs },
    );
  }

  function close(code: ErrorCode, closeCode: number, retryMs?: number): void {
    say(code, retryMs);
    socket.close(closeCode, code);
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
  }

  function refuse(code: Exclude<ErrorCode, 'shutting-down'>): void {
    onRefused(code);
    say(code);
  }

  function refuseAndClose(
    code: Exclude<ErrorCode, 'shutting-down'>,
    closeCode: number,
    retryMs?: number,
  ): void {
    onRefused(code);
    close(code, closeCode, retryMs);
  }

  function end(reason: Refusal): void {
    if (socket.readyState === WebSocket.OPEN) onRefused(reason);
    socket.terminate();
  }

  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    get keepsUp() {
      return socket.bufferedAmount <= limits.maxBacklogBytes / 2;
    },
    send,
    refuse,
    refuseAndClose,
    dismiss: (closeCode, retryMs) => close('shutting-down', closeCode, retryMs),
    keepWhileAlive() {
      isKept = true;
      alive = true;
    },
    checkLife() {
      if (!alive) {
        end(isKept ? 'silent' : 'never-joined');
        return;
      }
      alive = false;
      if (isKept && socket.readyState === WebSocket.OPEN) socket.ping();
    },
  };
}
