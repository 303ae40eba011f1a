/**
 * Which peers to be linked with: dials whom the roster names up to the target,
 * accepts others up to the limit, and asks for a new roster, with jittered
 * backoff, while there are too few.
 */
import { BoundedSet } from './bounded.ts';
import type { Dialer, Rng } from './ports.ts';

export const TARGET_LINKS = 8;
export const MAX_LINKS = 12;
export const REDIAL_MIN_MS = 1_000;
export const REDIAL_MAX_MS = 60_000;
/** Roster ids that turned out to be peers we have, or that refused. */
const MAX_PASSED = 256;

export interface MeshEvents {
  /** Asks the signaling server for another roster. */
  askRoster(): void;
}

export type Admission = 'accept' | 'linked' | 'full';

export class Mesh {
  readonly #dialer: Dialer;
  readonly #rng: Rng;
  readonly #events: MeshEvents;
  readonly #dialling = new Set<string>();
  /** Signaling ids of the linked peers, by link. */
  readonly #linked = new Map<string, string>();
  readonly #passed = new BoundedSet<string>(MAX_PASSED);
  #members = 1;
  #attempt = 0;
  #askAtMs: number | undefined;

  constructor(dialer: Dialer, rng: Rng, events: MeshEvents) {
    this.#dialer = dialer;
    this.#rng = rng;
    this.#events = events;
  }

  get links(): number {
    return this.#linked.size;
  }

  /** `members`: nodes in the room, this one included. */
  onRoster(peerIds: readonly string[], members: number, nowMs: number): void {
    this.#members = members;
    this.#askAtMs = undefined;
    const linkedIds = new Set(this.#linked.values());
    for (const id of peerIds) {
      if (this.#linked.size + this.#dialling.size >= TARGET_LINKS) break;
      if (linkedIds.has(id) || this.#dialling.has(id) || this.#passed.has(id)) continue;
      this.#dialling.add(id);
      this.#dialer.dial(id);
    }
    this.#plan(nowMs);
  }

  /** May a peer that dials us come in? `isLinked`: is there a link to its key already? */
  admit(isLinked: boolean): Admission {
    if (isLinked) return 'linked';
    return this.#linked.size >= MAX_LINKS ? 'full' : 'accept';
  }

  onLinkOpen(linkId: string, peerId: string): void {
    this.#dialling.delete(peerId);
    this.#linked.set(linkId, peerId);
  }

  /** The handshake is through: the room works, so the next loss is mended quickly. */
  onReady(): void {
    this.#attempt = 0;
  }

  onLinkClosed(linkId: string, nowMs: number): void {
    this.#linked.delete(linkId);
    this.#plan(nowMs);
  }

  onDialFailed(peerId: string, reason: string, nowMs: number): void {
    this.#dialling.delete(peerId);
    // Those will answer the same next time; others may be reachable then.
    if (reason === 'linked' || reason === 'full') this.#passed.add(peerId);
    this.#plan(nowMs);
  }

  /** The device is back from sleep or offline: don't wait for the backoff. */
  hurry(nowMs: number): void {
    this.#attempt = 0;
    if (this.#isPoor()) this.#askAtMs = nowMs;
  }

  tick(nowMs: number): void {
    if (this.#askAtMs === undefined || nowMs < this.#askAtMs) return;
    this.#askAtMs = undefined;
    this.#attempt++;
    if (this.#isPoor()) this.#events.askRoster();
    this.#plan(nowMs);
  }

  #isPoor(): boolean {
    return this.#linked.size + this.#dialling.size < TARGET_LINKS;
  }

  /** Full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter"): tabs that lost one hub spread out. */
  #plan(nowMs: number): void {
    if (this.#askAtMs !== undefined || !this.#isPoor()) return;
    const lonely = this.#linked.size + this.#dialling.size < this.#members - 1;
    const ceiling = lonely
      ? Math.min(REDIAL_MIN_MS * 2 ** Math.min(this.#attempt, 10), REDIAL_MAX_MS)
      : REDIAL_MAX_MS;
    this.#askAtMs = nowMs + REDIAL_MIN_MS / 2 + this.#rng.next() * ceiling;
  }
}
