/**
 * The dials of one node whose signals go through peers, in the place of the
 * linker and WebRTC. The signals themselves are relayed by the product's code,
 * and are about as long as a browser's.
 */
import { CONNECT_TIMEOUT_MS } from '../../web/net/linker.ts';
import type { AddressId } from '../../web/node/address.ts';
import type { Network } from './network.ts';
import type { SimNode } from './sim-node.ts';

/** Ours are JSON, filled up with blanks. */
const DESCRIPTION_BYTES = 800;
const CANDIDATE_BYTES = 250;
/** A browser sends three or so; each is signed, which is half of what a thousand nodes cost. */
const CANDIDATES = 1;
/** One-way trips for ICE and DTLS, once the answer is there. */
const OPEN_TRIPS = 2;

type Signal =
  | { readonly kind: 'offer' | 'answer' | 'candidate'; readonly linkId: string }
  | { readonly kind: 'refuse'; readonly linkId: string; readonly reason: string };

export class RelayedDials {
  readonly #network: Network;
  readonly #own: SimNode;
  /** Offers that are not answered yet, by link id. */
  readonly #offers = new Map<string, AddressId>();
  #count = 0;

  constructor(network: Network, own: SimNode) {
    this.#network = network;
    this.#own = own;
  }

  dial(to: AddressId): void {
    const linkId = `${this.#own.index}-${++this.#count}`;
    this.#offers.set(linkId, to);
    this.#network.queue.after(CONNECT_TIMEOUT_MS, () => this.#fail(linkId, 'timeout'));
    // The mesh must not be called back from inside `dial`, nor a signal be sent from inside a tick.
    this.#network.queue.after(0, () => {
      if (!this.#own.alive) return;
      this.#send(to, { kind: 'offer', linkId });
      this.#sendCandidates(to, linkId);
    });
  }

  onSignal(from: AddressId, payload: Uint8Array): void {
    const signal = JSON.parse(Buffer.from(payload).toString()) as Signal;
    const { linkId } = signal;
    switch (signal.kind) {
      case 'offer':
        return this.#answer(from, linkId);
      case 'answer':
        if (this.#offers.get(linkId) === from) this.#open(from, linkId);
        return;
      case 'refuse':
        if (this.#offers.get(linkId) === from) this.#fail(linkId, signal.reason);
        return;
      case 'candidate':
        return;
      default:
        signal satisfies never;
    }
  }

  onUnroutable(to: AddressId): void {
    for (const [linkId, address] of [...this.#offers]) if (address === to) this.#fail(linkId, 'unreachable');
  }

  #answer(from: AddressId, linkId: string): void {
    const verdict = this.#own.admit(from.slice(0, KEY_DIGITS), from.slice(KEY_DIGITS));
    if (verdict !== 'accept') return this.#send(from, { kind: 'refuse', linkId, reason: verdict });
    this.#send(from, { kind: 'answer', linkId });
    this.#sendCandidates(from, linkId);
  }

  #open(address: AddressId, linkId: string): void {
    const latencyMs = this.#network.drawLatency();
    this.#network.queue.after(OPEN_TRIPS * latencyMs, () => {
      const own = this.#own;
      const other = this.#network.endpointAt(address);
      // The answer came, the connection does not come about.
      if (!own.alive || !this.#offers.has(linkId) || !other?.alive || other.group !== own.group) return;
      this.#offers.delete(linkId);
      const ids = { dialled: address, dialler: own.account + own.session };
      this.#network.open(own, other, 'peers', ids, latencyMs);
    });
  }

  #sendCandidates(to: AddressId, linkId: string): void {
    for (let i = 0; i < CANDIDATES; i++) this.#send(to, { kind: 'candidate', linkId });
  }

  #send(to: AddressId, signal: Signal): void {
    const bytes =
      signal.kind === 'candidate' || signal.kind === 'refuse' ? CANDIDATE_BYTES : DESCRIPTION_BYTES;
    const payload = new Uint8Array(Buffer.from(JSON.stringify(signal).padEnd(bytes)));
    this.#own.node.sendSignal(to, payload, this.#own.clock.nowMs);
  }

  #fail(linkId: string, reason: string): void {
    const to = this.#offers.get(linkId);
    if (to !== undefined && this.#offers.delete(linkId) && this.#own.alive)
      this.#own.onDialFailed(to, reason);
  }
}

/** An address is the account's key, then the session (web/node/address.ts). */
const KEY_DIGITS = 64;
