import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Why something was refused or someone put out: the label `reason` of one counter. */
export const REFUSALS = [
  // Connections whose request never came whole, or was none.
  'half-open',
  'bad-request',
  'address-connections',
  // Files of the page.
  'too-many-files',
  // At the WebSocket handshake, as an HTTP status.
  'unknown-path',
  'stopping',
  'server-full',
  'origin',
  'address-full',
  // At the join.
  'room-full',
  'too-many-rooms',
  'join-rate',
  // Messages.
  'bad-message',
  'not-joined',
  'already-joined',
  'rate-limit',
  'unreachable',
  // Frames.
  'too-big',
  'fragments',
  'bad-frame',
  // Readers, and who says nothing.
  'slow-reader',
  'silent',
  'never-joined',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What one server counts. No label tells who or where: only how often. */
export interface Metrics {
  readonly registry: Registry;
  joined(): void;
  /** A payload of that many base64 characters was passed on to a member of this instance. */
  relayed(payloadBytes: number): void;
  refused(reason: Refusal): void;
  /** Asked at each scrape. */
  watch(counts: { sockets(): number; rooms(): number; isClusterUp?: (() => boolean) | undefined }): void;
}

/** A registry of its own, so that two servers in one process don't add up. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const joins = new Counter({ name: 'tabchain_joins_total', help: 'Nodes that joined a room.', registers });
  const messages = new Counter({
    name: 'tabchain_relayed_messages_total',
    help: 'Sealed payloads handed to a member of this instance.',
    registers,
  });
  const bytes = new Counter({
    name: 'tabchain_relayed_bytes_total',
    help: 'Their sizes, in base64 characters.',
    registers,
  });
  const refusals = new Counter({
    name: 'tabchain_refusals_total',
    help: 'Connections, joins and messages that were refused, by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  // A series that appears with its first increment has no rate: all begin at 0.
  for (const reason of REFUSALS) refusals.inc({ reason }, 0);
  return {
    registry,
    joined: () => joins.inc(),
    relayed(payloadBytes) {
      messages.inc();
      bytes.inc(payloadBytes);
    },
    refused: (reason) => refusals.inc({ reason }),
    watch({ sockets, rooms, isClusterUp }) {
      gauge('tabchain_sockets', 'Open WebSockets.', sockets);
      gauge('tabchain_rooms', 'Rooms with a member on this instance.', rooms);
      if (isClusterUp === undefined) return;
      gauge('tabchain_redis_up', '1 if the other instances can be reached.', () => Number(isClusterUp()));
    },
  };

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}

/** Adds what Node.js tells of the whole process: event-loop lag, memory, garbage collection. Once a process. */
export function watchProcess({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry });
}
