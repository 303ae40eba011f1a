/** The peers of a node: one link a peer, what their mistakes cost them, and who is banned. */
import type { AccountId } from '../core/hash.ts';
import { BoundedMap } from './bounded.ts';
import type { Hello } from './messages.ts';
import { BAN_MS, MAX_BANS, PENALTIES, type PeerCode } from './penalties.ts';
import { endsLink, Peer, type PeerContext } from './peer.ts';
import type { Link } from './ports.ts';

/** Counts a broken rule and lets the peer pay for it; `points` where the code's own price does not fit. */
export type Punish = (peer: Peer, code: PeerCode, points?: number) => void;

export class PeerSet {
  readonly #own: AccountId;
  readonly #onGone: (peer: Peer) => void;
  readonly #peers = new Map<string, Peer>();
  readonly #bans = new BoundedMap<AccountId, number>(MAX_BANS);

  /** `onGone` is called once for each peer that leaves the set, whoever ended it. */
  constructor(own: AccountId, onGone: (peer: Peer) => void) {
    this.#own = own;
    this.#onGone = onGone;
  }

  [Symbol.iterator](): IterableIterator<Peer> {
    return this.#peers.values();
  }

  /** Peers whose handshake is through. A list of its own: a peer may be dropped while it is walked. */
  get ready(): Peer[] {
    return [...this.#peers.values()].filter((peer) => peer.ready);
  }

  get(linkId: string): Peer | undefined {
    return this.#peers.get(linkId);
  }

  open(link: Link, hello: Hello, context: PeerContext, nowMs: number): void {
    this.#peers.set(link.id, new Peer(link, hello, context, nowMs));
  }

  drop(peer: Peer): void {
    if (!this.#peers.delete(peer.link.id)) return;
    peer.close();
    this.#onGone(peer);
  }

  isLinked(key: AccountId, session: string): boolean {
    return this.ready.some((peer) => peer.key === key && peer.hello?.session === session);
  }

  isBanned(key: AccountId, nowMs: number): boolean {
    return (this.#bans.get(key) ?? 0) > nowMs;
  }

  bannedCount(nowMs: number): number {
    return [...this.#bans.entries()].filter(([, untilMs]) => untilMs > nowMs).length;
  }

  /** Its proved key: also of one that has left after what it did. */
  ban(key: AccountId, nowMs: number): void {
    this.#bans.set(key, nowMs + BAN_MS);
  }

  punish(peer: Peer, code: PeerCode, nowMs: number, points = PENALTIES[code]): void {
    const ban = peer.penalise(points, nowMs);
    // Only a proved key can be banned: a claimed one may be somebody else's.
    if (ban && peer.key) this.ban(peer.key, nowMs);
    if (ban || endsLink(code)) this.drop(peer);
  }

  /** Settles what a finished handshake brings to light. False if the peer had to go. */
  admit(peer: Peer, nowMs: number): boolean {
    const { key } = peer;
    if (key === undefined || key === this.#own || this.isBanned(key, nowMs)) {
      this.drop(peer);
      return false;
    }
    for (const other of this.ready) {
      if (other === peer || other.key !== key) continue;
      // Two links to one run of a node: both sides keep the same one. Another run: the old link is a ghost.
      const sameRun = other.hello?.session === peer.hello?.session;
      if (sameRun && other.pairing < peer.pairing) {
        this.drop(peer);
        return false;
      }
      this.drop(other);
    }
    return true;
  }
}
