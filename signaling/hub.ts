import { randomBytes, randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { createAdmission, type AdmissionOptions, type Place } from './admission.ts';
import type { Cluster, ClusterHost, Roster } from './cluster.ts';
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
  type ServerMessage,
} from './protocol.ts';
import { createRooms } from './rooms.ts';

/** How fast nodes are asked to come back after a stop: what one core welcomes without noticing. */
const RECONNECTS_PER_SECOND = 200;
/** The first of them are asked back after this, in ms: about what a restart takes. */
const MIN_RETRY_MS = 1_000;

export interface HubOptions extends AdmissionOptions {
  /** What a node is handed at join, and again when that ends. */
  readonly ice: (address: string, nowMs: number) => IceGrant;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Connects this hub with those of other instances; without it, it is alone. */
  readonly openCluster?: ((host: ClusterHost) => Cluster) | undefined;
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

interface Member {
  readonly roomId: string;
  readonly id: string;
}

/** Messages that may wait for a node's welcome: an offer and its candidates, from a few peers. */
const MAX_HELD = 64;

type Signal = Extract<ServerMessage, { type: 'signal' }>;

/** One node: its socket, and its place in a room. */
interface Node {
  readonly connection: Connection;
  readonly place: Place;
  /** Whether `join` was received: there is one for each socket, whatever becomes of it. */
  hasAsked: boolean;
  /** Set when it has its place in the room; the welcome follows when the other instances know of it. */
  member: Member | undefined;
  /** What came for it before its welcome; undefined from then on. */
  held: Signal[] | undefined;
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
      if (nowMs >= node.renewIceMs && node.held === undefined)
        node.connection.send({ type: 'ice-servers', iceServers: grantIce(node, nowMs) });
    }
  }, options.pingMs ?? SERVER_PING_MS);
  heartbeat.unref();
  const cluster = options.openCluster?.({
    deliver,
    unreachable(roomId, asker, to) {
      const node = rooms.find(roomId, asker);
      if (node !== undefined) sayUnreachable(node, to);
    },
    members: () => rooms.all(),
  });
  metrics.watch({
    sockets: () => nodes.size,
    rooms: () => rooms.roomCount,
    isClusterUp: cluster && (() => cluster.isUp),
  });
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
        leave(node);
        if (nodes.size === 0) onEmpty?.();
      },
    });
    const node: Node = {
      connection,
      place,
      hasAsked: false,
      member: undefined,
      held: [],
      renewIceMs: Infinity,
    };
    nodes.add(node);
  }

  function receive(node: Node, message: ClientMessage): void {
    const { connection, member } = node;
    if (message.type === 'ping') {
      connection.send({ type: 'pong' });
    } else if (message.type === 'join') {
      void join(node, message.room);
    } else if (member === undefined || node.held !== undefined) {
      connection.refuse('not-joined');
    } else if (message.type === 'roster') {
      void sendRoster(node, member);
    } else if (!deliver(member.roomId, member.id, message.to, message.payload)) {
      void relayElsewhere(node, member, message.to, message.payload);
    }
  }

  function deliver(roomId: string, from: string, to: string, payload: string): boolean {
    const target = rooms.find(roomId, to);
    if (target?.connection.isOpen !== true) return false;
    const message = { type: 'signal', from, payload } as const;
    if (target.held === undefined) hand(target, message);
    else if (target.held.length < MAX_HELD) target.held.push(message);
    return true;
  }

  function hand({ connection, place }: Node, message: Signal): void {
    if (connection.keepsUp) {
      metrics.relayed(message.payload.length);
      connection.send(message);
    } else {
      // Lost, as on any bad way. Who reads nothing for long does not answer pings either.
      refused('slow-reader', place);
    }
  }

  async function relayElsewhere(
    node: Node,
    { roomId, id }: Member,
    to: string,
    payload: string,
  ): Promise<void> {
    if (cluster !== undefined && (await cluster.relay(roomId, id, to, payload))) return;
    sayUnreachable(node, to);
  }

  function sayUnreachable({ connection, place }: Node, to: string): void {
    refused('unreachable', place);
    connection.send({ type: 'unreachable', to });
  }

  async function sendRoster({ connection }: Node, { roomId, id }: Member): Promise<void> {
    const shared = await cluster?.roster(roomId, id);
    connection.send({ type: 'roster', ...(shared === undefined ? localRoster(roomId, id) : capped(shared)) });
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
    const id = newId();
    const result = rooms.join(roomId, id, node);
    if (result !== 'joined') {
      connection.refuseAndClose(result, CLOSE_TRY_LATER);
      return;
    }
    node.member = { roomId, id };
    connection.keepWhileAlive();
    const shared = await cluster?.join(roomId, id);
    if (!connection.isOpen) return;
    if (shared === 'room-full') {
      leave(node);
      connection.refuseAndClose('room-full', CLOSE_TRY_LATER);
      return;
    }
    metrics.joined();
    log.lines.debug({ room: log.label(roomId), address: log.label(place.address) }, 'joined');
    const roster = shared === undefined ? localRoster(roomId, id) : capped(shared);
    connection.send({ type: 'welcome', id, ...roster, iceServers: grantIce(node, Date.now()) });
    const held = node.held ?? [];
    node.held = undefined;
    for (const message of held) hand(node, message);
  }

  function leave(node: Node): void {
    if (node.member === undefined) return;
    const { roomId, id } = node.member;
    node.member = undefined;
    rooms.leave(roomId, id);
    cluster?.leave(roomId, id);
  }

  /** Random, but for the digits that tell the instance: at the end, so that lower ids, which dial, are everywhere. */
  function newId(): string {
    const id = randomBytes(8).toString('hex');
    return cluster === undefined ? id : id.slice(0, -cluster.instance.length) + cluster.instance;
  }

  function localRoster(roomId: string, exceptId: string): Roster {
    return {
      peers: rooms.sample(roomId, exceptId, MAX_ROSTER_PEERS),
      members: rooms.memberCount(roomId),
    };
  }

  /** Instances that were apart may have filled one room twice; no node believes in more than its protocol knows. */
  function capped({ peers, members }: Roster): Roster {
    return { peers, members: Math.min(members, limits.maxRoomMembers) };
  }

  function grantIce(node: Node, nowMs: number): readonly IceServer[] {
    const { iceServers, renewMs } = options.ice(node.place.address, nowMs);
    node.renewIceMs = renewMs;
    return iceServers;
  }

  /** Says goodbye to all. The more they are, the longer the time over which they are asked to come back. */
  async function dismissAll(): Promise<void> {
    clearInterval(heartbeat);
    const spreadMs = Math.min(MAX_RETRY_MS - MIN_RETRY_MS, (nodes.size / RECONNECTS_PER_SECOND) * 1000);
    for (const { connection } of nodes) {
      connection.dismiss(CLOSE_GOING_AWAY, MIN_RETRY_MS + randomInt(Math.ceil(spreadMs) + 1));
    }
    // Before they are gone: the others see none of them from here on.
    const parting = cluster?.close();
    if (nodes.size > 0) {
      await new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
    }
    await parting;
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
