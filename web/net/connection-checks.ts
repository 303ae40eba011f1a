/**
 * Asks each server, and the browser itself, on its own: throwaway connections that tell what works here when a link
 * does not come about. Runs on the page, loaded when somebody asks. Every check ends by itself and closes what it opened.
 */
import type { ServerMessage } from '../../signaling/protocol.ts';

/** For one check, in ms. A server on the other side of the world answers in 1 s, over TLS and a bad Wi-Fi in 3 s. */
export const CHECK_TIMEOUT_MS = 6_000;

/** One URL of an ICE server. */
export interface IceUrl {
  readonly url: string;
  readonly username?: string;
  readonly credential?: string;
}

/**
 * `no-answer`: silence until the time was over; `unauthorized`: it refused user name or credential (401, 403, 441);
 * `unreachable`: the browser could not reach it, or not find its name; `refused`: it answered with another error;
 * `no-network`: this browser has no address to ask from; `not-taken`: the browser won't use such a server.
 */
export type IceProblem =
  'no-answer' | 'unauthorized' | 'unreachable' | 'refused' | 'no-network' | 'not-taken';

export type IceCheck =
  | { readonly ok: true; readonly tookMs: number }
  /** `code`: RFC 8489 section 14.8, or 701 of W3C webrtc. */
  | { readonly ok: false; readonly problem: IceProblem; readonly code: number | undefined };

/** `blocked`: the browser opens no socket there; `no-answer`: no connection, or one that says nothing. */
export type SignalCheck =
  | { readonly ok: true; readonly roundTripMs: number }
  | { readonly ok: false; readonly problem: 'blocked' | 'no-answer' };

/** `blocked`: there is no WebRTC; `no-candidates`: it has no address; `no-link`: two ends in this page don't meet. */
export type LoopbackCheck = {
  /** Candidate lines of this browser alone, without any server. */
  readonly candidates: readonly string[];
} & (
  { readonly ok: true } | { readonly ok: false; readonly problem: 'blocked' | 'no-candidates' | 'no-link' }
);

/** Does the signaling server answer? One message there and back, in no room. */
export async function checkSignaling(url: string, timeoutMs = CHECK_TIMEOUT_MS): Promise<SignalCheck> {
  let socket: WebSocket;
  try {
    socket = new WebSocket(url);
  } catch {
    return { ok: false, problem: 'blocked' }; // a page's policy, or an address that is none
  }
  const answer = await within<SignalCheck>(timeoutMs, { ok: false, problem: 'no-answer' }, (done) => {
    let askedMs = 0;
    socket.onopen = () => {
      askedMs = performance.now();
      socket.send(JSON.stringify({ type: 'ping' }));
    };
    socket.onmessage = ({ data }) => {
      if (isPong(data)) done({ ok: true, roundTripMs: performance.now() - askedMs });
    };
    socket.onclose = () => done({ ok: false, problem: 'no-answer' });
  });
  socket.close();
  return answer;
}

/** Does this server give an address? A STUN server tells how the device is seen from outside, a TURN server lends one. */
export async function checkIceServer(server: IceUrl, timeoutMs = CHECK_TIMEOUT_MS): Promise<IceCheck> {
  const wanted = isTurn(server.url) ? 'relay' : 'srflx';
  let connection: RTCPeerConnection;
  try {
    connection = new RTCPeerConnection({
      iceServers: [{ ...server, urls: server.url }],
      iceTransportPolicy: wanted === 'relay' ? 'relay' : 'all',
    });
  } catch {
    return { ok: false, problem: 'not-taken', code: undefined };
  }
  const startedMs = performance.now();
  let code: number | undefined;
  let hasAddress = false;
  const failure = (silence: IceProblem): IceCheck => ({
    ok: false,
    problem: problemOf(code) ?? silence,
    code,
  });
  const works = (): IceCheck => ({ ok: true, tookMs: performance.now() - startedMs });
  const answer = await within<IceCheck | undefined>(timeoutMs, undefined, (done) => {
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.type === 'host') hasAddress = true;
      if (candidate?.type === wanted) done(works());
    });
    connection.addEventListener('icecandidateerror', ({ errorCode }) => {
      // Of two addresses of one server, the one that was reached says more than the one that was not.
      if (code === undefined || code === UNREACHABLE) code = errorCode;
    });
    whenGathered(connection, () => {
      // A device whose own address is the one that is seen from outside: browsers leave out what they have already.
      const isPlain = wanted === 'srflx' && hasAddress && code === undefined;
      done(isPlain ? works() : failure(wanted === 'relay' || hasAddress ? 'unreachable' : 'no-network'));
    });
    describe(connection).catch(() => done({ ok: false, problem: 'not-taken', code }));
  });
  connection.close();
  return answer ?? failure('no-answer');
}

/** Does WebRTC work in this browser at all? Two ends in this page, without any server. */
export async function checkLoopback(timeoutMs = CHECK_TIMEOUT_MS): Promise<LoopbackCheck> {
  let ends: readonly [RTCPeerConnection, RTCPeerConnection];
  try {
    ends = [new RTCPeerConnection(), new RTCPeerConnection()];
  } catch {
    return { ok: false, problem: 'blocked', candidates: [] };
  }
  const [left, right] = ends;
  const candidates: string[] = [];
  const linked = await within(timeoutMs, false, (done) => {
    const channel = left.createDataChannel('check', { negotiated: true, id: 0 });
    right.createDataChannel('check', { negotiated: true, id: 0 });
    channel.onopen = () => done(true);
    left.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.candidate) candidates.push(candidate.candidate);
    });
    introduce(left, right).catch(() => done(false));
  });
  left.close();
  right.close();
  if (linked) return { ok: true, candidates };
  return { ok: false, problem: candidates.length === 0 ? 'no-candidates' : 'no-link', candidates };
}

/** No server was reached: W3C webrtc, `icecandidateerror`. */
const UNREACHABLE = 701;

export function isTurn(url: string): boolean {
  return /^turns?:/i.test(url);
}

function problemOf(code: number | undefined): IceProblem | undefined {
  switch (code) {
    case undefined:
      return undefined;
    case UNREACHABLE:
      return 'unreachable';
    // Unauthorized, Forbidden, Wrong Credentials (RFC 8656 section 19).
    case 401:
    case 403:
    case 441:
      return 'unauthorized';
    default:
      return 'refused';
  }
}

/** Without the protocol's parser, which is the engine's: all that is asked of the answer is its type. */
function isPong(data: unknown): boolean {
  try {
    return (JSON.parse(String(data)) as ServerMessage | null)?.type === 'pong';
  } catch {
    return false; // whatever it is that answers there, it is no signaling server
  }
}

/** Makes it look for candidates. */
async function describe(connection: RTCPeerConnection): Promise<void> {
  connection.createDataChannel('check');
  await connection.setLocalDescription();
}

function whenGathered(connection: RTCPeerConnection, done: () => void): void {
  connection.addEventListener('icegatheringstatechange', () => {
    // Errors of the last moment are told right after it.
    if (connection.iceGatheringState === 'complete') setTimeout(done);
  });
}

async function introduce(left: RTCPeerConnection, right: RTCPeerConnection): Promise<void> {
  // Candidates wait until both descriptions are there.
  const early: (() => void)[] = [];
  let isReady = false;
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    from.addEventListener('icecandidate', ({ candidate }) => {
      if (!candidate) return;
      // The other end may be closed by now.
      const give = (): void => void to.addIceCandidate(candidate).catch(() => undefined);
      if (isReady) give();
      else early.push(give);
    });
  }
  await left.setLocalDescription();
  await right.setRemoteDescription(left.localDescription as RTCSessionDescription);
  await right.setLocalDescription();
  await left.setRemoteDescription(right.localDescription as RTCSessionDescription);
  isReady = true;
  for (const give of early) give();
}

/** What `start` says first, or `late` when the time is over. */
function within<T>(timeoutMs: number, late: T, start: (done: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(late), timeoutMs);
    start((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
