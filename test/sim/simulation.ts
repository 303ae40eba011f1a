/**
 * A room of real nodes (all of web/core and web/node) in virtual time: the
 * clocks, chance, the links, the server, the stores and the search for nonces
 * are seeded fakes, and nothing else is. One seed gives one run, frame for frame.
 */
import { genesisBlock } from '../../web/core/genesis.ts';
import type { Block } from '../../web/core/block.ts';
import { REGTEST, type Params } from '../../web/core/params.ts';
import type { Verify } from '../../web/core/transaction.ts';
import type { StoredBlock } from '../../web/node/ports.ts';
import { BlockLog } from './block-log.ts';
import { EventQueue } from './event-queue.ts';
import type { Intern } from './memory-store.ts';
import { HOME_LINKS, Network, type LinkConditions } from './network.ts';
import { SeededRandom } from './seeded-random.ts';
import { sharedVerify } from './shared-verify.ts';
import { SignalingStandIn } from './signaling-stand-in.ts';
import { SimNode, type SimNodeOptions, type SimWorld } from './sim-node.ts';
import { TraceHash } from './trace-hash.ts';
import { WireTap } from './wire-tap.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly params?: Params;
  readonly links?: Partial<LinkConditions>;
  /** As often as the engine by default; a thousand nodes may be given a slower one. */
  readonly tickMs?: number;
  /** From a commit to its being written; a crash between the two loses it. */
  readonly diskMs?: number;
  /** By the simulation's clock, ms since 1970; a day after the room's genesis unless said otherwise. */
  readonly startMs?: number;
}

const START_MS = Date.UTC(2026, 0, 2);
const TICK_MS = 250;
const DISK_MS = 10;
/** Of virtual time, between two looks at whether a run is done: that may look at every node. */
const DONE_INTERVAL_MS = 50;

/** All nodes of all simulations ask one verifier: the questions name the room. */
const verify = sharedVerify();

export class Simulation implements SimWorld {
  readonly seed: number;
  readonly startedAtMs: number;
  readonly queue: EventQueue;
  readonly random: SeededRandom;
  readonly network: Network;
  readonly server: SignalingStandIn;
  readonly trace = new TraceHash();
  readonly tap: WireTap;
  readonly nodes: SimNode[] = [];
  readonly log: BlockLog;
  readonly params: Params;
  readonly genesis: Block;
  readonly verify: Verify = verify;
  readonly tickMs: number;
  readonly diskMs: number;
  readonly #stored = new Map<string, StoredBlock>();
  #endpoints = 0;

  constructor({
    seed,
    params = REGTEST,
    links = {},
    tickMs = TICK_MS,
    diskMs = DISK_MS,
    startMs = START_MS,
  }: SimulationOptions) {
    this.seed = seed;
    this.startedAtMs = startMs;
    this.queue = new EventQueue(startMs);
    this.random = new SeededRandom(seed);
    this.params = params;
    this.tickMs = tickMs;
    this.diskMs = diskMs;
    this.genesis = genesisBlock(params, this.random.bytes(32));
    this.server = new SignalingStandIn(this.random);
    this.tap = new WireTap(({ to }, blockId) => {
      const chain = to instanceof SimNode ? to.node.chain : undefined;
      const entry = chain?.index.get(blockId);
      return entry !== undefined && chain?.hasBody(entry) === true;
    });
    this.network = new Network(this, { ...HOME_LINKS, ...links });
    this.log = new BlockLog(this.queue, this.nodes);
  }

  /** A new node, which joins the server and is given its roster. */
  join(name: string, options: SimNodeOptions = {}): SimNode {
    const node = new SimNode(this, name, this.nextIndex(), options);
    this.nodes.push(node);
    node.start();
    this.network.add(node);
    return node;
  }

  joinMany(count: number, options: SimNodeOptions = {}): SimNode[] {
    return Array.from({ length: count }, () => this.join(`n${this.nodes.length}`, options));
  }

  /** For an endpoint that is not one of `nodes`. */
  nextIndex(): number {
    return this.#endpoints++;
  }

  /** Which group a node is in decides whom it can reach. The server reaches all of them. */
  partition(groupOf: (node: SimNode) => number): void {
    for (const node of this.nodes) node.group = groupOf(node);
    this.network.cutBetweenGroups();
  }

  heal(): void {
    this.partition(() => 0);
  }

  /** Until `done` says so (true) or the time is over (false). */
  run(seconds: number, done?: () => boolean): boolean {
    const endMs = this.queue.nowMs + seconds * 1000;
    if (!done) {
      this.queue.runUntil(endMs);
      return false;
    }
    while (!done()) {
      if (this.queue.nowMs >= endMs) return false;
      this.queue.runUntil(Math.min(this.queue.nowMs + DONE_INTERVAL_MS, endMs));
    }
    return true;
  }

  /** Every node that is on. */
  get alive(): SimNode[] {
    return this.nodes.filter((node) => node.alive);
  }

  get converged(): boolean {
    const [first, ...others] = this.alive;
    return others.every((other) => other.tip.id === first?.tip.id);
  }

  /** One tip, and every node with the same ledger under it. */
  get agreed(): boolean {
    return this.converged && new Set(this.alive.map(({ node }) => node.chain.ledger.hash())).size <= 1;
  }

  /** Stored blocks are immutable and the same for everybody: a thousand stores keep one copy. */
  readonly intern: Intern = (block) => {
    const known = this.#stored.get(block.id);
    if (known) return known;
    this.#stored.set(block.id, block);
    return block;
  };
}
