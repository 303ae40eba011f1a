/** Routers of signals, linked as a test says: messages wait in one queue until it is run. */
import type { Message } from '../../../web/node/messages.ts';
import type { PeerCode } from '../../../web/node/penalties.ts';
import { addressId, type AddressId, type Distance, type PeerAddress } from '../../../web/node/address.ts';
import { signSignal, type Signal } from '../../../web/node/signal.ts';
import { SignalRouter, type SignalPeer } from '../../../web/node/signal-router.ts';
import { verifyZip215 } from '../../../web/core/transaction.ts';
import { GENESIS_HASH, wallet, type Wallet } from '../core/build.ts';

/** One end of a link, as the router there sees it. */
export interface LinkEnd extends SignalPeer {
  isBehind: boolean;
  readonly to: Stop;
  /** All that was sent over it. */
  readonly sent: Message[];
}

export class Stop {
  readonly wallet: Wallet;
  readonly address: PeerAddress;
  readonly id: AddressId;
  readonly router: SignalRouter;
  readonly ends = new Map<Stop, LinkEnd>();
  readonly tellers = new Map<AddressId, { readonly teller: LinkEnd; readonly distance: Distance }[]>();
  readonly received: { readonly from: AddressId; readonly text: string }[] = [];
  readonly unroutable: AddressId[] = [];
  readonly punished: PeerCode[] = [];
  verified = 0;

  constructor(n: number) {
    this.wallet = wallet(n);
    this.address = { key: this.wallet.id, session: n.toString(16).padStart(16, '0') };
    this.id = addressId(this.address);
    this.router = new SignalRouter({
      own: this.address,
      secretKey: this.wallet.secretKey,
      genesisHash: GENESIS_HASH,
      verify: (...asked) => {
        this.verified++;
        return verifyZip215(...asked);
      },
      routes: { tellersOf: (to) => this.tellers.get(to) ?? [] },
      punish: (_peer, code) => this.punished.push(code),
      onSignal: (from, payload) => this.received.push({ from, text: Buffer.from(payload).toString() }),
      onUnroutable: (to) => this.unroutable.push(to),
    });
  }

  end(to: Stop): LinkEnd {
    const end = this.ends.get(to);
    if (!end) throw new Error('there is no such link');
    return end;
  }

  get texts(): string[] {
    return this.received.map(({ text }) => text);
  }

  sign(to: Stop, text: string): Signal {
    return signSignal(
      GENESIS_HASH,
      { from: this.address, to: to.address, payload: Buffer.from(text) },
      this.wallet.secretKey,
    );
  }
}

export class SignalRoom {
  nowMs = 1_000_000;
  readonly stops: Stop[];
  readonly #queue: (() => void)[] = [];
  #links = 0;

  constructor(count: number) {
    this.stops = Array.from({ length: count }, (_, n) => new Stop(n + 1));
  }

  link(a: Stop, b: Stop): void {
    const id = (++this.#links).toString(16).padStart(32, '0');
    const endOf = (from: Stop, to: Stop): LinkEnd => {
      const sent: Message[] = [];
      const end: LinkEnd = {
        isBehind: false,
        to,
        sent,
        link: { id } as LinkEnd['link'],
        hello: to.address as LinkEnd['hello'],
        send: (message) => {
          sent.push(message);
          this.#queue.push(() => this.arrive(to, from, message));
        },
      };
      from.ends.set(to, end);
      return end;
    };
    a.router.addPeer(endOf(a, b), this.nowMs);
    b.router.addPeer(endOf(b, a), this.nowMs);
  }

  /** Links each to the next. */
  chain(...stops: Stop[]): void {
    for (const [n, stop] of stops.entries()) {
      const next = stops[n + 1];
      if (next) this.link(stop, next);
    }
  }

  /** `at` has heard from `teller` that `of` is `distance` links from there. */
  tell(at: Stop, teller: Stop, of: Stop, distance: Distance): void {
    const known = at.tellers.get(of.id) ?? [];
    at.tellers.set(of.id, [...known, { teller: at.end(teller), distance }]);
  }

  /** `message` comes in at `to` over its link with `from`, whoever sent it. */
  arrive(to: Stop, from: Stop, message: Message): void {
    const end = to.end(from);
    if (message.name === 'signal') to.router.onSignal(end, message, this.nowMs);
    else if (message.name === 'unroutable') to.router.onUnroutable(end, message, this.nowMs);
  }

  send(from: Stop, to: Stop, text: string): void {
    from.router.send(to.id, Buffer.from(text), this.nowMs);
    this.run();
  }

  run(): void {
    for (let step = this.#queue.shift(); step; step = this.#queue.shift()) step();
    for (const { router } of this.stops) router.tick();
  }
}
