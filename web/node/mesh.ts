/**
 * Which peers to be linked with: dials whom the roster names up to the target,
 * accepts others up to the limit, and asks for a new roster, with jittered
 * backoff, while there are too few.
 *
 * A node that has enough still dials one random peer a minute and lets the
 * last such link go (Bitcoin Core's feelers). Two parts of a room that were
 * cut apart are each full of links, and would otherwise never meet again.
 */
import { BoundedSet } from './bounded.ts';
import type { Dialer, Rng } from './ports.ts';

export const TARGET_LINKS = 8;
/** Below this a node dials whatever it has dialled already. */
export const LOW_LINKS = 4;
/**
 * Links that a node dials itself. Each is somebody else's inbound one, so nodes
 * end near the target, and well below the limit: there is always room for a newcomer.
 */
export const DIALLED_LINKS = 4;
export const MAX_LINKS = 12;
export const REDIAL_MIN_MS = 1_000;
export const REDIAL_MAX_MS = 60_000;
export const FEELER_INTERVAL_MS = 60_000;
/** Roster ids that turned out to be peers we have, or that refused. */
const MAX_PASSED = 256;

export interface MeshEvents {
  /** Asks the signaling server for another roster. */
  askRoster(): void;
  /** Lets a link go that is one too many. */
  closeLink(linkId: string): void;
}

export type Admission = 'accept' | 'linked' | 'full';

export class Mesh {
  readonly #dialer: Dialer;
  readonly #rng: Rng;
  readonly #events: MeshEvents;
  readonly #dialling = new Set<string>();
  /** The links, with the signaling ids of their peers. */
  readonly #linked = new Map<string, { readonly peerId: string; readonly dialled: boolean }>();
  #passed = new BoundedSet<string>(MAX_PASSED);
  /** Signaling id of the peer that the last feeler went to. */
  #feeler: string | undefined;
  #members = 1;
  #attempt = 0;
  #askAtMs: number | undefined;

  constructor(dialer: Dialer, rng: Rng, events: MeshEvents) {
    this.#dialer = dialer;
    this.#rng = rng;
    this.#events = events;
  }

  /** `members`: nodes in the room, this one included. */
  onRoster(peerIds: readonly string[], members: number, nowMs: number): void {
    this.#members = members;
    this.#askAtMs = undefined;
    const linkedIds = new Set([...this.#linked.values()].map(({ peerId }) => peerId));
    const news = peerIds.filter(
      (id) => !linkedIds.has(id) && !this.#dialling.has(id) && !this.#passed.has(id),
    );
    const wanted = this.#wanted;
    if (wanted > 0) {
      for (const id of news.slice(0, wanted)) this.#dial(id);
    } else {
      this.#replaceFeeler(news[0]);
    }
    this.#plan(nowMs);
  }

  /** May a peer that dials us come in? `isLinked`: is there a link to its key already? */
  admit(isLinked: boolean): Admission {
    if (isLinked) return 'linked';
    return this.#linked.size >= MAX_LINKS ? 'full' : 'accept';
  }

  onLinkOpen(linkId: string, peerId: string, dialled: boolean): void {
    this.#dialling.delete(peerId);
    this.#linked.set(linkId, { peerId, dialled });
  }

  /** The handshake is through: the room works, so the next loss is mended quickly. */
  onReady(): void {
    this.#attempt = 0;
  }

  onLinkClosed(linkId: string, nowMs: number): void {
    if (!this.#linked.delete(linkId)) return;
    // It may be one that had refused for being linked, and somebody may have room now.
    this.#passed = new BoundedSet(MAX_PASSED);
    // What was planned for a full node may be a minute away.
    this.#askAtMs = undefined;
    this.#plan(nowMs);
  }

  onDialFailed(peerId: string, reason: string, nowMs: number): void {
    this.#dialling.delete(peerId);
    // Those would answer the same at once; others may be reachable then.
    if (reason === 'linked' || reason === 'full') this.#passed.add(peerId);
    this.#plan(nowMs);
  }

  /** The device is back from sleep or offline: don't wait for the backoff. */
  hurry(nowMs: number): void {
    this.#attempt = 0;
    if (this.#wanted > 0) this.#askAtMs = nowMs;
  }

  tick(nowMs: number): void {
    if (this.#askAtMs === undefined || nowMs < this.#askAtMs) return;
    this.#askAtMs = undefined;
    this.#attempt++;
    this.#events.askRoster();
    this.#plan(nowMs);
  }

  get #count(): number {
    return this.#linked.size + this.#dialling.size;
  }

  /** How many more to dial. */
  get #wanted(): number {
    let dialled = this.#dialling.size;
    for (const link of this.#linked.values()) if (link.dialled) dialled++;
    return Math.min(TARGET_LINKS - this.#count, Math.max(DIALLED_LINKS - dialled, LOW_LINKS - this.#count));
  }

  #dial(peerId: string): void {
    this.#dialling.add(peerId);
    this.#dialer.dial(peerId, 'server');
  }

  #replaceFeeler(peerId: string | undefined): void {
    if (peerId === undefined) return;
    for (const [linkId, link] of [...this.#linked]) {
      if (link.peerId === this.#feeler && link.dialled && this.#count > LOW_LINKS)
        this.#events.closeLink(linkId);
    }
    if (this.#count >= MAX_LINKS) return;
    this.#feeler = peerId;
    this.#dial(peerId);
  }

  /** Full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter"): tabs that lost one hub spread out. */
  #plan(nowMs: number): void {
    if (this.#askAtMs !== undefined) return;
    const waiting = this.#wanted > 0 && this.#count < this.#members - 1;
    const backoffMs = Math.min(REDIAL_MIN_MS * 2 ** Math.min(this.#attempt, 10), REDIAL_MAX_MS);
    const ceilingMs = waiting ? backoffMs : FEELER_INTERVAL_MS;
    this.#askAtMs = nowMs + REDIAL_MIN_MS / 2 + this.#rng.next() * ceilingMs;
  }
}
