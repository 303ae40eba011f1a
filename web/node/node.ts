/**
 * A full node: wires the chain to its peers, its store and its workers.
 * Synchronous and without a clock of its own: everything that happens comes
 * in through a method with the time (ms since 1970), everything that it wants
 * goes out through the ports.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Block } from '../core/block.ts';
import type { BlockEntry } from '../core/block-index.ts';
import type { BlockResult, Chain } from '../core/chain.ts';
import type { AccountId, BlockId, TxId } from '../core/hash.ts';
import { Mempool } from '../core/mempool.ts';
import type { Transaction } from '../core/transaction.ts';
import { SESSION_BYTES, type AddressId } from './address.ts';
import { AddressBook } from './address-book.ts';
import { readBlockRange } from './block-reader.ts';
import type { Draft } from './draft.ts';
import { Mesh, type Admission } from './mesh.ts';
import { MeshHealth } from './mesh-health.ts';
import { MessageRouter } from './message-router.ts';
import { CHALLENGE_BYTES, PROTOCOL_VERSION, type Hello } from './messages.ts';
import { isForNow, OwnTransactions, type Composed } from './own-transactions.ts';
import { PENALTIES, type PeerCode } from './penalties.ts';
import type { Peer, PeerContext } from './peer.ts';
import { PeerExchange } from './peer-exchange.ts';
import { PeerSet } from './peer-set.ts';
import type { Dialer, Link, Pow, Rng, Store, Verifier } from './ports.ts';
import { Producer } from './producer.ts';
import { Replication } from './replication.ts';
import { SignalRouter } from './signal-router.ts';
import type { BlockDetail, NodeSlices, PowMode, ReorgRecord } from './snapshot.ts';
import { SnapshotMaker } from './snapshot-maker.ts';
import type { StaleBlocks } from './stale-blocks.ts';
import type { Heard } from './views.ts';
import { WireCounts } from './wire-counts.ts';
import type { WireObserver } from './wire-record.ts';

/** Ticks further apart than this mean that the device slept: nobody is judged by the pause. */
const GAP_MS = 10_000;
const EXPIRY_INTERVAL_MS = 30_000;

export interface NodeOptions {
  /** With its stored part restored already. */
  readonly chain: Chain;
  /** Ed25519, 32 bytes. */
  readonly secretKey: Uint8Array;
  readonly dialer: Dialer;
  readonly store: Store;
  readonly pow: Pow;
  readonly rng: Rng;
  /** The one whose `verify` the chain has. */
  readonly verifier: Verifier;
  readonly events: NodeEvents;
}

export interface NodeEvents {
  /** Asks the signaling server for another roster. */
  askRoster(): void;
  /** One of the node's own transactions is in a block. */
  onSealed(tx: Transaction, entry: BlockEntry): void;
  onReorg(reorg: ReorgRecord): void;
  /** The node's own transactions that are not in a block; to be kept over a restart. */
  onOwnPending(transactions: readonly Transaction[]): void;
  /** A signal for this node came through peers, proved to be from `from`. */
  onSignal(from: AddressId, payload: Uint8Array): void;
  /** No signal gets through to `to`. */
  onUnroutable(to: AddressId): void;
}

export class Node {
  readonly account: AccountId;
  /** Random for each run. */
  readonly session: string;
  readonly chain: Chain;
  readonly mempool = new Mempool();
  readonly peers: PeerSet;
  readonly book: AddressBook;
  readonly wire = new WireCounts();
  readonly producer: Producer;
  /** Who looks at the messages as they pass, if anybody does. */
  onWire: WireObserver | undefined;

  readonly #options: NodeOptions;
  readonly #context: PeerContext;
  readonly #own: OwnTransactions;
  readonly #replication: Replication;
  readonly #router: MessageRouter;
  readonly #exchange: PeerExchange;
  readonly #signals: SignalRouter;
  readonly #mesh: Mesh;
  readonly #snapshots = new SnapshotMaker(this);
  #nowMs: number;
  /** Frames and the page's events may come before the first tick after a sleep: only ticks tell how long it was. */
  #tickedAtMs: number;
  #expireAtMs = 0;

  constructor(options: NodeOptions, nowMs: number) {
    const { chain, secretKey, dialer, store, pow, rng, verifier, events } = options;
    const { mempool } = this;
    this.#options = options;
    this.#nowMs = nowMs;
    this.#tickedAtMs = nowMs;
    this.chain = chain;
    this.account = bytesToHex(ed25519.getPublicKey(secretKey));
    this.session = bytesToHex(rng.bytes(SESSION_BYTES));
    this.peers = new PeerSet(this.account, (peer) => this.#onGone(peer));
    this.producer = new Producer(chain, mempool, pow, this.account, (id) => this.isOwn(id), rng);
    const punish = this.#punish.bind(this);
    this.book = new AddressBook(this.account, (key) => this.peers.isBanned(key, this.#nowMs));
    this.#exchange = new PeerExchange(this.book, rng, punish);
    this.#mesh = new Mesh({
      dialer,
      rng,
      book: this.book,
      health: new MeshHealth(chain, this.book),
      events: { askRoster: () => events.askRoster(), drop: (peer) => this.peers.drop(peer) },
    });
    this.#signals = new SignalRouter({
      own: { key: this.account, session: this.session },
      secretKey,
      genesisHash: chain.genesisHash,
      verify: chain.signatures.verify,
      routes: this.book,
      punish,
      onSignal: (from, payload) => events.onSignal(from, payload),
      onUnroutable: (to) => events.onUnroutable(to),
    });
    this.#replication = new Replication({
      chain,
      mempool,
      peers: this.peers,
      store,
      verifier,
      rng,
      wire: this.wire,
      punish,
      clock: this,
      isOwn: (id) => this.isOwn(id),
      onSealed: (tx, entry) => events.onSealed(tx, entry),
      onReorg: (reorg) => events.onReorg(reorg),
      onMempoolChanged: () => this.#mempoolChanged(),
      onRefusedReturn: (tx, code) => {
        if (tx.sender === this.account && isForNow(code)) this.#own.hold(tx);
      },
      onChainChanged: () => {
        this.#own.retry(this.#nowMs);
        this.#mempoolChanged();
        this.producer.update(this.#nowMs);
      },
    });
    this.#own = new OwnTransactions({
      chain,
      mempool,
      account: this.account,
      secretKey,
      add: (tx, atMs) => this.#replication.intake.add(tx, undefined, atMs),
    });
    this.#router = new MessageRouter({
      chain,
      mempool,
      replication: this.#replication,
      exchange: this.#exchange,
      signals: this.#signals,
      punish,
      wire: this.wire,
    });
    this.#context = {
      genesisHash: chain.genesisHash,
      secretKey,
      verify: chain.signatures.verify,
      rng,
      events: {
        onReady: (peer) => this.#onReady(peer),
        onMessage: (peer, message) => this.#router.route(peer, message, this.#nowMs),
        onBroken: (peer, code) => this.#punish(peer, code),
        onSent: (peer, name, bytes) => {
          this.wire.sent(name, bytes.length);
          this.onWire?.('sent', peer, name, bytes);
        },
        onReceived: (peer, name, bytes) => {
          this.wire.received(name, bytes.length);
          this.onWire?.('received', peer, name, bytes);
        },
      },
    };
  }

  // What happens to the node.

  tick(nowMs: number): void {
    const gap = nowMs - this.#tickedAtMs;
    this.#nowMs = nowMs;
    this.#tickedAtMs = nowMs;
    if (gap > GAP_MS || gap < 0) this.#forgiveGap(gap);
    for (const peer of [...this.peers]) {
      const late = peer.tick(nowMs);
      if (late) this.#punish(peer, late);
    }
    this.#replication.tick(nowMs);
    this.#exchange.tick(nowMs);
    this.#signals.tick();
    this.#mesh.tick(nowMs);
    if (nowMs >= this.#expireAtMs) {
      this.#expireAtMs = nowMs + EXPIRY_INTERVAL_MS;
      this.#expire(nowMs);
    }
    this.producer.update(nowMs);
  }

  /** The signaling server let us in. */
  onWelcome(peerIds: readonly string[], members: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#mesh.onWelcome(peerIds, members, nowMs);
  }

  onRoster(peerIds: readonly string[], members: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#mesh.onRoster(peerIds, members, nowMs);
  }

  /** May a peer that claims this key, in this run of its node, come in? */
  admit(key: AccountId, session: string): Admission {
    if (key === this.account) return 'linked';
    // It is not told why.
    if (this.peers.isBanned(key, this.#nowMs)) return 'full';
    return this.#mesh.admit(key, this.peers.isLinked(key, session), this.#nowMs);
  }

  onLinkOpen(link: Link, peerId: string, nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#mesh.onLinkOpen(link, peerId, nowMs)) {
      this.peers.open(link, this.#hello(), this.#context, nowMs);
    } else {
      link.close();
    }
  }

  onFrame(linkId: string, frame: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    this.peers.get(linkId)?.receive(frame, nowMs);
    this.producer.update(nowMs);
  }

  onDrained(linkId: string, nowMs: number): void {
    this.#nowMs = nowMs;
    const peer = this.peers.get(linkId);
    if (!peer) return;
    peer.drain();
    this.#replication.server.serve(peer);
  }

  onLinkClosed(linkId: string, nowMs: number): void {
    this.#nowMs = nowMs;
    const peer = this.peers.get(linkId);
    if (peer) this.peers.drop(peer);
  }

  onDialFailed(peerId: string, reason: string, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#mesh.onDialFailed(peerId, reason, nowMs);
  }

  /** Towards a node that is not linked, through peers. What fails comes back as the event `onUnroutable`, or not at all. */
  sendSignal(to: AddressId, payload: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#signals.send(to, payload, nowMs);
  }

  /** The device is online, awake or visible again. */
  onAwake(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#mesh.hurry(nowMs);
  }

  onPowFound(jobId: number, header: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    const { keeper } = this.#replication;
    const block = this.producer.complete(jobId, header);
    if (block && keeper.take(block, undefined, nowMs).kind === 'accepted') {
      this.producer.found++;
      keeper.activate(nowMs);
    }
    this.producer.update(nowMs);
  }

  onPowExhausted(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.producer.working) this.producer.renew(nowMs);
  }

  // What the user asks for.

  compose(draft: Draft, nowMs: number): Composed {
    this.#nowMs = nowMs;
    const composed = this.#own.compose(draft, nowMs);
    this.producer.update(nowMs);
    return composed;
  }

  /** A transaction of this node's own that was signed before. */
  submitOwn(tx: Transaction, nowMs: number): Composed {
    this.#nowMs = nowMs;
    const composed = this.#own.submit(tx, nowMs);
    this.producer.update(nowMs);
    return composed;
  }

  /** One that was pending before a restart: kept, if there is no place for it yet. */
  restoreOwn(tx: Transaction, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#own.restore(tx, nowMs);
    // The mempool has not changed if it has no place.
    this.#mempoolChanged();
    this.producer.update(nowMs);
  }

  /** Blocks from a file (intake.ts). */
  takeFromFile(blocks: readonly Block[], nowMs: number): BlockResult[] {
    this.#nowMs = nowMs;
    const results = this.#replication.intake.takeFromFile(blocks, nowMs);
    this.producer.update(nowMs);
    return results;
  }

  /** The body of an active block that the store has lost, from a peer (lost-blocks.ts); `done` is called once. */
  fetchLost(entry: BlockEntry, nowMs: number, done: (block: Block | undefined) => void): void {
    this.#nowMs = nowMs;
    this.#replication.lost.fetch(entry, nowMs, done);
  }

  setPowMode(mode: PowMode, nowMs: number): void {
    this.#nowMs = nowMs;
    this.producer.mode = mode;
    this.producer.update(nowMs);
  }

  disconnect(linkId: string): void {
    const peer = this.peers.get(linkId);
    if (peer) this.peers.drop(peer);
  }

  /** Active blocks by height, `from` to `to` inclusive (block-reader.ts); `done` is called once. */
  readBlocks(from: number, to: number, done: (blocks: readonly BlockDetail[]) => void): void {
    readBlockRange(this.chain, this.#options.store, (id) => this.heard(id), { from, to }, done);
  }

  // What the node knows.

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Does it fetch a chain, and not just the next blocks? */
  get isCatchingUp(): boolean {
    return this.producer.isCatchingUp;
  }

  /** When `tick` is wanted next, if before the next regular one. */
  get wakeAtMs(): number | undefined {
    return this.producer.wakeAtMs;
  }

  get reorgs(): readonly ReorgRecord[] {
    return this.#replication.keeper.reorgs;
  }

  /** A reorg has begun that waits for the store. */
  get isReadingBack(): boolean {
    return this.#replication.keeper.isReadingBack;
  }

  get stale(): StaleBlocks {
    return this.#replication.keeper.stale;
  }

  get banned(): number {
    return this.peers.bannedCount(this.#nowMs);
  }

  /** Nonce of this node's next transaction, pending ones counted. */
  get nextNonce(): number {
    return this.#own.nextNonce;
  }

  awaited(peer: Peer): number {
    return this.#replication.sync.awaited(peer);
  }

  heard(id: BlockId): Heard | undefined {
    return this.#replication.keeper.heard(id);
  }

  isOwn(id: TxId): boolean {
    return this.#own.has(id);
  }

  snapshot<K extends keyof NodeSlices>(slice: K): NodeSlices[K] {
    return this.#snapshots.make(slice);
  }

  // Peers.

  #hello(): Hello {
    const { tip } = this.chain;
    return {
      protocol: PROTOCOL_VERSION,
      genesisId: this.chain.index.genesis.id,
      key: this.account,
      session: this.session,
      challenge: this.#options.rng.bytes(CHALLENGE_BYTES),
      time: Math.floor(this.#nowMs / 1000),
      tipId: tip.id,
      height: tip.height,
      work: tip.work,
    };
  }

  #onReady(peer: Peer): void {
    if (!this.peers.admit(peer, this.#nowMs)) return;
    if (!this.#mesh.onReady(peer, this.#nowMs)) return this.peers.drop(peer);
    this.#exchange.addPeer(peer, this.#nowMs);
    this.#signals.addPeer(peer, this.#nowMs);
    this.#replication.addPeer(peer, this.#nowMs);
  }

  #onGone(peer: Peer): void {
    this.#exchange.removePeer(peer);
    this.#signals.removePeer(peer);
    this.#replication.removePeer(peer, this.#nowMs);
    this.#mesh.onLinkClosed(peer.link.id, this.#nowMs);
  }

  #punish(peer: Peer, code: PeerCode, points = PENALTIES[code]): void {
    this.wire.refused(code);
    this.peers.punish(peer, code, this.#nowMs, points);
  }

  /** What has waited too long leaves; what the node's own user wrote is handed in anew, as nobody else would do that. */
  #expire(nowMs: number): void {
    const gone = this.mempool.expire(this.chain.ledger, nowMs);
    const own = gone.filter(({ id }) => this.isOwn(id)).sort((a, b) => a.tx.nonce - b.tx.nonce);
    for (const { id, tx } of own) {
      // The peers have dropped it as well, or soon will.
      for (const peer of this.peers) peer.known.delete(id);
      this.#own.restore(tx, nowMs);
    }
    this.#own.retry(nowMs);
    if (gone.length > 0) this.#mempoolChanged();
  }

  #forgiveGap(gapMs: number): void {
    for (const peer of this.peers) {
      peer.forgiveGap(this.#nowMs);
      peer.noteClockStep(gapMs);
    }
    this.#replication.forgiveGap(this.#nowMs);
    this.#exchange.forgiveGap(this.#nowMs);
    this.producer.forgiveGap(this.#nowMs);
    this.#mesh.hurry(this.#nowMs);
  }

  #mempoolChanged(): void {
    this.producer.noteMempool();
    this.#options.events.onOwnPending(this.#own.pending);
  }
}
