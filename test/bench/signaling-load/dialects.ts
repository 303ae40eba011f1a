/** How a client of each signaling server joins, and speaks to one other client. */
import { SIGNAL_PATH } from '../../../signaling/protocol.ts';

export interface Dialect {
  /** Of client number `n`; `origin` is the server's, of scheme ws. */
  url(origin: string, n: number): string;
  /** What it sends when its socket is open. */
  hello(n: number): readonly object[];
  /** The address under which others reach it, once this message tells that it has joined. */
  joined(message: Message, n: number): string | undefined;
  relay(to: string, payload: string): object;
  /** What another one sent with `relay`. */
  received(message: Message): string | undefined;
}
export type Message = Readonly<Record<string, unknown>>;

/** Members of a room: a class. */
export const ROOM_SIZE = 30;
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const roomOf = (n: number): string =>
  Math.floor(n / ROOM_SIZE)
    .toString(16)
    .padStart(32, '0');

export const TABCHAIN: Dialect = {
  url: (origin) => origin + SIGNAL_PATH,
  hello: (n) => [{ type: 'join', room: roomOf(n) }],
  joined: ({ type, id }) => (type === 'welcome' ? text(id) : undefined),
  relay: (to, payload) => ({ type: 'signal', to, payload }),
  received: ({ type, payload }) => (type === 'signal' ? text(payload) : undefined),
};

/** PeerJS has no rooms: who knows an id may call it. */
export const PEERJS: Dialect = {
  url: (origin, n) => `${origin}/peerjs?key=peerjs&id=p${n}&token=t${n}`,
  hello: () => [],
  joined: ({ type }, n) => (type === 'OPEN' ? `p${n}` : undefined),
  relay: (dst, payload) => ({ type: 'OFFER', dst, payload }),
  received: ({ type, payload }) => (type === 'OFFER' ? text(payload) : undefined),
};

/** y-webrtc's server publishes to topics. For the same fan-out, one receiver, each client has a topic of its own. */
export const Y_WEBRTC: Dialect = {
  url: (origin) => origin,
  // Nothing answers a subscription; the pong comes after it.
  hello: (n) => [{ type: 'subscribe', topics: [`t${n}`] }, { type: 'ping' }],
  joined: ({ type }, n) => (type === 'pong' ? `t${n}` : undefined),
  relay: (topic, payload) => ({ type: 'publish', topic, payload }),
  received: ({ type, payload }) => (type === 'publish' ? text(payload) : undefined),
};
