/**
 * In the signaling server's place: knows who is in the room by ids of its own,
 * names at most 16 of them at random, and carries the signals of a dial. It
 * may be dead.
 */
import type { Endpoint } from './endpoint.ts';
import type { SeededRandom } from './seeded-random.ts';

/** As many as the real one names (signaling/). */
const ROSTER_SIZE = 16;

export interface Roster {
  readonly peerIds: readonly string[];
  /** Members of the room, the asker included. */
  readonly members: number;
}

export class SignalingStandIn {
  isUp = true;
  readonly #random: SeededRandom;
  readonly #byId = new Map<string, Endpoint>();
  readonly #ids = new Map<Endpoint, string>();
  /** The same ids, to be drawn from. */
  readonly #list: string[] = [];
  #joined = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** A fresh id for each connection to the server, as the real one gives. */
  join(endpoint: Endpoint): void {
    this.leave(endpoint);
    const id = `${endpoint.name}/${++this.#joined}`;
    this.#byId.set(id, endpoint);
    this.#ids.set(endpoint, id);
    this.#list.push(id);
  }

  leave(endpoint: Endpoint): void {
    const id = this.#ids.get(endpoint);
    if (id === undefined) return;
    this.#byId.delete(id);
    this.#ids.delete(endpoint);
    const at = this.#list.indexOf(id);
    this.#list[at] = this.#list[this.#list.length - 1] as string;
    this.#list.pop();
  }

  idOf(endpoint: Endpoint): string | undefined {
    return this.#ids.get(endpoint);
  }

  find(id: string): Endpoint | undefined {
    return this.#byId.get(id);
  }

  /** undefined: the asker is not connected to the server. */
  roster(to: Endpoint): Roster | undefined {
    const own = this.#ids.get(to);
    if (!this.isUp || own === undefined) return undefined;
    const members = this.#list.length;
    const peerIds = new Set<string>();
    const wanted = Math.min(ROSTER_SIZE, members - 1);
    while (peerIds.size < wanted) {
      const id = this.#list[Math.floor(this.#random.next() * members)] as string;
      if (id !== own) peerIds.add(id);
    }
    return { peerIds: [...peerIds], members };
  }
}
