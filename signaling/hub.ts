import { randomBytes, randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { createAdmission, type AdmissionOptions, type Place } from './admission.ts';
import { createConnection, type Connection } from './connection.ts';
import { refuseHandshake } from './handshake.ts';
import type { IceGrant } from './ice-servers.ts';
import type { Log } from './log.ts';
import type { Metrics, Refusal } from './metrics.ts';
import {
  CLOSE_GOING_AWAY,
  CLOSE_TRY_LATER,
  MAX_RETRY_MS,
  MAX_ROSTER_PEERS,
  SERVER_PING_MS,
  type ClientMessage,
  type IceServer,
} from './protocol.ts';
import { createRooms } from './rooms.ts';

/** How fast nodes are asked to come back after a stop: what one core welcomes without noticing. */
const RECONNECTS_PER_SECOND = 200;
/** The first of them are asked back after this, in ms: about what a restart takes. */
const MIN_RETRY_MS = 1_000;

export interface HubOptions extends AdmissionOptions {
  /** What a node is handed at join, and again when that ends. */
  readonly ice: (nowMs: number) => IceGrant;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Between two WebSocket pings, in ms. For tests; SERVER_PING_MS by default. */
  readonly pingMs?: number;
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

/** One node: its socket, and its place in a room. */
interface Node {
  readonly connection: Connection;
  readonly place: Place;
  /** Whether `join` was received: there is one for each socket, whatever becomes of it. */
  hasAsked: boolean;
  /** Set with the welcome. */
  member: { readonly roomId: string; readonly id: string } | undefined;
  /** When its ICE servers are to be renewed, in ms since 1970. */
  renewIceMs: number;
}

export function createHub(options: HubOptions): Hub {
  const { limits, metrics, log } = options;
  const admission = createAdmission(options);
  const rooms = createRooms<Node>(limits, (bound) => randomInt(bound));
  const nodes = new Set<Node>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // A connection answers pings itself, within its limits.
    autoPong: false,
    maxPayload: limits.maxMessageBytes,
    maxFragments: limits.maxFragments,
    maxBufferedChunks: limits.maxChunks,
    // Sealed payloads don't compress, and each deflate window costs memory.
    perMessageDeflate: false,
  });
  const heartbeat = setInterval(() => {
    const nowMs = Date.now();
    for (const node of nodes) {
      node.connection.checkLife();
      if (nowMs >= node.renewIceMs)
        node.connection.send({ type: 'ice-servers', iceServers: grantIce(node, nowMs) });
    }
  }, options.pingMs ?? SERVER_PING_MS);
  heartbeat.unref();
  metrics.watch({ sockets: () => nodes.size, rooms: () => rooms.roomCount });
  /** Set by `close`: called when the last node is gone. */
  let onEmpty: (() => void) | undefined;
  let closed: Promise<void> | undefined;

  function refused(reason: Refusal, place?: Place): void {
    metrics.refused(reason);
    log.lines.debug({ reason, ...(place && { address: log.label(place.address) }) }, 'refused');
  }

  function accept(socket: WebSocket, place: Place): void {
    const connection = createConnection(socket, {
      limits,
      onRefused: (reason) => refused(reason, place),
      onMessage: (message) => receive(node, message),
      onClose() {
        nodes.delete(node);
        if (node.member !== undefined) rooms.leave(node.member.roomId, node.member.id);
        if (nodes.size === 0) onEmpty?.();
      },
    });
    const node: Node = { connection, place, hasAsked: false, member: undefined, renewIceMs: Infinity };
    nodes.add(node);
  }

  function receive(node: Node, message: ClientMessage): void {
    const { connection, member } = node;
    if (message.type === 'ping') {
      connection.send({ type: 'pong' });
    } else if (message.type === 'join') {
      void join(node, message.room);
    } else if (member === undefined) {
      connection.refuse('not-joined');
    } else if (message.type === 'roster') {
      connection.send({ type: 'roster', ...roster(member.roomId, member.id) });
    } else {
      const target = rooms.find(member.roomId, message.to);
      if (target?.connection.isOpen === true) {
        metrics.relayed(message.payload.length);
        target.connection.send({ type: 'signal', from: member.id, payload: message.payload });
      } else {
        refused('unreachable', node.place);
        connection.send({ type: 'unreachable', to: message.to });
      }
    }
  }

  async function join(node: Node, roomId: string): Promise<void> {
    const { connection, place } = node;
    if (node.hasAsked) {
      connection.refuse('already-joined');
      return;
    }
    node.hasAsked = true;
    const waitMs = await place.join();
    if (!connection.isOpen) return;
    if (waitMs > 0) {
      // One address is one class: spread over as long again, or they would all be back in the same moment.
      const retryMs = Math.min(MAX_RETRY_MS, waitMs + randomInt(waitMs));
      connection.refuseAndClose('join-rate', CLOSE_TRY_LATER, retryMs);
      return;
    }
    const id = randomBytes(8).toString('hex');
    const result = rooms.join(roomId, id, node);
    if (result !== 'joined') {
      connection.refuseAndClose(result, CLOSE_TRY_LATER);
      return;
    }
    node.member = { roomId, id };
    connection.keepWhileAlive();
    metrics.joined();
    log.lines.debug({ room: log.label(roomId), address: log.label(place.address) }, 'joined');
    connection.send({ type: 'welcome', id, ...roster(roomId, id), iceServers: grantIce(node, Date.now()) });
  }

  function grantIce(node: Node, nowMs: number): readonly IceServer[] {
    const { iceServers, renewMs } = options.ice(nowMs);
    node.renewIceMs = renewMs;
    return iceServers;
  }

  function roster(roomId: string, exceptId: string): { peers: string[]; members: number } {
    return {
      peers: rooms.sample(roomId, exceptId, MAX_ROSTER_PEERS),
      members: rooms.memberCount(roomId),
    };
  }

  /** Says goodbye to all. The more they are, the longer the time over which they are asked to come back. */
  async function dismissAll(): Promise<void> {
    clearInterval(heartbeat);
    const spreadMs = Math.min(MAX_RETRY_MS - MIN_RETRY_MS, (nodes.size / RECONNECTS_PER_SECOND) * 1000);
    for (const { connection } of nodes) {
      connection.dismiss(CLOSE_GOING_AWAY, MIN_RETRY_MS + randomInt(Math.ceil(spreadMs) + 1));
    }
    if (nodes.size === 0) return;
    await new Promise<void>((resolve) => {
      onEmpty = resolve;
    });
  }

  return {
    get roomCount() {
      return rooms.roomCount;
    },
    get socketCount() {
      return nodes.size;
    },
    upgrade(request, socket, head) {
      const place = closed === undefined ? admission.enter(request) : 'stopping';
      if (typeof place === 'string') {
        refused(place);
        refuseHandshake(socket, place);
        return;
      }
      // A handshake that ws itself refuses ends the socket without a word to us.
      socket.once('close', () => place.leave());
      server.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, place));
    },
    close() {
      closed ??= dismissAll();
      return closed;
    },
  };
}
