/** What went over the wire since the start, by message, and which rules were broken. */
import type { MessageName } from './messages.ts';
import type { PeerCode } from './penalties.ts';
import type { WireSnapshot } from './snapshot.ts';

interface Count {
  messages: number;
  bytes: number;
}

export class WireCounts {
  readonly #received: Partial<Record<MessageName, Count>> = {};
  readonly #sent: Partial<Record<MessageName, Count>> = {};
  readonly #refusals: Partial<Record<PeerCode, number>> = {};
  readonly #duplicates: Partial<Record<MessageName, number>> = {};

  received(name: MessageName, bytes: number): void {
    add(this.#received, name, bytes);
  }

  sent(name: MessageName, bytes: number): void {
    add(this.#sent, name, bytes);
  }

  refused(code: PeerCode): void {
    this.#refusals[code] = (this.#refusals[code] ?? 0) + 1;
  }

  /** A block in this form came, and was here before. */
  duplicate(name: 'block' | 'compactBlock'): void {
    this.#duplicates[name] = (this.#duplicates[name] ?? 0) + 1;
  }

  snapshot(banned: number): WireSnapshot {
    return {
      received: copyOf(this.#received),
      sent: copyOf(this.#sent),
      refusals: { ...this.#refusals },
      duplicates: { ...this.#duplicates },
      banned,
    };
  }
}

function add(counts: Partial<Record<MessageName, Count>>, name: MessageName, bytes: number): void {
  const count = (counts[name] ??= { messages: 0, bytes: 0 });
  count.messages++;
  count.bytes += bytes;
}

function copyOf(counts: Partial<Record<MessageName, Count>>): Record<string, Count> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, { ...count }]));
}
