import { WebSocket } from 'ws';
import { ROOM_SIZE, type Dialect, type Message } from './dialects.ts';

export interface Client {
  readonly socket: WebSocket;
  readonly address: string;
  onPayload: ((payload: string) => void) | undefined;
}

/** Opens sockets and joins with them, `atOnce` at a time. */
export async function joinAll(
  dialect: Dialect,
  origins: readonly string[],
  count: number,
  atOnce: number,
): Promise<Client[]> {
  const clients: Client[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        const n = next++;
        clients[n] = await join(dialect, origins[n % origins.length] ?? '', n);
      }
    }),
  );
  return clients;
}

function join(dialect: Dialect, origin: string, n: number): Promise<Client> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(dialect.url(origin, n), { perMessageDeflate: false });
    let client: Client | undefined;
    socket.on('error', reject);
    socket.on('open', () => {
      for (const message of dialect.hello(n)) socket.send(JSON.stringify(message));
    });
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message;
      if (client === undefined) {
        const address = dialect.joined(message, n);
        if (address === undefined) return;
        client = { socket, address, onPayload: undefined };
        resolve(client);
        return;
      }
      const payload = dialect.received(message);
      if (payload !== undefined) client.onPayload?.(payload);
    });
  });
}

export interface RelayResult {
  /** Payloads sent, and of these arrived, a second. */
  readonly sentPerSecond: number;
  readonly receivedPerSecond: number;
  /** From `send` to `message`, in ms, each payload's. */
  readonly timesMs: readonly number[];
}

/**
 * Each client sends to its neighbour, `perSecond` in all, on a schedule that does not wait for the server: a server
 * that falls behind shows it. A message that is sent late by this process counts from when it was due.
 */
export async function relay(
  dialect: Dialect,
  clients: readonly Client[],
  perSecond: number,
  durationMs: number,
  payloadChars: number,
): Promise<RelayResult> {
  const timesMs: number[] = [];
  for (const client of clients) {
    client.onPayload = (payload) => timesMs.push(performance.now() - Number(payload.slice(0, 16)));
  }
  const filling = 'A'.repeat(payloadChars - 16);
  const total = (perSecond * durationMs) / 1000;
  const startedMs = performance.now();
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, ((performance.now() - startedMs) / 1000) * perSecond);
    for (; sent < due; sent += 1) {
      const dueMs = startedMs + (sent / perSecond) * 1000;
      const from = clients[sent % clients.length];
      const to = clients[neighbourOf(sent % clients.length, clients.length)];
      if (from === undefined || to === undefined) throw new Error('There are no clients.');
      // A number of 16 digits is valid base64 once its point is a digit's: the server looks at its characters.
      const payload = dueMs.toFixed(0).padStart(16, '0') + filling;
      from.socket.send(JSON.stringify(dialect.relay(to.address, payload)));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const sentMs = performance.now() - startedMs;
  // What is under way still counts, for a moment.
  for (let waited = 0; timesMs.length < sent && waited < 20; waited += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const lastMs = timesMs.length < sent ? performance.now() - startedMs : sentMs;
  return {
    sentPerSecond: (sent / sentMs) * 1000,
    receivedPerSecond: (timesMs.length / lastMs) * 1000,
    timesMs,
  };
}

/** The next client of the same room, around; which with several instances is one of another instance. */
function neighbourOf(n: number, count: number): number {
  const first = n - (n % ROOM_SIZE);
  return first + ((n - first + 1) % Math.min(ROOM_SIZE, count - first));
}

export function closeAll(clients: readonly Client[]): void {
  for (const { socket } of clients) socket.terminate();
}
