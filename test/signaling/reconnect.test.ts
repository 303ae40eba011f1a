import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { SIGNAL_PATH, type Roster, type Welcome } from '../../signaling/protocol.ts';
import { startServer, type RunningServer } from '../../signaling/server.ts';
import {
  createSignalingClient,
  type SignalingClient,
  type SignalingState,
} from '../../web/net/signaling-client.ts';

const ROOM_ID = '00112233445566778899aabbccddeeff';
const WAIT = { timeout: 10_000, interval: 10 };
vi.setConfig({ testTimeout: 3 * WAIT.timeout });

interface Node {
  readonly client: SignalingClient;
  readonly states: SignalingState[];
  readonly welcomes: Welcome[];
  readonly rosters: Roster[];
  readonly signals: { from: string; payload: string }[];
  readonly unreachable: string[];
}

const clients: SignalingClient[] = [];
let server: RunningServer | undefined;
/** The clients' time, in ms. Runs a second ahead at each look, so that nobody waits for a retry. */
let nowMs = 0;

async function start(port = 0): Promise<RunningServer> {
  server = await startServer({ port, host: '127.0.0.1', pageDir: 'no-such-folder', iceServers: [] });
  return server;
}

function createNode(port: number): Node {
  const states: SignalingState[] = [];
  const welcomes: Welcome[] = [];
  const rosters: Roster[] = [];
  const signals: { from: string; payload: string }[] = [];
  const unreachable: string[] = [];
  const client = createSignalingClient({
    url: `ws://127.0.0.1:${port}${SIGNAL_PATH}`,
    roomId: ROOM_ID,
    webSocket: WebSocket,
    rng: Math.random,
    onState: (state) => states.push(state),
    onWelcome: (welcome) => welcomes.push(welcome),
    onRoster: (roster) => rosters.push(roster),
    onSignal: (from, payload) => signals.push({ from, payload }),
    onUnreachable: (to) => unreachable.push(to),
    onIceServers: () => undefined,
  });
  clients.push(client);
  client.start(nowMs);
  return { client, states, welcomes, rosters, signals, unreachable };
}

function until(condition: () => boolean): Promise<unknown> {
  return vi.waitUntil(() => {
    // Connecting has a deadline on this clock, and the network does not keep to it.
    if (clients.every(({ state }) => state.kind !== 'connecting')) nowMs += 1_000;
    for (const client of clients) client.tick(nowMs);
    return condition();
  }, WAIT);
}

function idOf({ client }: Node): string {
  if (client.state.kind !== 'connected') throw new Error(`is ${client.state.kind}`);
  return client.state.id;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.stop();
  await server?.close();
});

test('two nodes meet and speak', async () => {
  const { port } = await start();
  const a = createNode(port);
  await until(() => a.client.state.kind === 'connected');
  const b = createNode(port);
  await until(() => b.client.state.kind === 'connected');
  expect(b.welcomes).toMatchObject([{ peers: [idOf(a)], members: 2 }]);

  expect(b.client.send(idOf(a), 'c2VhbGVk')).toBe(true);
  await until(() => a.signals.length > 0);
  expect(a.signals).toEqual([{ from: idOf(b), payload: 'c2VhbGVk' }]);

  expect(a.client.askRoster()).toBe(true);
  await until(() => a.rosters.length > 0);
  expect(a.rosters).toMatchObject([{ peers: [idOf(b)], members: 2 }]);
  expect(a.client.state).toMatchObject({ members: 2 });

  const gone = idOf(b);
  b.client.stop();
  await until(() => {
    a.client.send(gone, 'c2VhbGVk');
    return a.unreachable.length > 0;
  });
  expect(a.unreachable).toContain(gone);
});

test('the room is complete again after the server was away', async () => {
  const { port } = await start();
  const nodes = [createNode(port), createNode(port), createNode(port)];
  const allConnected = () => nodes.every(({ client }) => client.state.kind === 'connected');
  await until(allConnected);
  const oldIds = nodes.map(idOf);

  await server?.close();
  await until(() => nodes.every(({ client }) => client.state.kind === 'retrying'));
  // Attempts fail while it is away, and others follow.
  const losses = ({ states }: Node) => states.filter(({ kind }) => kind === 'retrying').length;
  await until(() => nodes.every((node) => losses(node) > 2));

  await start(port);
  await until(allConnected);
  expect(nodes.map(({ welcomes }) => welcomes.length)).toEqual([2, 2, 2]);
  for (const node of nodes) expect(oldIds).not.toContain(idOf(node));
  expect(Math.max(...nodes.map(({ welcomes }) => welcomes[1]?.members ?? 0))).toBe(3);
});
