/**
 * A room of real nodes (all of web/core and web/node) in virtual time: the
 * clock, chance, the links, the stores and the search for nonces are seeded
 * fakes, and nothing else is. One seed gives one run, event for event.
 */
import { Chain } from '../../web/core/chain.ts';
import { genesisBlock } from '../../web/core/genesis.ts';
import { hashToNumber, sha256d } from '../../web/core/hash.ts';
import { HEADER_BYTES } from '../../web/core/header.ts';
import { REGTEST, type Params } from '../../web/core/params.ts';
import { verifyZip215 } from '../../web/core/transaction.ts';
import { Node } from '../../web/node/node.ts';
import type { Link, PowJob } from '../../web/node/ports.ts';
import { EventQueue } from './event-queue.ts';
import { MemoryStore } from './memory-store.ts';
import { SeededRandom } from './seeded-random.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly params?: Params;
  /** One-way delay of a link: this much, and up to as much again by chance. */
  readonly latencyMs?: number;
}

const START_MS = Date.UTC(2026, 0, 2);
const TICK_MS = 250;
const ROSTER_SIZE = 16;

export class Simulation {
  readonly queue = new EventQueue(START_MS);
  readonly random: SeededRandom;
  readonly nodes: SimNode[] = [];
  /** Every frame that arrived: time, from, to, bytes. Two runs of one seed have the same. */
  readonly trace: string[] = [];
  readonly params: Params;
  readonly genesisSeed: Uint8Array;
  readonly #latencyMs: number;
  readonly #links = new Set<SimLink>();

  constructor({ seed, params = REGTEST, latencyMs = 50 }: SimulationOptions) {
    this.random = new SeededRandom(seed);
    this.params = params;
    this.genesisSeed = this.random.bytes(32);
    this.#latencyMs = latencyMs;
  }

  /** A new node; it gets its roster at once. `hashRate` in hashes a second. */
  join(name: string, hashRate = 1): SimNode {
    const node = new SimNode(this, name, hashRate);
    this.nodes.push(node);
    node.start();
    this.sendRoster(node);
    return node;
  }

  /** Which group a node is in decides whom it can reach. */
  partition(groupOf: (node: SimNode) => number): void {
    for (const node of this.nodes) node.group = groupOf(node);
    for (const link of [...this.#links]) if (link.from.group !== link.to.group) link.cut();
  }

  heal(): void {
    this.partition(() => 0);
  }

  run(seconds: number, done?: () => boolean): boolean {
    return this.queue.runUntil(this.queue.nowMs + seconds * 1000, done);
  }

  get converged(): boolean {
    return new Set(this.nodes.map(({ node }) => node.chain.tip.id)).size === 1;
  }

  delay(): number {
    return this.#latencyMs * (1 + this.random.next());
  }

  sendRoster(to: SimNode): void {
    this.queue.after(this.delay(), () => {
      const others = this.nodes.filter((other) => other !== to && other.group === to.group && other.alive);
      const ids = this.random.shuffled(others).slice(0, ROSTER_SIZE);
      to.node.onRoster(
        ids.map(({ name }) => name),
        others.length + 1,
        this.queue.nowMs,
      );
    });
  }

  dial(from: SimNode, name: string): void {
    this.queue.after(this.delay() * 2, () => {
      const to = this.nodes.find((node) => node.name === name);
      if (!from.alive) return;
      const answer =
        !to || !to.alive || to.group !== from.group
          ? 'unreachable'
          : to.node.admit(from.node.account, from.node.session);
      if (!to || answer !== 'accept') return from.node.onDialFailed(name, answer, this.queue.nowMs);
      const id = Buffer.from(this.random.bytes(16)).toString('hex');
      const out = new SimLink(this, id, true, from, to);
      const back = new SimLink(this, id, false, to, from);
      out.other = back;
      back.other = out;
      this.#links.add(out).add(back);
      from.links.set(id, out);
      to.links.set(id, back);
      from.node.onLinkOpen(out, to.name, this.queue.nowMs);
      to.node.onLinkOpen(back, from.name, this.queue.nowMs);
    });
  }

  forget(link: SimLink): void {
    this.#links.delete(link);
  }
}

/** One direction of a link. Frames arrive in order; what is under way when it is cut is lost. */
export class SimLink implements Link {
  readonly bufferedBytes = 0;
  other: SimLink | undefined;
  readonly id: string;
  readonly dialled: boolean;
  readonly from: SimNode;
  readonly to: SimNode;
  readonly #simulation: Simulation;
  #open = true;
  #arrivalMs = 0;

  constructor(simulation: Simulation, id: string, dialled: boolean, from: SimNode, to: SimNode) {
    this.#simulation = simulation;
    this.id = id;
    this.dialled = dialled;
    this.from = from;
    this.to = to;
  }

  send(frame: Uint8Array): void {
    const { queue, trace } = this.#simulation;
    this.#arrivalMs = Math.max(this.#arrivalMs, queue.nowMs + this.#simulation.delay());
    queue.at(this.#arrivalMs, () => {
      if (!this.#open || !this.to.alive) return;
      trace.push(`${queue.nowMs} ${this.from.name}>${this.to.name} ${frame.length}`);
      this.to.node.onFrame(this.id, frame, queue.nowMs);
    });
  }

  close(): void {
    this.cut();
  }

  cut(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#simulation.forget(this);
    this.from.links.delete(this.id);
    this.#simulation.queue.after(0, () => {
      if (this.from.alive) this.from.node.onLinkClosed(this.id, this.#simulation.queue.nowMs);
    });
    this.other?.cut();
  }
}

/** A node, its store (which survives a crash) and its search for nonces. */
export class SimNode {
  readonly name: string;
  readonly store: MemoryStore;
  readonly links = new Map<string, SimLink>();
  /** Memos of this node's own transactions that were sealed, in order. */
  readonly sealed: string[] = [];
  group = 0;
  alive = false;
  node!: Node;
  readonly #simulation: Simulation;
  readonly #secretKey: Uint8Array;
  readonly #hashRate: number;
  #job: PowJob | undefined;
  #run = 0;

  constructor(simulation: Simulation, name: string, hashRate: number) {
    this.#simulation = simulation;
    this.name = name;
    this.#hashRate = hashRate;
    this.#secretKey = simulation.random.bytes(32);
    this.store = new MemoryStore((run) => simulation.queue.after(1, run));
  }

  /** As a closed tab: links, mempool and work are gone, the store stays. */
  crash(): void {
    this.alive = false;
    this.#job = undefined;
    for (const link of [...this.links.values()]) link.cut();
  }

  /** Also after a crash: with what the store has. */
  start(): void {
    const { queue, random, params, genesisSeed } = this.#simulation;
    const chain = new Chain(params, genesisBlock(params, genesisSeed), verifyZip215);
    this.store.restoreInto(chain);
    this.alive = true;
    this.node = new Node(
      {
        chain,
        secretKey: this.#secretKey,
        store: this.store,
        pow: { start: (job) => this.#grind(job), stop: () => (this.#job = undefined) },
        rng: random,
        // Works ahead of nothing.
        verifier: { warm: (_items, done) => done() },
        dialer: { dial: (name) => this.#simulation.dial(this, name) },
        events: {
          askRoster: () => this.#simulation.sendRoster(this),
          onSealed: ({ memo }) => this.sealed.push(memo),
          onReorg: () => undefined,
          onOwnPending: () => undefined,
        },
      },
      queue.nowMs,
    );
    const run = ++this.#run;
    const tick = () => {
      if (!this.alive || run !== this.#run) return;
      this.node.tick(queue.nowMs);
      queue.after(TICK_MS, tick);
    };
    // Not all at the same moment.
    queue.after(random.next() * TICK_MS, tick);
  }

  /** The time to a find is drawn; the nonce itself is really searched for, since every node checks it. */
  #grind(job: PowJob): void {
    const { queue, random } = this.#simulation;
    this.#job = job;
    const expectedHashes = Number((1n << 256n) / (job.target + 1n));
    queue.after(random.exponential((expectedHashes / this.#hashRate) * 1000), () => {
      if (this.#job !== job || !this.alive) return;
      this.#job = undefined;
      this.node.onPowFound(job.id, solve(job), queue.nowMs);
    });
  }
}

function solve({ header, target }: PowJob): Uint8Array {
  const solved = header.slice();
  const view = new DataView(solved.buffer);
  for (let nonce = 0; ; nonce++) {
    view.setUint32(HEADER_BYTES - 4, nonce, true);
    if (hashToNumber(sha256d(solved)) <= target) return solved;
  }
}
