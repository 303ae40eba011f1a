/**
 * What a node and the signaling server say to each other: JSON text messages over one WebSocket.
 *
 * This is the only file that `web/` imports from `signaling/`. It runs in a worker, on a page and in Node.js,
 * so it imports nothing. Both sides read each other through the parsers below, which never throw, check every
 * field and ignore fields they don't know.
 *
 * The server brokers and nothing more: a `payload` is sealed with the room's key (web/net/seal.ts), which the
 * server never has, and a room is known to it only by an id derived one-way from the room's secret.
 */

/** Path of the WebSocket endpoint, on the origin that serves the page. */
export const SIGNAL_PATH = '/signal';

/** Largest message, either way. A larger one ends the connection with close code 1009. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

/**
 * Longest `payload` in base64 characters. The largest envelope is an SDP of 16 KiB, of which JSON escapes at
 * most every character once (32 KiB), plus ids, nonce and tag: 44 KiB in base64. The rest of a message is for
 * the JSON around it.
 */
export const MAX_PAYLOAD_CHARS = 48 * 1024;

/** Peers in one `welcome` or `roster`: twice the mesh's target of 8 links, because some will not answer. */
export const MAX_ROSTER_PEERS = 16;

/** Members of one room: a class, not a city. One machine full of tabs gives up near this many, and more was never tried. */
export const MAX_ROOM_MEMBERS = 200;

/** ICE servers in one `welcome`: generous, since Firefox warns from five on that each one slows discovery down. */
export const MAX_ICE_SERVERS = 8;
/** URLs (udp, tcp, tls...) of one ICE server. */
export const MAX_ICE_URLS = 4;
/** Length of an ICE URL, user name or credential in characters: a host name is at most 253 long. */
export const MAX_ICE_TEXT_CHARS = 320;

/** Length of an error's sentence in characters. */
export const MAX_ERROR_CHARS = 300;

/** Longest pause that a server may ask for, in ms: the longest that a node takes by itself. */
export const MAX_RETRY_MS = 60_000;

/** A node pings this often, in ms: below the 30-60 s after which common proxies cut a silent connection. */
export const CLIENT_PING_MS = 20_000;
/** A node that heard nothing for this long, in ms, calls the connection dead: two lost pings and some slack. */
export const CLIENT_DEAD_MS = 45_000;
/** The server sends a WebSocket ping this often, in ms, and ends a socket that did not answer the last one. */
export const SERVER_PING_MS = 30_000;

/** WebSocket close codes that the server uses (RFC 6455 section 7.4.1 and the IANA registry). */
export const CLOSE_GOING_AWAY = 1001;
export const CLOSE_POLICY = 1008;
export const CLOSE_TRY_LATER = 1013;

/**
 * Why the server refused something. The key is the code; the sentence goes with it as `message`.
 * `room-full`, `too-many-rooms`, `join-rate`, `rate-limit` and `shutting-down` are followed by a close, the others
 * leave the socket open.
 */
export const ERROR_MESSAGES = {
  /** The message was not understood. Don't repeat it; a node that gets this for its `join` is of another version. */
  'bad-message': 'The server did not understand that message. Reload the page to get the matching version.',
  /** Anything but `ping` before `welcome`. Send `join` first. */
  'not-joined': 'Join a room before sending anything else.',
  /** A second `join`. One socket is in one room; open another socket for another room. */
  'already-joined': 'This connection is already in a room. Open another connection for another room.',
  /** The room has MAX_ROOM_MEMBERS members. Try again later, or start another room. Closes with 1013. */
  'room-full': 'This room is full. Try again later, or start another room.',
  /** The server has as many rooms as it takes. Try again later. Closes with 1013. */
  'too-many-rooms': 'The server has no room for another room. Try again later.',
  /** Too many joins from this node's network address. Reconnect after `retryMs`. Closes with 1013. */
  'join-rate': 'Too many joins from your network in the last minute. Try again in a minute.',
  /** Messages came faster than the server's limit. Reconnect, with backoff. Closes with 1008. */
  'rate-limit': 'Too many messages in a short time. Reconnect after a pause.',
  /** The server is stopping. Reconnect after `retryMs`; links between peers are not affected. Closes with 1001. */
  'shutting-down': 'The server is shutting down. Links between peers stay up; reconnect after a pause.',
} as const;

export type ErrorCode = keyof typeof ERROR_MESSAGES;

/** An `RTCIceServer` (which a worker's types lack), with `urls` always a list. */
export interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}

/** Enter a room. Once per socket; the answer is `welcome` or an error. `room` is 16 bytes in hex. */
export interface Join {
  readonly type: 'join';
  readonly room: string;
}
/** Pass `payload` on to peer `to` of the same room. The answer is silence, or `unreachable`. */
export interface SendSignal {
  readonly type: 'signal';
  readonly to: string;
  readonly payload: string;
}
/** Ask for other random peers: a node whose links are few does. The answer is `roster`. */
export interface AskRoster {
  readonly type: 'roster';
}
/** Ask for a sign of life: a page can't see WebSocket's own pings. The answer is `pong`. */
export interface Ping {
  readonly type: 'ping';
}
export type ClientMessage = Join | SendSignal | AskRoster | Ping;

/** You are in. `id` is yours until the socket closes; `peers` are up to 16 random others; `members` counts you too. */
export interface Welcome {
  readonly type: 'welcome';
  readonly id: string;
  readonly peers: readonly string[];
  readonly members: number;
  readonly iceServers: readonly IceServer[];
}
/** Up to 16 random peers, never yourself, and how many are in the room, you included. */
export interface Roster {
  readonly type: 'roster';
  readonly peers: readonly string[];
  readonly members: number;
}
/** `payload` from peer `from` of the same room. */
export interface ReceivedSignal {
  readonly type: 'signal';
  readonly from: string;
  readonly payload: string;
}
/** The peer that a `signal` was for is not in the room (any more). */
export interface Unreachable {
  readonly type: 'unreachable';
  readonly to: string;
}
/** ICE servers instead of those of the welcome, whose credentials end some day. Not asked for. */
export interface NewIceServers {
  readonly type: 'ice-servers';
  readonly iceServers: readonly IceServer[];
}
export interface Pong {
  readonly type: 'pong';
}
export interface ErrorMessage {
  readonly type: 'error';
  readonly code: ErrorCode;
  readonly message: string;
  /**
   * The pause before this node's next attempt, 0 to MAX_RETRY_MS in ms: each node gets another, so that a whole
   * class does not come back in one second. Without it the node's own backoff holds.
   */
  readonly retryMs?: number;
}
export type ServerMessage =
  Welcome | Roster | ReceivedSignal | Unreachable | NewIceServers | Pong | ErrorMessage;

const ROOM_ID = /^[0-9a-f]{32}$/;
const PEER_ID = /^[0-9a-f]{16}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const ICE_URL = /^(stun|turn)s?:[^\s]+$/i;
const TURN_URL = /^turn/i;

type Fields = Record<string, unknown>;

/** 16 bytes as 32 lowercase hex characters, derived from the room's secret. */
export function isRoomId(value: unknown): value is string {
  return typeof value === 'string' && ROOM_ID.test(value);
}

/** 8 random bytes as 16 lowercase hex characters, given by the server. */
export function isPeerId(value: unknown): value is string {
  return typeof value === 'string' && PEER_ID.test(value);
}

/** Padded base64 of 1 to MAX_PAYLOAD_CHARS characters. */
export function isPayload(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_PAYLOAD_CHARS &&
    value.length % 4 === 0 &&
    BASE64.test(value)
  );
}

/** Reads what a node sent; `undefined` for anything that isn't a whole, valid message. Never throws. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  const fields = parseObject(text);
  switch (fields?.type) {
    case 'join':
      return isRoomId(fields.room) ? { type: 'join', room: fields.room } : undefined;
    case 'signal':
      return isPeerId(fields.to) && isPayload(fields.payload)
        ? { type: 'signal', to: fields.to, payload: fields.payload }
        : undefined;
    case 'roster':
      return { type: 'roster' };
    case 'ping':
      return { type: 'ping' };
    default:
      return undefined;
  }
}

/** Reads what the server sent; `undefined` for anything that isn't a whole, valid message. Never throws. */
export function parseServerMessage(text: string): ServerMessage | undefined {
  const fields = parseObject(text);
  switch (fields?.type) {
    case 'welcome':
      return parseWelcome(fields);
    case 'roster': {
      const { peers, members } = fields;
      return isRoster(peers) && isMemberCount(members) ? { type: 'roster', peers, members } : undefined;
    }
    case 'signal':
      return isPeerId(fields.from) && isPayload(fields.payload)
        ? { type: 'signal', from: fields.from, payload: fields.payload }
        : undefined;
    case 'unreachable':
      return isPeerId(fields.to) ? { type: 'unreachable', to: fields.to } : undefined;
    case 'ice-servers': {
      const iceServers = parseIceServers(fields.iceServers);
      return iceServers && { type: 'ice-servers', iceServers };
    }
    case 'pong':
      return { type: 'pong' };
    case 'error': {
      const { code, message, retryMs } = fields;
      if (!isErrorCode(code) || !isText(message, MAX_ERROR_CHARS)) return undefined;
      if (retryMs === undefined) return { type: 'error', code, message };
      return isPause(retryMs) ? { type: 'error', code, message, retryMs } : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * Reads a list of ICE servers as `RTCPeerConnection` takes it; `undefined` if any entry would make its
 * constructor throw (no `stun:` or `turn:` URL, or `turn:` without user name and credential).
 */
export function parseIceServers(json: unknown): IceServer[] | undefined {
  if (!Array.isArray(json) || json.length > MAX_ICE_SERVERS) return undefined;
  const servers: IceServer[] = [];
  for (const entry of json) {
    const server = parseIceServer(entry);
    if (server === undefined) return undefined;
    servers.push(server);
  }
  return servers;
}

function parseWelcome(fields: Fields): Welcome | undefined {
  const { id, peers, members } = fields;
  const iceServers = parseIceServers(fields.iceServers);
  if (!isPeerId(id) || !isRoster(peers) || !isMemberCount(members) || iceServers === undefined) {
    return undefined;
  }
  return { type: 'welcome', id, peers, members, iceServers };
}

function parseIceServer(json: unknown): IceServer | undefined {
  if (!isObject(json)) return undefined;
  const { username, credential } = json;
  const urls: unknown[] = Array.isArray(json.urls) ? json.urls : [json.urls];
  if (urls.length === 0 || urls.length > MAX_ICE_URLS || !urls.every(isIceUrl)) return undefined;
  if (username === undefined && credential === undefined) {
    return urls.some((url) => TURN_URL.test(url)) ? undefined : { urls };
  }
  if (!isText(username, MAX_ICE_TEXT_CHARS) || !isText(credential, MAX_ICE_TEXT_CHARS)) return undefined;
  return { urls, username, credential };
}

function parseObject(text: string): Fields | undefined {
  // Characters are never more than bytes, so nothing within the cap in bytes is refused here.
  if (text.length > MAX_MESSAGE_BYTES) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined; // not JSON
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, maxChars: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxChars;
}

function isRoster(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= MAX_ROSTER_PEERS && value.every(isPeerId);
}

function isMemberCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_ROOM_MEMBERS;
}

function isPause(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_RETRY_MS;
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_MESSAGES, value);
}

/** A `stun(s):` or `turn(s):` URL, of a length that goes on the wire. */
export function isIceUrl(value: unknown): value is string {
  return isText(value, MAX_ICE_TEXT_CHARS) && ICE_URL.test(value);
}
