/**
 * A real node on one end of a link, and on the other end the test itself,
 * which may say anything: well-formed, malformed or out of turn.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { Chain } from '../../../web/core/chain.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { verifyZip215, type Transaction } from '../../../web/core/transaction.ts';
import type { AddressId } from '../../../web/node/address.ts';
import { FrameReader, toFrames } from '../../../web/node/framing.ts';
import { prove } from '../../../web/node/handshake.ts';
import {
  decodeMessage,
  encodeMessage,
  type Hello,
  type Message,
  type MessageName,
} from '../../../web/node/messages.ts';
import { Node } from '../../../web/node/node.ts';
import type { Link, PowJob, Route, Verifier } from '../../../web/node/ports.ts';
import { MemoryStore } from '../../sim/memory-store.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { GENESIS, GENESIS_HASH, wallet, type Wallet } from '../core/build.ts';

/** A day after the room's genesis: blocks made by `blockOn` are in its past. */
export const START_MS = (GENESIS.header.time + 86_400) * 1000;

/** Works ahead of nothing. */
const IDLE_VERIFIER: Verifier = { lookAhead: (_transactions, done) => done([]) };

export class TestedNode {
  readonly node: Node;
  readonly store = new MemoryStore((run) => this.#later.push(run));
  readonly dialled: string[] = [];
  /** Of each dial. */
  readonly routes: Route[] = [];
  readonly jobs: PowJob[] = [];
  /** Signals that came through peers for this node, and addresses that its own did not reach. */
  readonly signals: { readonly from: AddressId; readonly payload: Uint8Array }[] = [];
  readonly unroutable: AddressId[] = [];
  /** As the node last gave them to be kept. */
  ownPending: readonly Transaction[] = [];
  nowMs = START_MS;
  rosterAsked = 0;
  stops = 0;
  readonly #later: (() => void)[] = [];
  #links = 0;

  constructor(seed = 1, chain = new Chain(REGTEST, GENESIS, verifyZip215), verifier = IDLE_VERIFIER) {
    this.node = new Node(
      {
        chain,
        secretKey: wallet(1_000).secretKey,
        store: this.store,
        rng: new SeededRandom(seed),
        verifier,
        dialer: {
          dial: (peerId, route) => {
            this.dialled.push(peerId);
            this.routes.push(route);
          },
        },
        pow: { start: (job) => this.jobs.push(job), stop: () => this.stops++ },
        events: {
          askRoster: () => this.rosterAsked++,
          onSealed: () => undefined,
          onReorg: () => undefined,
          onOwnPending: (transactions) => (this.ownPending = transactions),
          onSignal: (from, payload) => this.signals.push({ from, payload }),
          onUnroutable: (to) => this.unroutable.push(to),
        },
      },
      this.nowMs,
    );
    // Messages of others wait in the mempool for as long as a test wants.
    this.node.setPowMode('off', this.nowMs);
  }

  /** Lets time pass in steps in which a tab would tick. */
  pass(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs;) {
      this.nowMs = Math.min(this.nowMs + 250, endMs);
      this.node.tick(this.nowMs);
      this.flushStore();
    }
  }

  flushStore(): void {
    for (let run = this.#later.shift(); run; run = this.#later.shift()) run();
  }

  /** A link on which nothing was said yet by the other side. */
  link(peer: Wallet = wallet(1), dialled = false, peerId?: string): HandPlayedPeer {
    const id = (++this.#links).toString(16).padStart(32, '0');
    return new HandPlayedPeer(this, id, peer, dialled, peerId);
  }

  /** A link with the handshake done. `peerId`: as its route names the peer. */
  connect(
    peer: Wallet = wallet(1),
    hello: Partial<Hello> = {},
    dialled = false,
    peerId?: string,
  ): HandPlayedPeer {
    const remote = this.link(peer, dialled, peerId);
    remote.shakeHands(hello);
    return remote;
  }
}

export class HandPlayedPeer implements Link {
  /** Did the node dial? */
  readonly dialled: boolean;
  readonly route = 'server';
  readonly id: string;
  readonly channel: Uint8Array;
  bufferedBytes = 0;
  closed = false;
  /** What the node has said, in order. */
  readonly heard: Message[] = [];
  readonly #tested: TestedNode;
  readonly #wallet: Wallet;
  readonly #reader = new FrameReader();

  constructor(tested: TestedNode, id: string, peer: Wallet, dialled: boolean, peerId = `peer-${id}`) {
    this.#tested = tested;
    this.id = id;
    this.channel = hexToBytes(id);
    this.dialled = dialled;
    this.#wallet = peer;
    tested.node.onLinkOpen(this, peerId, tested.nowMs);
  }

  send(frame: Uint8Array): void {
    const result = this.#reader.read(frame);
    if (result.kind === 'refused') throw new Error(`the node sent a bad frame: ${result.code}`);
    if (result.kind === 'partial') return;
    const message = decodeMessage(result.bytes);
    if (!message) throw new Error('the node sent what it could not read itself');
    this.heard.push(message);
  }

  close(): void {
    this.closed = true;
  }

  say(message: Message): void {
    for (const frame of toFrames(encodeMessage(message))) this.sayFrame(frame);
  }

  /** A well-formed message, changed after it was encoded: `bytes[0]` is its id. */
  sayChanged(message: Message, change: (bytes: Uint8Array) => void): void {
    const bytes = encodeMessage(message);
    change(bytes);
    for (const frame of toFrames(bytes)) this.sayFrame(frame);
  }

  sayFrame(frame: Uint8Array): void {
    this.#tested.node.onFrame(this.id, frame, this.#tested.nowMs);
    this.#tested.flushStore();
  }

  hello(change: Partial<Hello> = {}): Hello {
    return {
      protocol: 1,
      genesisId: this.#tested.node.chain.index.genesis.id,
      key: this.#wallet.id,
      session: '00'.repeat(8),
      challenge: new Uint8Array(32).fill(7),
      time: Math.floor(this.#tested.nowMs / 1000),
      tipId: this.#tested.node.chain.index.genesis.id,
      height: 0,
      work: 0n,
      ...change,
    };
  }

  shakeHands(change: Partial<Hello> = {}): void {
    const own = this.hello(change);
    const theirs = this.last('hello');
    this.say({ name: 'hello', ...own });
    this.say({
      name: 'ready',
      signature: prove(GENESIS_HASH, this.channel, own, theirs, this.#wallet.secretKey),
    });
  }

  last<K extends MessageName>(name: K): Extract<Message, { name: K }> {
    const message = this.heard.findLast((heard) => heard.name === name);
    if (!message)
      throw new Error(`the node has not said ${name}, only ${this.heard.map((m) => m.name).join(', ')}`);
    return message as Extract<Message, { name: K }>;
  }

  count(name: MessageName): number {
    return this.heard.filter((message) => message.name === name).length;
  }

  get isBanned(): boolean {
    return this.closed && this.#tested.node.admit(this.#wallet.id, 'ff'.repeat(8)) === 'full';
  }
}
