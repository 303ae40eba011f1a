import { MAX_MESSAGE_BYTES, MAX_ROOM_MEMBERS } from './protocol.ts';
import type { TokenBucketLimits } from './token-bucket.ts';

/**
 * What one instance of the server lets itself be asked for. Each bound has a counter under its reason in
 * `/metrics` (signaling/metrics.ts) and a test that goes just over it (test/signaling/limits.test.ts).
 */
export interface Limits {
  /** Sockets of this instance. Bounds its memory, whoever connects. Over it: HTTP 503. */
  readonly maxSockets: number;
  /** Sockets of one address (client-address.ts). Over it: HTTP 429. */
  readonly maxSocketsPerAddress: number;
  /** Rooms that have a member here. Over it a join is refused with `too-many-rooms`. */
  readonly maxRooms: number;
  /** Members of one room, on all instances together. Over it a join is refused with `room-full`. */
  readonly maxRoomMembers: number;
  /** Joins of one address in any one minute's window. Over it a join is refused with `join-rate`. */
  readonly joinsPerMinute: number;
  /** One message in bytes; a longer one ends its socket with 1009. */
  readonly maxMessageBytes: number;
  /** Frames of one message; more end its socket with 1008. */
  readonly maxFragments: number;
  /** Pieces in which the network may bring one frame; more end its socket with 1008. */
  readonly maxChunks: number;
  /** One socket's messages, control frames included; over it the socket ends with `rate-limit` and 1008. */
  readonly messages: TokenBucketLimits;
  /** Each started one of these of a message costs a token more, so that the same bucket bounds bytes. */
  readonly bytesPerToken: number;
  /**
   * What a reader may leave unread, in bytes: it must not fill the server. Above half of it what others send it is lost,
   * and counted as `slow-reader`; over it its socket is ended, with the same reason.
   */
  readonly maxBacklogBytes: number;
  /**
   * TCP connections beyond the sockets: page loads, health checks, and who has not sent a request yet. Of the whole server
   * beyond `maxSockets`, and of one address beyond `maxSocketsPerAddress`. Over it a connection is closed at once.
   */
  readonly spareConnections: number;
  /** Time for a TCP connection to shake hands over TLS, and then to send its HTTP request's headers, in ms. */
  readonly headersTimeoutMs: number;
  /** How long a TCP connection that is no WebSocket may pass no byte either way, in ms. */
  readonly stallMs: number;
  /** Files of the page that are being sent: one connection may ask for thousands at once. Over it: HTTP 503. */
  readonly maxOpenFiles: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxSockets: 10_000,
  // A class of 200 behind one NAT, twice: after the Wi-Fi was away each one's old socket still counts until its ping fails.
  maxSocketsPerAddress: 400,
  maxRooms: 5_000,
  maxRoomMembers: MAX_ROOM_MEMBERS,
  // The same class, each coming back three times in a minute.
  joinsPerMinute: 600,
  maxMessageBytes: MAX_MESSAGE_BYTES,
  // The largest message in pieces of 256 bytes. Browsers and proxies cut far larger ones.
  maxFragments: 256,
  // TCP's smallest segments, 536 bytes, bring the largest message in 123.
  maxChunks: 1_024,
  // A newcomer dials up to 16 peers at once with an offer and some ten candidates each, and answers as many; after
  // that a node is almost silent.
  messages: { ratePerSecond: 40, burst: 400 },
  // 160 KiB/s at 40 tokens a second.
  bytesPerToken: 4 * 1024,
  maxBacklogBytes: 1024 * 1024,
  // A class of 160 that loads the page at once, each with a browser's six connections.
  spareConnections: 1_000,
  headersTimeoutMs: 10_000,
  // A phone that leaves one access point for another reads nothing for seconds.
  stallMs: 60_000,
  // A file is open for as long as the network takes: a class of 80, each with a browser's six connections.
  maxOpenFiles: 500,
};
