/**
 * Which peers to be linked with: dials up to a target whom the signaling
 * server's roster names, or else the addresses that peers told us of, and
 * accepts others up to a limit. It asks again, with jittered backoff, while
 * there are too few.
 *
 * A node that has enough still tries one random peer a minute in the place of
 * the last one that it dialled (Bitcoin Core's feelers). Two parts of a room
 * that were cut apart are each full of links, and would otherwise never meet
 * again. If its links are poor (mesh-health.ts), it tries more often, and the
 * worst link is what the new one replaces.
 */
import type { AccountId } from '../core/hash.ts';
import type { AddressId } from './address.ts';
import type { AddressBook } from './address-book.ts';
import { BoundedMap, BoundedSet } from './bounded.ts';
import { chooseAddress } from './dial-choice.ts';
import { DialHistory, LET_GO_MS } from './dial-history.ts';
import { chooseEvicted } from './eviction.ts';
import type { MeshHealth } from './mesh-health.ts';
import { MeshLinks, namesOf } from './mesh-links.ts';
import type { Peer } from './peer.ts';
import type { Dialer, Link, Rng, Route } from './ports.ts';

/** A random graph of eight links a node stays whole when half of its nodes leave, and a block crosses it in three hops. */
export const TARGET_LINKS = 8;
/** Below this a node dials whatever it has dialled already. */
export const LOW_LINKS = 4;
/**
 * Links that a node dials itself. Each is somebody else's inbound one, so nodes
 * end near the target, and well below the limit: there is always room for a newcomer.
 */
export const DIALLED_LINKS = 4;
/**
 * Whom few dial keeps what it tries until it has so many. If 30% of a room leave at once, one node in 120 with four
 * links loses all of them, and without a server is lost; of those with six, one in 1,400.
 */
export const SAFE_LINKS = 6;
/** Places that nobody who dials us can take: an attacker can come to us, but can't make us come to it. */
export const MIN_DIALLED = 2;
/** A block of 64 KiB for each of them is what a home's upstream carries in a second. */
export const MAX_LINKS = 12;
/** Inbound links whose peer has not proved its key. Each may be silent for 4 s (peer.ts), and holds a place. */
export const MAX_HANDSHAKES = 8;
/** Between two newcomers that a full node takes in another's place: an attacker's keys are free, its patience is not. */
export const CHALLENGE_INTERVAL_MS = 30_000;
export const REDIAL_MIN_MS = 1_000;
export const REDIAL_MAX_MS = 60_000;
/** On average. */
export const TRIAL_INTERVAL_MS = 60_000;
/** While the links are poor, on average. */
export const GRAFT_INTERVAL_MS = 15_000;
/** Between two looks at whether the links have become poor. */
const LOOK_INTERVAL_MS = 5_000;
/** An answer of the server's takes a tenth of it. */
export const ROSTER_WAIT_MS = 3_000;
/** A dialled link that ends earlier counts as a failed dial: the peer did not want us. */
export const LASTED_MS = 60_000;
/** Roster ids that turned out to be peers we have. */
const MAX_PASSED = 256;
const MAX_EVICTED = 256;

export interface MeshParts {
  readonly dialer: Dialer;
  readonly rng: Rng;
  readonly book: AddressBook;
  readonly health: MeshHealth;
  readonly events: MeshEvents;
}

export interface MeshEvents {
  /** Asks the signaling server for another roster. It may be dead: no answer is an answer. */
  askRoster(): void;
  /** Lets a peer go that is one too many. */
  drop(peer: Peer): void;
}

/** `busy`: to be tried again. */
export type Admission = 'accept' | 'linked' | 'full' | 'busy';

export class Mesh {
  readonly #parts: MeshParts;
  readonly #history: DialHistory;
  readonly #dialling = new Set<string>();
  readonly #links = new MeshLinks();
  #passed = new BoundedSet<string>(MAX_PASSED);
  readonly #evicted = new BoundedMap<AccountId, number>(MAX_EVICTED);
  /** Whom the trial under way dials. */
  #trial: string | undefined;
  /** Until the server tells, a room of any size. */
  #members = Infinity;
  #attempt = 0;
  #actAtMs: number | undefined;
  /** Is what is planned a trial only? */
  #isResting = false;
  #rosterDueMs: number | undefined;
  /** Has the server left our last question unanswered? */
  #isServerSilent = false;
  #challengeAtMs = 0;
  #lookAtMs = 0;

  constructor(parts: MeshParts) {
    this.#parts = parts;
    this.#history = new DialHistory(parts.rng);
  }

  /** The roster that the server greets with. A server that is back greets everybody at once: no reason to try others. */
  onWelcome(peerIds: readonly string[], members: number, nowMs: number): void {
    this.onRoster(this.#wanted > 0 ? peerIds : [], members, nowMs);
  }

  /** `members`: nodes in the room, this one included. */
  onRoster(peerIds: readonly string[], members: number, nowMs: number): void {
    this.#members = members;
    this.#actAtMs = undefined;
    this.#rosterDueMs = undefined;
    this.#isServerSilent = false;
    this.#fill(peerIds, nowMs);
    this.#plan(nowMs);
  }

  /** May a peer that dials us and claims `key` come in? `isLinked`: is there a link to it already? */
  admit(key: AccountId, isLinked: boolean, nowMs: number): Admission {
    if (isLinked) return 'linked';
    if (this.#links.shakingHands >= MAX_HANDSHAKES) return 'busy';
    if (this.#count(false) < this.#inboundPlaces) return 'accept';
    const evictedAtMs = this.#evicted.get(key) ?? -Infinity;
    if (nowMs < this.#challengeAtMs || nowMs - evictedAtMs < LET_GO_MS) return 'full';
    // Nobody goes, and nobody else is kept out, before the newcomer has proved its key: an offer alone is free.
    return chooseEvicted(this.#links.ready(false)) ? 'accept' : 'full';
  }

  /** False: it is one too many. More than were told to come may have been on the way. */
  onLinkOpen(link: Link, peerId: string, nowMs: number): boolean {
    this.#dialling.delete(peerId);
    const isOver = this.#links.shakingHands >= MAX_HANDSHAKES || this.#count(false) > this.#inboundPlaces;
    if (!link.dialled && isOver) return false;
    this.#links.add(link, peerId, nowMs);
    return true;
  }

  /** The handshake is through. False: there is no place for this peer after all. */
  onReady(peer: Peer, nowMs: number): boolean {
    const link = this.#links.get(peer.link.id);
    if (!link) return false;
    // The room works, so the next loss is mended quickly.
    this.#attempt = 0;
    link.peer = peer;
    if (link.dialled) {
      if (link.peerId === this.#trial) this.#settleTrial(peer, nowMs);
      return true;
    }
    if (this.#links.ready(false).length <= this.#inboundPlaces) {
      const surplus = this.#links.ready(true);
      const leaving =
        this.#total > MAX_LINKS && surplus.length > DIALLED_LINKS ? youngest(surplus) : undefined;
      if (leaving) this.#letGo(leaving, nowMs);
      return true;
    }
    if (nowMs < this.#challengeAtMs) return false;
    const evicted = chooseEvicted(this.#links.ready(false).filter((other) => other !== peer));
    if (!evicted) return false;
    this.#challengeAtMs = nowMs + CHALLENGE_INTERVAL_MS;
    if (evicted.key !== undefined) this.#evicted.set(evicted.key, nowMs);
    this.#letGo(evicted, nowMs);
    return true;
  }

  onLinkClosed(linkId: string, nowMs: number): void {
    const link = this.#links.get(linkId);
    if (!link) return;
    this.#links.delete(linkId);
    if (link.peerId === this.#trial) this.#trial = undefined;
    if (link.dialled) {
      for (const id of namesOf(link)) {
        if (nowMs - link.openedAtMs >= LASTED_MS) this.#history.onLasted(id);
        else this.#history.onFailed(id, nowMs);
      }
    }
    // It may be one that had refused for being linked.
    this.#passed = new BoundedSet(MAX_PASSED);
    // What was planned for a full node may be a minute away.
    this.#actAtMs = undefined;
    this.#plan(nowMs);
  }

  onDialFailed(peerId: string, reason: string, nowMs: number): void {
    this.#dialling.delete(peerId);
    if (peerId === this.#trial) this.#trial = undefined;
    if (reason === 'linked') this.#passed.add(peerId);
    // Those two say nothing of the peer.
    else if (reason !== 'offline' && reason !== 'too-many') this.#history.onFailed(peerId, nowMs);
    // While dials were under way enough seemed to be there.
    if (this.#isResting) this.#actAtMs = undefined;
    this.#plan(nowMs);
  }

  /** The device is back from sleep or offline, or its clock was set: don't wait for what was planned. */
  hurry(nowMs: number): void {
    this.#attempt = 0;
    this.#history.forgive();
    this.#challengeAtMs = 0;
    this.#lookAtMs = 0;
    this.#rosterDueMs = undefined;
    this.#actAtMs = this.#wanted > 0 ? nowMs : undefined;
    this.#plan(nowMs);
  }

  tick(nowMs: number): void {
    this.#parts.health.tick(nowMs);
    if (this.#rosterDueMs !== undefined && nowMs >= this.#rosterDueMs) {
      this.#rosterDueMs = undefined;
      this.#isServerSilent = true;
      this.#fill([], nowMs);
    }
    // What was planned when all was well may be a minute away.
    const isFar = (this.#actAtMs ?? nowMs) - nowMs > 1.5 * GRAFT_INTERVAL_MS;
    if (isFar && this.#isResting && nowMs >= this.#lookAtMs) {
      this.#lookAtMs = nowMs + LOOK_INTERVAL_MS;
      if (this.#ailment(nowMs)) this.#actAtMs = undefined;
    }
    this.#plan(nowMs);
    if (this.#actAtMs === undefined || nowMs < this.#actAtMs) return;
    this.#actAtMs = undefined;
    this.#attempt++;
    if (this.#isServerSilent) this.#fill([], nowMs);
    else this.#rosterDueMs ??= nowMs + ROSTER_WAIT_MS;
    this.#parts.events.askRoster();
    this.#plan(nowMs);
  }

  /** Links of one kind; of those that we dial, those under way too. */
  #count(dialled: boolean): number {
    return this.#links.count(dialled) + (dialled ? this.#dialling.size : 0);
  }

  get #total(): number {
    return this.#count(true) + this.#count(false);
  }

  /** A trial takes no place, nor does what is dialled beyond the four: it makes room. */
  get #inboundPlaces(): number {
    return MAX_LINKS - Math.min(Math.max(this.#count(true), MIN_DIALLED), DIALLED_LINKS);
  }

  /** How many more to dial. */
  get #wanted(): number {
    const dialled = this.#count(true);
    const lack = Math.max(DIALLED_LINKS - dialled, LOW_LINKS - this.#total);
    return Math.max(Math.min(TARGET_LINKS - this.#total, lack), MIN_DIALLED - dialled);
  }

  /** Dials what is wanted, or a trial: whom the roster names, and others by the address book. */
  #fill(rosterIds: readonly string[], nowMs: number): void {
    const news = rosterIds.filter((id) => this.#mayDial(id, nowMs));
    const wanted = this.#wanted;
    if (wanted <= 0) return this.#startTrial(news[0], nowMs);
    for (const id of news.slice(0, wanted)) this.#dial(id, 'server');
    for (let left = this.#wanted; left > 0; left--) {
      const id = this.#chooseAddress(nowMs);
      if (id === undefined) return;
      this.#dial(id, 'peers');
    }
  }

  #mayDial(id: string, nowMs: number): boolean {
    if (this.#dialling.has(id) || this.#passed.has(id) || this.#history.isFailing(id, nowMs)) return false;
    if (this.#links.includes(id)) return false;
    // Rather one that we let go than none.
    return this.#total < LOW_LINKS || !this.#history.wasLetGo(id, nowMs);
  }

  #chooseAddress(nowMs: number): AddressId | undefined {
    const { book, rng } = this.#parts;
    return chooseAddress(book, rng, (id) => this.#mayDial(id, nowMs));
  }

  #dial(peerId: string, route: Route): void {
    this.#dialling.add(peerId);
    this.#parts.dialer.dial(peerId, route);
  }

  #ailment(nowMs: number): ReturnType<MeshHealth['ailment']> {
    return this.#parts.health.ailment(this.#links.ready(), this.#members, nowMs);
  }

  #startTrial(rosterId: string | undefined, nowMs: number): void {
    if (this.#trial !== undefined) return;
    if (this.#total >= MAX_LINKS && this.#ailment(nowMs) === undefined) return;
    // By both ways in turn: a server that names only its friends does not decide it alone, nor do liars among the peers.
    const address = this.#chooseAddress(nowMs);
    const byServer = rosterId !== undefined && (address === undefined || this.#parts.rng.next() < 0.5);
    const peerId = byServer ? rosterId : address;
    if (peerId === undefined) return;
    this.#trial = peerId;
    this.#dial(peerId, byServer ? 'server' : 'peers');
  }

  /** The trial has become a link: another goes for it. */
  #settleTrial(tried: Peer, nowMs: number): void {
    this.#trial = undefined;
    const { health } = this.#parts;
    const ailment = this.#ailment(nowMs);
    const dialled = this.#links.ready(true).filter((peer) => peer !== tried);
    if (!ailment && this.#total <= SAFE_LINKS) return;
    if (dialled.length >= DIALLED_LINKS) {
      const leaving = ailment ? health.worst(ailment, dialled) : youngest(dialled);
      if (leaving) this.#letGo(leaving, nowMs);
    } else if (ailment && this.#total > MAX_LINKS) {
      const leaving = health.worst(ailment, this.#links.ready(false));
      if (leaving) this.#letGo(leaving, nowMs);
    }
  }

  #letGo(peer: Peer, nowMs: number): void {
    const link = this.#links.get(peer.link.id);
    for (const id of link ? namesOf(link) : []) this.#history.onLetGo(id, nowMs);
    this.#parts.events.drop(peer);
  }

  #plan(nowMs: number): void {
    if (this.#actAtMs !== undefined) return;
    const mayLack = this.#total < this.#members - 1 || this.#isServerSilent;
    this.#isResting = this.#wanted <= 0 || !mayLack;
    this.#actAtMs = nowMs + (this.#isResting ? this.#restMs(nowMs) : this.#backoffMs());
  }

  #restMs(nowMs: number): number {
    const meanMs = this.#ailment(nowMs) ? GRAFT_INTERVAL_MS : TRIAL_INTERVAL_MS;
    return meanMs * (0.5 + this.#parts.rng.next());
  }

  /** Full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter"): tabs that lost one hub spread out. */
  #backoffMs(): number {
    const ceilingMs = Math.min(REDIAL_MIN_MS * 2 ** Math.min(this.#attempt, 10), REDIAL_MAX_MS);
    return REDIAL_MIN_MS / 2 + this.#parts.rng.next() * ceilingMs;
  }
}

function youngest(peers: readonly Peer[]): Peer | undefined {
  return [...peers].sort((a, b) => b.connectedAtMs - a.connectedAtMs)[0];
}
