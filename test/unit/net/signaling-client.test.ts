import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  CLIENT_DEAD_MS,
  CLIENT_PING_MS,
  ERROR_MESSAGES,
  parseClientMessage,
  type ErrorCode,
} from '../../../signaling/protocol.ts';
import {
  CONNECT_TIMEOUT_MS,
  createSignalingClient,
  RETRY_MAX_MS,
  RETRY_MIN_MS,
  STABLE_MS,
  type SignalingClient,
  type SignalingState,
  type Socket,
} from '../../../web/net/signaling-client.ts';

const ROOM_ID = '00112233445566778899aabbccddeeff';
const ID = '0123456789abcdef';
const PEER = 'fedcba9876543210';
/** Any time that is not zero: nothing may depend on where the clock starts. */
const START_MS = 1_000_000;
const TICK_MS = 500;

/** The browser's half of a socket, played by the test. */
class FakeSocket implements Socket {
  static all: FakeSocket[] = [];
  readonly url: string;
  readonly sent: string[] = [];
  closed = false;
  readonly #listeners = new Map<string, ((event: { data: unknown }) => void)[]>();

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  send(data: string): void {
    this.sent.push(data);
  }

  close(): void {
    this.closed = true;
  }

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  emit(type: 'open' | 'close' | 'error' | 'message', data?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }

  receive(message: object): void {
    this.emit('message', JSON.stringify(message));
  }

  welcome(): void {
    this.emit('open');
    this.receive({ type: 'welcome', id: ID, peers: [PEER], members: 2, iceServers: [] });
  }
}

let client: SignalingClient;
let states: SignalingState[];
let events: unknown[][];
let nowMs: number;
let chance: number;

function latest(): FakeSocket {
  const socket = FakeSocket.all.at(-1);
  if (socket === undefined) throw new Error('no socket yet');
  return socket;
}

/** Ticks until `ms` have passed, as an engine does. */
function pass(ms: number): void {
  const endMs = nowMs + ms;
  while (nowMs < endMs) {
    nowMs = Math.min(nowMs + TICK_MS, endMs);
    client.tick(nowMs);
  }
}

function pauseMs(): number {
  const { state } = client;
  if (state.kind !== 'retrying' && state.kind !== 'refused') throw new Error(`is ${state.kind}`);
  return state.atMs - nowMs;
}

function typesSent(socket: FakeSocket): unknown[] {
  return socket.sent.map((text) => parseClientMessage(text)?.type);
}

beforeEach(() => {
  FakeSocket.all = [];
  states = [];
  events = [];
  nowMs = START_MS;
  chance = 0.5;
  client = createSignalingClient({
    url: 'ws://localhost:8080/signal',
    roomId: ROOM_ID,
    webSocket: FakeSocket,
    rng: () => chance,
    onState: (state) => states.push(state),
    onWelcome: ({ id, peers }) => events.push(['welcome', id, peers, client.state.kind]),
    onRoster: ({ peers, members }) => events.push(['roster', peers, members]),
    onSignal: (from, payload) => events.push(['signal', from, payload]),
    onUnreachable: (to) => events.push(['unreachable', to]),
    onIceServers: (iceServers) => events.push(['ice-servers', ...iceServers]),
  });
});

describe('joining', () => {
  test('is one join on one socket, and a welcome', () => {
    expect(client.state).toEqual({ kind: 'stopped' });
    client.start(nowMs);
    client.start(nowMs);
    expect(FakeSocket.all.map(({ url }) => url)).toEqual(['ws://localhost:8080/signal']);
    expect(latest().sent).toEqual([]);
    latest().welcome();
    expect(latest().sent.map(parseClientMessage)).toEqual([{ type: 'join', room: ROOM_ID }]);
    expect(states).toEqual([{ kind: 'connecting' }, { kind: 'connected', id: ID, members: 2 }]);
    expect(events).toEqual([['welcome', ID, [PEER], 'connected']]);
  });

  test('then everything is passed on, and garbage is not', () => {
    client.start(nowMs);
    latest().welcome();
    events.length = 0;
    for (const garbage of ['', 'null', '{"type":"signal"}', new ArrayBuffer(4)])
      latest().emit('message', garbage);
    latest().receive({ type: 'signal', from: PEER, payload: 'AAAA' });
    latest().receive({ type: 'unreachable', to: PEER });
    latest().receive({ type: 'roster', peers: [], members: 1 });
    latest().receive({ type: 'ice-servers', iceServers: [{ urls: ['stun:a'] }] });
    latest().receive({ type: 'welcome', id: PEER, peers: [], members: 1, iceServers: [] });
    expect(events).toEqual([
      ['signal', PEER, 'AAAA'],
      ['unreachable', PEER],
      ['roster', [], 1],
      ['ice-servers', { urls: ['stun:a'] }],
    ]);
    expect(client.state).toEqual({ kind: 'connected', id: ID, members: 1 });
  });

  test('sends only while connected', () => {
    expect([client.send(PEER, 'AAAA'), client.askRoster()]).toEqual([false, false]);
    client.start(nowMs);
    expect([client.send(PEER, 'AAAA'), client.askRoster()]).toEqual([false, false]);
    latest().welcome();
    expect([client.send(PEER, 'AAAA'), client.askRoster()]).toEqual([true, true]);
    expect(latest().sent.slice(1).map(parseClientMessage)).toEqual([
      { type: 'signal', to: PEER, payload: 'AAAA' },
      { type: 'roster' },
    ]);
    latest().emit('close');
    expect([client.send(PEER, 'AAAA'), client.askRoster()]).toEqual([false, false]);
  });
});

describe('trying again', () => {
  test('after growing pauses, up to a minute', () => {
    chance = 1 - Number.EPSILON;
    client.start(nowMs);
    const pauses: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      latest().emit('error');
      latest().emit('close');
      pauses.push(pauseMs());
      pass(pauseMs());
      expect(client.state.kind).toBe('connecting');
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
    expect(FakeSocket.all).toHaveLength(10);
  });

  test('not before the pause is over, which chance spreads down to nothing', () => {
    client.start(nowMs);
    latest().emit('close');
    expect(pauseMs()).toBe(RETRY_MIN_MS / 2);
    pass(RETRY_MIN_MS / 2 - 1);
    expect(FakeSocket.all).toHaveLength(1);
    pass(1);
    expect(FakeSocket.all).toHaveLength(2);
    chance = 0;
    latest().emit('close');
    expect(pauseMs()).toBe(0);
  });

  test('starts small again after a connection that held, and only then', () => {
    client.start(nowMs);
    for (let i = 0; i < 5; i += 1) {
      latest().emit('close');
      pass(pauseMs());
    }
    latest().welcome();
    latest().emit('close');
    expect(pauseMs()).toBe(16_000);
    pass(pauseMs());
    latest().welcome();
    pass(STABLE_MS);
    latest().emit('close');
    expect(pauseMs()).toBe(RETRY_MIN_MS / 2);
  });

  test('when nothing answers, and when only the socket does', () => {
    client.start(nowMs);
    pass(CONNECT_TIMEOUT_MS - 1);
    expect(client.state.kind).toBe('connecting');
    pass(1);
    expect(client.state.kind).toBe('retrying');
    expect(latest().closed).toBe(true);
    pass(pauseMs());
    latest().emit('open');
    pass(CONNECT_TIMEOUT_MS);
    expect(client.state.kind).toBe('retrying');
  });

  test('does not listen to a socket that it gave up', () => {
    client.start(nowMs);
    const old = latest();
    pass(CONNECT_TIMEOUT_MS);
    pass(pauseMs());
    old.welcome();
    old.emit('close');
    expect(client.state.kind).toBe('connecting');
    expect(old.sent).toEqual([]);
    latest().welcome();
    expect(client.state.kind).toBe('connected');
  });

  test('after the pause that a stopping server asks for, once', () => {
    client.start(nowMs);
    latest().welcome();
    latest().receive({
      type: 'error',
      code: 'shutting-down',
      message: ERROR_MESSAGES['shutting-down'],
      retryMs: 7_000,
    });
    expect(client.state.kind).toBe('connected');
    latest().emit('close');
    expect(client.state.kind).toBe('retrying');
    expect(pauseMs()).toBe(7_000);
    pass(7_000);
    expect(FakeSocket.all).toHaveLength(2);
    // It is not back yet: from here on the pauses are our own.
    latest().emit('close');
    expect(pauseMs()).toBe(RETRY_MIN_MS);
  });

  test('at once when asked to', () => {
    client.start(nowMs);
    latest().emit('close');
    client.retryNow(nowMs);
    expect(client.state.kind).toBe('connecting');
    client.retryNow(nowMs);
    expect(FakeSocket.all).toHaveLength(2);
  });

  test('although the constructor throws', () => {
    const refused = createSignalingClient({
      url: 'ws://localhost:8080/signal',
      roomId: ROOM_ID,
      webSocket: class extends FakeSocket {
        constructor(url: string) {
          super(url);
          throw new DOMException('blocked by policy', 'SecurityError');
        }
      },
      rng: () => chance,
      onState: () => undefined,
      onWelcome: () => undefined,
      onRoster: () => undefined,
      onSignal: () => undefined,
      onUnreachable: () => undefined,
      onIceServers: () => undefined,
    });
    refused.start(nowMs);
    expect(refused.state.kind).toBe('retrying');
  });

  test('although the clock was set back', () => {
    client.start(nowMs);
    latest().emit('close');
    nowMs -= 24 * 3_600_000;
    client.tick(nowMs);
    expect(client.state.kind).toBe('connecting');
  });
});

describe('a refusal', () => {
  const refuse = (code: ErrorCode) => {
    latest().receive({ type: 'error', code, message: ERROR_MESSAGES[code] });
  };

  test.each(['room-full', 'bad-message'] as const)('%s is said, and tried again much later', (code) => {
    client.start(nowMs);
    latest().emit('open');
    refuse(code);
    latest().emit('close');
    expect(client.state).toMatchObject({ kind: 'refused', code, message: ERROR_MESSAGES[code] });
    expect(pauseMs()).toBe(0.75 * RETRY_MAX_MS);
    expect(latest().closed).toBe(true);
    pass(pauseMs());
    latest().welcome();
    expect(client.state.kind).toBe('connected');
  });

  test('of one message does not cost the connection', () => {
    client.start(nowMs);
    latest().welcome();
    refuse('bad-message');
    expect(client.state.kind).toBe('connected');
  });

  test('to go on is an ordinary loss', () => {
    client.start(nowMs);
    latest().welcome();
    refuse('shutting-down');
    latest().emit('close');
    expect(client.state.kind).toBe('retrying');
  });
});

describe('a silent connection', () => {
  beforeEach(() => {
    client.start(nowMs);
    latest().welcome();
  });

  test('is asked for life', () => {
    pass(CLIENT_PING_MS - 1);
    expect(typesSent(latest())).toEqual(['join']);
    pass(1);
    expect(typesSent(latest())).toEqual(['join', 'ping']);
    pass(CLIENT_PING_MS);
    expect(typesSent(latest())).toEqual(['join', 'ping', 'ping']);
  });

  test('lives as long as anything is heard', () => {
    for (let i = 0; i < 10; i += 1) {
      pass(CLIENT_DEAD_MS - 1);
      latest().receive({ type: 'pong' });
    }
    expect(client.state.kind).toBe('connected');
  });

  test('is dead after its time', () => {
    pass(CLIENT_DEAD_MS - 1);
    expect(client.state.kind).toBe('connected');
    pass(1);
    expect(client.state.kind).toBe('retrying');
    expect(latest().closed).toBe(true);
  });

  test('is not judged for the time that this machine slept, but asked', () => {
    nowMs += 3_600_000;
    client.tick(nowMs);
    expect(client.state.kind).toBe('connected');
    expect(typesSent(latest())).toEqual(['join', 'ping']);
    pass(CONNECT_TIMEOUT_MS);
    expect(client.state.kind).toBe('retrying');
  });

  test('is asked at once when the network came back, and lives if it answers', () => {
    client.retryNow(nowMs);
    expect(typesSent(latest())).toEqual(['join', 'ping']);
    latest().receive({ type: 'pong' });
    pass(CONNECT_TIMEOUT_MS);
    expect(client.state.kind).toBe('connected');
  });
});

describe('stopping', () => {
  test('leaves, for good', () => {
    client.start(nowMs);
    latest().welcome();
    client.stop();
    client.stop();
    expect(latest().closed).toBe(true);
    latest().emit('close');
    pass(10 * RETRY_MAX_MS);
    client.retryNow(nowMs);
    expect(FakeSocket.all).toHaveLength(1);
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'connected', 'stopped']);
  });

  test('until it is started again', () => {
    client.start(nowMs);
    client.stop();
    client.start(nowMs);
    latest().welcome();
    expect(client.state.kind).toBe('connected');
  });
});

test('whatever happens, in any order, it ends up connected once the server answers', () => {
  const happening = fc.oneof(
    fc.constantFrom('open', 'close', 'error', 'welcome', 'retry', 'stop', 'start', 'full'),
    fc.string(),
    fc.integer({ min: -100_000, max: 100_000 }),
  );
  fc.assert(
    fc.property(fc.array(happening), (happenings) => {
      client.stop();
      client.start(nowMs);
      for (const what of happenings) {
        if (typeof what === 'number') {
          nowMs += what;
          client.tick(nowMs);
        } else if (what === 'open' || what === 'close' || what === 'error') latest().emit(what);
        else if (what === 'welcome') latest().welcome();
        else if (what === 'full') latest().receive({ type: 'error', code: 'room-full', message: 'full' });
        else if (what === 'retry') client.retryNow(nowMs);
        else if (what === 'stop') client.stop();
        else if (what === 'start') client.start(nowMs);
        else latest().emit('message', what);
      }
      client.start(nowMs);
      const lastRetryMs = nowMs + 2 * RETRY_MAX_MS;
      while (client.state.kind !== 'connecting' && client.state.kind !== 'connected') {
        expect(nowMs).toBeLessThan(lastRetryMs);
        pass(TICK_MS);
      }
      latest().welcome();
      expect(client.state.kind).toBe('connected');
    }),
  );
});
