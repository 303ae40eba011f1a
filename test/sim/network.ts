/** Sets links up, and takes them down: what signaling, ICE and the room's Wi-Fi do to a tab. */
import type { AccountId } from '../../web/core/hash.ts';
import { CONNECT_TIMEOUT_MS } from '../../web/net/linker.ts';
import { SESSION_BYTES, type AddressId } from '../../web/node/address.ts';
import type { Route } from '../../web/node/ports.ts';
import type { Endpoint } from './endpoint.ts';
import type { EventQueue } from './event-queue.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SignalingStandIn } from './signaling-stand-in.ts';
import { SimLink, type LinkContext } from './sim-link.ts';
import type { TraceHash } from './trace-hash.ts';
import type { WireTap } from './wire-tap.ts';

export interface LinkConditions {
  /** One way. Each link's own latency is drawn between these two. */
  readonly minLatencyMs: number;
  readonly maxLatencyMs: number;
  readonly bytesPerSecond: number;
}

/** Homes of one continent; the capacity is a modest upstream of 8 Mbit/s, for each link. */
export const HOME_LINKS: LinkConditions = { minLatencyMs: 50, maxLatencyMs: 150, bytesPerSecond: 1_000_000 };

/** One-way trips before a link is open: offer and answer by way of the server, then ICE and DTLS. */
const OFFER_TRIPS = 2;
const OPEN_TRIPS = 6;

export class Network implements LinkContext {
  readonly queue: EventQueue;
  readonly random: SeededRandom;
  readonly trace: TraceHash;
  readonly tap: WireTap;
  readonly server: SignalingStandIn;
  readonly links = new Set<SimLink>();
  readonly #endpoints = new Map<AccountId, Endpoint>();
  /** For links opened from now on. */
  conditions: LinkConditions;

  constructor(
    parts: Omit<LinkContext, 'forget'> & { readonly server: SignalingStandIn },
    conditions: LinkConditions,
  ) {
    this.queue = parts.queue;
    this.random = parts.random;
    this.trace = parts.trace;
    this.tap = parts.tap;
    this.server = parts.server;
    this.conditions = conditions;
  }

  add(endpoint: Endpoint): void {
    this.#endpoints.set(endpoint.account, endpoint);
  }

  /** Whose account and session this is; undefined also for an account that has started again since. */
  endpointAt(address: AddressId): Endpoint | undefined {
    const endpoint = this.endpointOf(address.slice(0, -2 * SESSION_BYTES));
    return endpoint && endpoint.account + endpoint.session === address ? endpoint : undefined;
  }

  endpointOf(account: AccountId): Endpoint | undefined {
    return this.#endpoints.get(account);
  }

  forget(link: SimLink): void {
    this.links.delete(link);
  }

  /** With signals that go by way of the server. */
  dial(from: Endpoint, peerId: string): void {
    const latencyMs = this.drawLatency();
    if (!this.server.isUp) return this.#fail(from, peerId, 'offline', 0);
    const to = this.server.find(peerId);
    if (!to?.alive) return this.#fail(from, peerId, 'unreachable', OFFER_TRIPS * latencyMs);
    this.queue.after(OFFER_TRIPS * latencyMs, () => {
      if (!from.alive) return;
      // The offer arrives, the connection does not come about.
      if (!to.alive || to.group !== from.group)
        return this.#fail(from, peerId, 'timeout', CONNECT_TIMEOUT_MS);
      const answer = to.admit(from.account, from.session);
      if (answer !== 'accept') return this.#fail(from, peerId, answer, OFFER_TRIPS * latencyMs);
      const ids = { dialled: peerId, dialler: this.server.idOf(from) ?? '' };
      this.queue.after((OPEN_TRIPS - OFFER_TRIPS) * latencyMs, () => {
        if (!from.alive) return;
        if (!to.alive || to.group !== from.group)
          return this.#fail(from, peerId, 'timeout', CONNECT_TIMEOUT_MS);
        this.open(from, to, 'server', ids, latencyMs);
      });
    });
  }

  /** An open link, at once. `ids`: what each end is called by on that route. */
  open(
    from: Endpoint,
    to: Endpoint,
    route: Route,
    ids: { readonly dialled: string; readonly dialler: string },
    latencyMs = this.drawLatency(),
  ): SimLink {
    const id = Buffer.from(this.random.bytes(16)).toString('hex');
    const { bytesPerSecond } = this.conditions;
    const out = new SimLink(this, { id, dialled: true, route, from, to }, latencyMs, bytesPerSecond);
    const back = new SimLink(
      this,
      { id, dialled: false, route, from: to, to: from },
      latencyMs,
      bytesPerSecond,
    );
    out.other = back;
    back.other = out;
    this.links.add(out).add(back);
    from.links.set(id, out);
    to.links.set(id, back);
    from.onLinkOpen(out, ids.dialled, route);
    to.onLinkOpen(back, ids.dialler, route);
    return out;
  }

  /** Cuts what now runs between groups. */
  cutBetweenGroups(): void {
    for (const link of [...this.links]) if (link.from.group !== link.to.group) link.cut();
  }

  /** Of a link between two that never met. */
  drawLatency(): number {
    const { minLatencyMs, maxLatencyMs } = this.conditions;
    return minLatencyMs + this.random.next() * (maxLatencyMs - minLatencyMs);
  }

  #fail(from: Endpoint, peerId: string, reason: string, afterMs: number): void {
    this.queue.after(afterMs, () => {
      if (from.alive) from.onDialFailed(peerId, reason);
    });
  }
}
