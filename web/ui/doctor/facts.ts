/** What the doctor judges by: the engine's word, what the page recorded, and the checks that a user started. */
import type { RTCIceServerLike, SignalingStatus } from '../../engine/messages.ts';
import type { IceCheck, LoopbackCheck, SignalCheck } from '../../net/connection-checks.ts';
import type { Attempt } from '../../net/connection-log.ts';

/** One URL of an ICE server, without its credentials. */
export interface ServerFacts {
  readonly url: string;
  readonly kind: 'stun' | 'turn';
  /** Of time-limited credentials. */
  readonly expiresAtMs: number | undefined;
  /** undefined: not tried, or under way. */
  readonly check: IceCheck | undefined;
  /** Code of the newest error that a connection had with it. */
  readonly error: number | undefined;
}

export interface Facts {
  readonly nowMs: number;
  readonly isSecure: boolean;
  readonly signaling: SignalingStatus;
  readonly signalCheck: SignalCheck | undefined;
  readonly loopback: LoopbackCheck | undefined;
  readonly servers: readonly ServerFacts[];
  /** Peers whose handshake is through. */
  readonly linked: number;
  /** The oldest first. */
  readonly attempts: readonly Attempt[];
}

export interface IceUrlWithSecret {
  readonly url: string;
  readonly username?: string;
  readonly credential?: string;
}

/** Tells one URL with its credentials from another: new ones make what was found with the old ones void. */
export function serverKey({ url, username = '' }: IceUrlWithSecret): string {
  return `${url} ${username}`;
}

/** Each URL on its own, with what it takes to ask it. */
export function iceUrls(servers: readonly RTCIceServerLike[]): readonly IceUrlWithSecret[] {
  return servers.flatMap(({ urls, ...secret }) => [urls].flat().map((url) => ({ url, ...secret })));
}

export function serverFacts(
  { url, username }: IceUrlWithSecret,
  check: IceCheck | undefined,
  attempts: readonly Attempt[],
): ServerFacts {
  const errors = attempts.flatMap((attempt) => attempt.errors);
  return {
    url,
    kind: /^turn/i.test(url) ? 'turn' : 'stun',
    expiresAtMs: expiryOf(username),
    check,
    error: errors.findLast((error) => wholeUrl(error.url) === wholeUrl(url))?.code,
  };
}

/** A TURN server with a shared secret takes user names that begin with their end: Unix time in seconds, then a colon. */
function expiryOf(username = ''): number | undefined {
  const seconds = /^(\d{9,11})(?=:|$)/.exec(username)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** RFC 7064 and 7065: what a URL may leave out, browsers name in their errors. */
function wholeUrl(url: string): string {
  const {
    scheme = '',
    host = '',
    query = '',
  } = /^(?<scheme>\w+):(?<host>[^?]*)(?<query>.*)$/.exec(url.toLowerCase())?.groups ?? {};
  const isSecure = scheme.endsWith('s');
  const place = /:\d+$/.test(host) ? host : `${host}:${isSecure ? 5349 : 3478}`;
  const transport =
    scheme.startsWith('turn') && query === '' ? `?transport=${isSecure ? 'tcp' : 'udp'}` : query;
  return `${scheme}:${place}${transport}`;
}
