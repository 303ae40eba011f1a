import {
  CLIENT_DEAD_MS,
  CLIENT_PING_MS,
  parseServerMessage,
  type ClientMessage,
  type ErrorCode,
  type ErrorMessage,
  type IceServer,
  type Roster,
  type Welcome,
} from '../../signaling/protocol.ts';

/** An open socket and a welcome must come within this, in ms: a captive portal or a dead proxy answers never. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** First and longest upper bound of the pause before a new attempt, in ms; the pause is uniform below it. */
export const RETRY_MIN_MS = 1_000;
export const RETRY_MAX_MS = 60_000;
/** A connection that held this long, in ms, was a good one: the next loss starts at RETRY_MIN_MS again. */
export const STABLE_MS = 30_000;
/** A longer silence between ticks, in ms, means that this machine slept, and says nothing about the server. */
export const MAX_TICK_GAP_MS = 10_000;

/** Of WebSocket, what the client uses: a worker's, a page's and `ws`'s all have it. */
export interface Socket {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}
export type SocketConstructor = new (url: string) => Socket;

/**
 * How this node stands with the server. `atMs` is when it tries again by itself, on the clock of `tick`.
 * `refused` means that the server said why it won't have this node in the room; `members` counts this node too.
 */
export type SignalingState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly id: string; readonly members: number }
  | { readonly kind: 'retrying'; readonly atMs: number }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string; readonly atMs: number }
  | { readonly kind: 'stopped' };

export interface SignalingClientOptions {
  /** `ws:` or `wss:` URL of the server's SIGNAL_PATH. */
  readonly url: string;
  readonly roomId: string;
  readonly webSocket: SocketConstructor;
  /** Uniform in [0, 1): spreads the reconnects of a whole room after the server comes back. */
  readonly rng: () => number;
  readonly onState: (state: SignalingState) => void;
  /** After `onState` with the new id. Also after every reconnect: ids and roster are new then. */
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onRoster: (roster: Roster) => void;
  readonly onSignal: (from: string, payload: string) => void;
  readonly onUnreachable: (to: string) => void;
  /** ICE servers for new connections from now on. */
  readonly onIceServers: (iceServers: readonly IceServer[]) => void;
}

export interface SignalingClient {
  readonly state: SignalingState;
  /** Connects. Nothing if already started. */
  start(nowMs: number): void;
  /** Does what is due. Call every 250 ms to 1 s, on the same clock as `start`. */
  tick(nowMs: number): void;
  /** Sends a sealed payload. False if there is no connection: the peers may relay it instead. */
  send(to: string, payload: string): boolean;
  /** Asks for another roster. False if there is no connection. */
  askRoster(): boolean;
  /** For `online`, `visibilitychange` and the like: tries at once, or makes sure that the connection still lives. */
  retryNow(nowMs: number): void;
  /** Leaves the room. `start` may follow. */
  stop(): void;
}

/** Keeps one node joined to one room on the server, for as long as it is not stopped. Has no timer of its own. */
export function createSignalingClient(options: SignalingClientOptions): SignalingClient {
  let state: SignalingState = { kind: 'stopped' };
  let socket: Socket | undefined;
  /** Time of the last tick, in ms: when the events between two ticks are said to happen. */
  let nowMs = 0;
  /** When the connection is given up unless something is heard. */
  let deadlineMs = 0;
  let nextPingMs = 0;
  let welcomedMs = 0;
  /** Attempts since the last connection that held. */
  let failures = 0;
  let refusal: ErrorMessage | undefined;
  /** The pause that the server asked for when it ended the connection, in ms. */
  let askedPauseMs: number | undefined;

  function enter(next: SignalingState): void {
    state = next;
    options.onState(next);
  }

  function connect(): void {
    refusal = undefined;
    askedPauseMs = undefined;
    deadlineMs = nowMs + CONNECT_TIMEOUT_MS;
    let current: Socket;
    try {
      current = new options.webSocket(options.url);
    } catch {
      // A page's policy may forbid the URL; an address that becomes valid later is not worth a crash.
      lose();
      return;
    }
    socket = current;
    enter({ kind: 'connecting' });
    // A socket that was given up may still speak: only the current one is listened to.
    current.addEventListener('open', () => {
      if (socket === current) write({ type: 'join', room: options.roomId });
    });
    current.addEventListener('message', ({ data }) => {
      if (socket === current && typeof data === 'string') receive(data);
    });
    current.addEventListener('close', () => {
      if (socket === current) lose();
    });
    // `close` always follows; without a listener `ws` would throw.
    current.addEventListener('error', () => undefined);
  }

  function drop(): void {
    const dropped = socket;
    socket = undefined;
    dropped?.close(1000);
  }

  /** The connection is gone or given up: says when the next attempt is. */
  function lose(): void {
    if (state.kind === 'connected' && nowMs - welcomedMs >= STABLE_MS) failures = 0;
    drop();
    const boundMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** failures);
    failures += 1;
    const atMs = nowMs + Math.round(askedPauseMs ?? ownPauseMs(boundMs));
    if (refusal === undefined) enter({ kind: 'retrying', atMs });
    else enter({ kind: 'refused', code: refusal.code, message: refusal.message, atMs });
  }

  function ownPauseMs(boundMs: number): number {
    // A refusal won't change in a second, so it waits for the longest pause, jittered over its second half.
    return refusal === undefined ? options.rng() * boundMs : RETRY_MAX_MS * (1 + options.rng()) * 0.5;
  }

  function write(message: ClientMessage): void {
    socket?.send(JSON.stringify(message));
  }

  function receive(text: string): void {
    const message = parseServerMessage(text);
    if (message === undefined) return;
    if (state.kind === 'connected') deadlineMs = nowMs + CLIENT_DEAD_MS;
    switch (message.type) {
      case 'welcome':
        if (state.kind !== 'connecting') return;
        welcomedMs = nowMs;
        deadlineMs = nowMs + CLIENT_DEAD_MS;
        nextPingMs = nowMs + CLIENT_PING_MS;
        enter({ kind: 'connected', id: message.id, members: message.members });
        options.onWelcome(message);
        return;
      case 'roster':
        if (state.kind !== 'connected') return;
        enter({ kind: 'connected', id: state.id, members: message.members });
        options.onRoster(message);
        return;
      case 'signal':
        if (state.kind === 'connected') options.onSignal(message.from, message.payload);
        return;
      case 'unreachable':
        if (state.kind === 'connected') options.onUnreachable(message.to);
        return;
      case 'ice-servers':
        if (state.kind === 'connected') options.onIceServers(message.iceServers);
        return;
      case 'error':
        askedPauseMs = message.retryMs;
        // Before the welcome it is the answer to `join`; after it, a close follows or one message was lost.
        if (state.kind === 'connecting' && isRefusal(message.code)) {
          refusal = message;
          lose();
        }
        return;
      case 'pong':
        return;
      default:
        message satisfies never;
    }
  }

  /** Takes the new time; after a sleep or a set clock everyone gets a fresh deadline before being judged. */
  function advance(newMs: number): void {
    const gapMs = newMs - nowMs;
    nowMs = newMs;
    if (gapMs >= 0 && gapMs <= MAX_TICK_GAP_MS) return;
    if (state.kind === 'connecting') deadlineMs = nowMs + CONNECT_TIMEOUT_MS;
    if (state.kind === 'connected') probe();
  }

  /** Asks for a sign of life now, and gives it the time of a connect. */
  function probe(): void {
    write({ type: 'ping' });
    nextPingMs = nowMs + CLIENT_PING_MS;
    deadlineMs = nowMs + CONNECT_TIMEOUT_MS;
  }

  return {
    get state() {
      return state;
    },
    start(startMs) {
      if (state.kind !== 'stopped') return;
      nowMs = startMs;
      failures = 0;
      connect();
    },
    tick(tickMs) {
      advance(tickMs);
      switch (state.kind) {
        case 'connecting':
          if (nowMs >= deadlineMs) lose();
          return;
        case 'connected':
          if (nowMs >= deadlineMs) lose();
          else if (nowMs >= nextPingMs) {
            nextPingMs = nowMs + CLIENT_PING_MS;
            write({ type: 'ping' });
          }
          return;
        case 'retrying':
        case 'refused':
          // Further off than the longest pause: the clock was set back.
          if (nowMs >= state.atMs || nowMs < state.atMs - RETRY_MAX_MS) connect();
          return;
        case 'stopped':
          return;
        default:
          state satisfies never;
      }
    },
    send(to, payload) {
      if (state.kind !== 'connected') return false;
      write({ type: 'signal', to, payload });
      return true;
    },
    askRoster() {
      if (state.kind !== 'connected') return false;
      write({ type: 'roster' });
      return true;
    },
    retryNow(retryMs) {
      advance(retryMs);
      if (state.kind === 'retrying' || state.kind === 'refused') connect();
      else if (state.kind === 'connected') probe();
    },
    stop() {
      if (state.kind === 'stopped') return;
      drop();
      enter({ kind: 'stopped' });
    },
  };
}

/** What the server says to a `join` that it will not take: full, too often, or in a language that it doesn't speak. */
function isRefusal(code: ErrorCode): boolean {
  return code === 'room-full' || code === 'too-many-rooms' || code === 'join-rate' || code === 'bad-message';
}
