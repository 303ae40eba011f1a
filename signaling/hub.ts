import { randomBytes, randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import {
  CLOSE_GOING_AWAY,
  CLOSE_POLICY,
  CLOSE_TRY_LATER,
  ERROR_MESSAGES,
  MAX_MESSAGE_BYTES,
  MAX_ROOM_MEMBERS,
  MAX_ROSTER_PEERS,
  parseClientMessage,
  SERVER_PING_MS,
  SIGNAL_PATH,
  type ClientMessage,
  type ErrorCode,
  type IceServer,
  type ServerMessage,
} from './protocol.ts';
import { createRooms } from './rooms.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** Sockets of the whole server: twenty full rooms. Bounds its memory whoever connects. */
export const MAX_SOCKETS = 4_000;
/**
 * One socket's messages. A newcomer dials up to 16 peers at once with an offer and some ten candidates each,
 * and answers as many; after that a node is almost silent.
 */
export const MESSAGE_LIMITS = { ratePerSecond: 40, burst: 400 };
/** Each started 4 KiB of a message costs one token, so that the same bucket bounds bytes: 160 KiB/s. */
export const BYTES_PER_TOKEN = 4 * 1024;
/** A reader with more than this unread, in bytes, is dropped: what others send it must not fill the server. */
export const MAX_BACKLOG_BYTES = 1024 * 1024;
/** Time for the other side of a closing socket to say goodbye, in ms. A flood does not get longer. */
const CLOSE_GRACE_MS = 2_000;

export interface HubOptions {
  /** Handed to each node at join. */
  readonly iceServers: readonly IceServer[];
  /** Between two WebSocket pings, in ms. For tests; SERVER_PING_MS by default. */
  readonly pingMs?: number;
  /** For tests; MAX_SOCKETS by default. */
  readonly maxSockets?: number;
}

/** The signaling endpoint without an HTTP server of its own: attach it to any server's `upgrade` event. */
export interface Hub {
  readonly roomCount: number;
  readonly socketCount: number;
  /** Takes the socket over. Only for requests of which `isSignalRequest` is true. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells every node, closes its socket with code 1001, and takes no new ones. Ends when all are gone. */
  close(): Promise<void>;
}

interface Connection {
  readonly socket: WebSocket;
  readonly bucket: TokenBucket;
  /** Set by `join`, once. */
  member: { readonly roomId: string; readonly id: string } | undefined;
  /** Whether it gave a sign of life since the last check. */
  alive: boolean;
}

export function isSignalRequest(request: IncomingMessage): boolean {
  return request.url?.split('?', 1)[0] === SIGNAL_PATH;
}

/** Answers an upgrade with an HTTP status instead, and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: '404 Not Found' | '503 Service Unavailable'): void {
  // The other side may be gone already, which is what we want.
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

export function createHub(options: HubOptions): Hub {
  const rooms = createRooms<Connection>(MAX_ROOM_MEMBERS, (bound) => randomInt(bound));
  const connections = new Set<Connection>();
  // Any page may connect: there are no cookies or accounts to abuse, and a room's secret is all the access there is.
  // No compression: sealed payloads don't compress, and each deflate window costs memory.
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  const heartbeat = setInterval(checkAll, options.pingMs ?? SERVER_PING_MS);
  heartbeat.unref();
  let closed: Promise<void> | undefined;

  function accept(socket: WebSocket): void {
    const bucket = createTokenBucket(MESSAGE_LIMITS, performance.now());
    const connection: Connection = { socket, bucket, member: undefined, alive: true };
    connections.add(connection);
    socket.on('message', (data, isBinary) => {
      showLife(connection);
      // A socket that was told to close may go on sending until it hears of it.
      if (socket.readyState !== WebSocket.OPEN || !Buffer.isBuffer(data)) return;
      if (!bucket.take(1 + Math.floor(data.length / BYTES_PER_TOKEN), performance.now())) {
        refuse(connection, 'rate-limit', CLOSE_POLICY);
        return;
      }
      const message = isBinary ? undefined : parseClientMessage(data.toString());
      if (message === undefined) refuse(connection, 'bad-message');
      else receive(connection, message);
    });
    socket.on('pong', () => showLife(connection));
    socket.on('close', () => {
      connections.delete(connection);
      if (connection.member !== undefined) rooms.leave(connection.member.roomId, connection.member.id);
    });
    // Oversize and malformed frames: ws closes with the right code (1009, 1002, 1007) and then emits `close`.
    socket.on('error', () => undefined);
  }

  function receive(connection: Connection, message: ClientMessage): void {
    if (message.type === 'ping') {
      send(connection, { type: 'pong' });
      return;
    }
    if (message.type === 'join') {
      join(connection, message.room);
      return;
    }
    const { member } = connection;
    if (member === undefined) {
      refuse(connection, 'not-joined');
      return;
    }
    if (message.type === 'roster') {
      send(connection, { type: 'roster', ...roster(member.roomId, member.id) });
      return;
    }
    const target = rooms.find(member.roomId, message.to);
    if (target?.socket.readyState === WebSocket.OPEN) {
      send(target, { type: 'signal', from: member.id, payload: message.payload });
    } else {
      send(connection, { type: 'unreachable', to: message.to });
    }
  }

  function join(connection: Connection, roomId: string): void {
    if (connection.member !== undefined) {
      refuse(connection, 'already-joined');
      return;
    }
    const id = randomBytes(8).toString('hex');
    if (!rooms.join(roomId, id, connection)) {
      refuse(connection, 'room-full', CLOSE_TRY_LATER);
      return;
    }
    connection.member = { roomId, id };
    showLife(connection);
    send(connection, { type: 'welcome', id, ...roster(roomId, id), iceServers: options.iceServers });
  }

  function roster(roomId: string, exceptId: string): { peers: string[]; members: number } {
    return {
      peers: rooms.sample(roomId, exceptId, MAX_ROSTER_PEERS),
      members: rooms.memberCount(roomId),
    };
  }

  function refuse({ socket }: Connection, code: ErrorCode, closeCode?: number): void {
    write(socket, { type: 'error', code, message: ERROR_MESSAGES[code] });
    if (closeCode === undefined) return;
    socket.close(closeCode, code);
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
  }

  /** Pings everyone. Who did not answer the last ping, or was in no room for a whole round, is ended. */
  function checkAll(): void {
    for (const connection of connections) {
      if (!connection.alive) {
        connection.socket.terminate();
        continue;
      }
      connection.alive = false;
      if (connection.member !== undefined) connection.socket.ping();
    }
  }

  return {
    get roomCount() {
      return rooms.roomCount;
    },
    get socketCount() {
      return connections.size;
    },
    upgrade(request, socket, head) {
      if (closed !== undefined || connections.size >= (options.maxSockets ?? MAX_SOCKETS)) {
        refuseUpgrade(socket, '503 Service Unavailable');
        return;
      }
      server.handleUpgrade(request, socket, head, accept);
    },
    close() {
      closed ??= new Promise((resolve) => {
        clearInterval(heartbeat);
        for (const connection of connections) refuse(connection, 'shutting-down', CLOSE_GOING_AWAY);
        // Calls back when the last socket is gone.
        server.close(() => resolve());
      });
      return closed;
    },
  };
}

/** Counts in a room only: outside of one a socket is of no use, however lively. */
function showLife(connection: Connection): void {
  if (connection.member !== undefined) connection.alive = true;
}

function send({ socket }: Connection, message: ServerMessage): void {
  if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.terminate();
  else write(socket, message);
}

function write(socket: WebSocket, message: ServerMessage): void {
  socket.send(JSON.stringify(message));
}
