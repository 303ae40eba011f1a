/**
 * A tab: the product's node on a device that has a clock, a store that
 * survives a crash, hash power, and a lid that can be closed.
 */
import { Chain } from '../../web/core/chain.ts';
import type { Block } from '../../web/core/block.ts';
import type { Transaction, Verify } from '../../web/core/transaction.ts';
import type { Params } from '../../web/core/params.ts';
import type { Draft } from '../../web/node/draft.ts';
import type { Admission } from '../../web/node/mesh.ts';
import { Node } from '../../web/node/node.ts';
import type { Composed } from '../../web/node/own-transactions.ts';
import type { Link, Route } from '../../web/node/ports.ts';
import type { PowMode } from '../../web/node/snapshot.ts';
import type { BlockLog } from './block-log.ts';
import { DrawnPow } from './drawn-pow.ts';
import type { Endpoint } from './endpoint.ts';
import { MemoryStore, type Intern } from './memory-store.ts';
import type { Network } from './network.ts';
import { NodeClock } from './node-clock.ts';
import { RelayedDials } from './relayed-dials.ts';
import type { SimLink } from './sim-link.ts';

/** From the page's start to the server's welcome. */
const JOIN_MS = 100;

export interface SimNodeOptions {
  /** Hashes a second; 0: a device that only listens. */
  readonly hashRate?: number;
  readonly powMode?: PowMode;
  readonly skewMs?: number;
  /** Stands between the node and its links: what an adversary that is a real node otherwise does to its messages. */
  readonly wrapLink?: (link: SimLink) => Link;
}

/** What all nodes of a simulation share. */
export interface SimWorld {
  readonly network: Network;
  readonly params: Params;
  readonly genesis: Block;
  readonly verify: Verify;
  readonly log: BlockLog;
  readonly intern: Intern;
  readonly tickMs: number;
  readonly diskMs: number;
}

export class SimNode implements Endpoint {
  readonly name: string;
  readonly index: number;
  readonly clock: NodeClock;
  readonly store: MemoryStore;
  readonly pow: DrawnPow;
  readonly links = new Map<string, SimLink>();
  /** Memos of this node's own transactions that were sealed, in order. */
  readonly sealed: string[] = [];
  group = 0;
  node!: Node;
  /** By the simulation's clock; undefined while it is off. */
  startedAtMs: number | undefined;
  powMode: PowMode;
  readonly #world: SimWorld;
  readonly #secretKey: Uint8Array;
  readonly #wrapLink: (link: SimLink) => Link;
  #ownPending: readonly Transaction[] = [];
  /** What arrives while the lid is closed. */
  #held: (() => void)[] | undefined;
  #run = 0;

  constructor(world: SimWorld, name: string, index: number, options: SimNodeOptions) {
    const { queue, random } = world.network;
    this.#world = world;
    this.name = name;
    this.index = index;
    this.powMode = options.powMode ?? 'on-demand';
    this.#wrapLink = options.wrapLink ?? ((link) => link);
    this.#secretKey = random.bytes(32);
    this.clock = new NodeClock(queue, options.skewMs ?? 0);
    this.store = new MemoryStore((run) => queue.after(world.diskMs, run), world.intern);
    this.pow = new DrawnPow(queue, random, options.hashRate ?? 1, (jobId, header) => {
      if (!this.alive || this.asleep) return;
      this.node.onPowFound(jobId, header, this.clock.nowMs);
      this.#world.log.onFound(this, header);
    });
  }

  get alive(): boolean {
    return this.startedAtMs !== undefined;
  }

  get asleep(): boolean {
    return this.#held !== undefined;
  }

  get account(): string {
    return this.node.account;
  }

  get session(): string {
    return this.node.session;
  }

  get tip(): Chain['tip'] {
    return this.node.chain.tip;
  }

  get readyPeers(): number {
    let count = 0;
    for (const peer of this.node.peers) if (peer.ready) count++;
    return count;
  }

  /** Also after a crash: with what the store has. */
  start(): void {
    const { network, params, genesis, verify, tickMs } = this.#world;
    const { queue, random } = network;
    const chain = new Chain(params, genesis, verify);
    this.store.restoreInto(chain);
    this.startedAtMs = queue.nowMs;
    const relayed = new RelayedDials(network, this);
    this.node = new Node(
      {
        chain,
        secretKey: this.#secretKey,
        store: this.store,
        pow: this.pow,
        rng: random,
        // Works ahead of nothing.
        verifier: { lookAhead: (_transactions, done) => done([]) },
        dialer: { dial: (peerId, route) => this.#dial(relayed, peerId, route) },
        events: {
          askRoster: () => this.#askRoster(),
          onSealed: ({ memo }) => this.sealed.push(memo),
          onReorg: () => undefined,
          onOwnPending: (transactions) => (this.#ownPending = transactions),
          onSignal: (from, payload) => relayed.onSignal(from, payload),
          onUnroutable: (to) => relayed.onUnroutable(to),
        },
      },
      this.clock.nowMs,
    );
    this.node.setPowMode(this.powMode, this.clock.nowMs);
    for (const tx of this.#ownPending) this.node.submitOwn(tx, this.clock.nowMs);
    const run = ++this.#run;
    // Not all at the same moment.
    queue.after(random.next() * tickMs, () => this.#tick(run));
    queue.after(JOIN_MS * random.next(), () => {
      if (run === this.#run) this.joinServer();
    });
  }

  /** Connects to the signaling server, if it lives, and is given a roster. */
  joinServer(): void {
    const { server } = this.#world.network;
    if (!server.isUp || !this.alive) return;
    server.join(this);
    this.#askRoster();
  }

  /** As a closed tab: links, mempool and work are gone, and what the store had not written yet. */
  crash(): void {
    this.startedAtMs = undefined;
    this.#held = undefined;
    this.#run++;
    this.store.crash();
    this.pow.stop();
    this.#world.network.server.leave(this);
    for (const link of [...this.links.values()]) link.cut();
  }

  /** The lid is closed: nothing runs, and what arrives waits. */
  sleep(): void {
    this.#held ??= [];
    this.#run++;
  }

  wake(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.node.onAwake(this.clock.nowMs);
    this.#tick(++this.#run);
    this.joinServer();
    for (const run of held) run();
  }

  compose(memo: string, draft: Partial<Draft> = {}): Composed {
    const full = { memo, recipient: undefined, amount: 0, fee: 0, ...draft };
    return this.node.compose(full, this.clock.nowMs);
  }

  setPowMode(mode: PowMode): void {
    this.powMode = mode;
    this.node.setPowMode(mode, this.clock.nowMs);
  }

  // What comes in over the network.

  admit(account: string, session: string): Admission {
    return this.asleep ? 'full' : this.node.admit(account, session);
  }

  onLinkOpen(link: SimLink, peerId: string): void {
    this.#whenAwake(() => this.node.onLinkOpen(this.#wrapLink(link), peerId, this.clock.nowMs));
  }

  onFrame(linkId: string, frame: Uint8Array): void {
    if (this.#held) this.#held.push(() => this.node.onFrame(linkId, frame, this.clock.nowMs));
    else this.node.onFrame(linkId, frame, this.clock.nowMs);
  }

  onDrained(linkId: string): void {
    this.#whenAwake(() => this.node.onDrained(linkId, this.clock.nowMs));
  }

  onLinkClosed(linkId: string): void {
    this.#whenAwake(() => this.node.onLinkClosed(linkId, this.clock.nowMs));
  }

  onDialFailed(peerId: string, reason: string): void {
    this.#whenAwake(() => this.node.onDialFailed(peerId, reason, this.clock.nowMs));
  }

  /** `run` ends with a crash or with sleep. */
  #tick(run: number): void {
    if (run !== this.#run) return;
    this.node.tick(this.clock.nowMs);
    this.#world.network.queue.after(this.#world.tickMs, () => this.#tick(run));
  }

  #whenAwake(run: () => void): void {
    if (this.#held) this.#held.push(run);
    else run();
  }

  #dial(relayed: RelayedDials, peerId: string, route: Route): void {
    switch (route) {
      case 'server':
        return this.#world.network.dial(this, peerId);
      case 'peers':
        return relayed.dial(peerId);
      default:
        route satisfies never;
    }
  }

  #askRoster(): void {
    const { queue, server, random } = this.#world.network;
    queue.after(JOIN_MS * (1 + random.next()), () => {
      const roster = this.alive && !this.asleep ? server.roster(this) : undefined;
      if (roster) this.node.onRoster(roster.peerIds, roster.members, this.clock.nowMs);
    });
  }
}
