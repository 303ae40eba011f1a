/**
 * A full node: wires the chain to its peers, its store and its workers.
 * Synchronous and without a clock of its own: everything that happens comes
 * in through a method with the time (ms since 1970), everything that it wants
 * goes out through the ports.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Block } from '../core/block.ts';
import { headerOf, type BlockEntry } from '../core/block-index.ts';
import type { Activation, Chain } from '../core/chain.ts';
import { NOBODY, type AccountId, type BlockId, type TxId } from '../core/hash.ts';
import { Mempool, type MempoolResult } from '../core/mempool.ts';
import {
  isCoinbase,
  memoProblem,
  signTransaction,
  transactionId,
  type Transaction,
} from '../core/transaction.ts';
import { BlockServer } from './block-server.ts';
import { BlockSync } from './block-sync.ts';
import { BoundedMap } from './bounded.ts';
import { Mesh, type Admission } from './mesh.ts';
import { CHALLENGE_BYTES, PROTOCOL_VERSION, SESSION_BYTES, type Hello, type Message } from './messages.ts';
import { BAN_MS, blockPenalty, MAX_BANS, PENALTIES, type PeerCode } from './penalties.ts';
import { endsLink, Peer, type PeerContext } from './peer.ts';
import type { Dialer, Link, Pow, Rng, Store } from './ports.ts';
import { Producer } from './producer.ts';
import type { BlockDetail, NodeSlices, PowMode, ReorgRecord } from './snapshot.ts';
import { SnapshotMaker } from './snapshot-maker.ts';
import { announce, TransactionRelay } from './transaction-relay.ts';
import { blockDetail, type Heard } from './views.ts';
import { WireCounts } from './wire-counts.ts';

/** Ticks further apart than this mean that the device slept: nobody is judged by the pause. */
const GAP_MS = 10_000;
const EXPIRY_INTERVAL_MS = 30_000;
/** Blocks whose first hearing is remembered. */
const MAX_HEARD = 1_000;
const MAX_REORGS = 20;
/** As many as BIP130 announces at once. */
const MAX_ANNOUNCED_HEADERS = 8;
/** Blocks that one question of the page may ask for. */
export const MAX_RANGE = 200;

export interface NodeOptions {
  /** With its stored part restored already. */
  readonly chain: Chain;
  /** Ed25519, 32 bytes. */
  readonly secretKey: Uint8Array;
  readonly dialer: Dialer;
  readonly store: Store;
  readonly pow: Pow;
  readonly rng: Rng;
  readonly events: NodeEvents;
}

export interface NodeEvents {
  /** Asks the signaling server for another roster. */
  askRoster(): void;
  onSealed(tx: Transaction, entry: BlockEntry): void;
  onReorg(reorg: ReorgRecord): void;
  /** The node's own transactions that are not in a block; to be kept over a restart. */
  onOwnPending(transactions: readonly Transaction[]): void;
}

export interface Draft {
  readonly memo: string;
  readonly recipient: AccountId | undefined;
  readonly amount: number;
  readonly fee: number;
}

export type ComposeProblem = 'memo-too-long' | 'memo-not-text' | 'empty' | 'bad-amount' | 'bad-recipient';
export type ComposeResult =
  | { readonly ok: true; readonly tx: Transaction }
  | {
      readonly ok: false;
      readonly code: ComposeProblem | Extract<MempoolResult, { kind: 'refused' }>['code'];
    };

export class Node {
  readonly account: AccountId;
  /** Random for each run. */
  readonly session: string;
  readonly chain: Chain;
  readonly mempool = new Mempool();
  readonly producer: Producer;

  readonly #options: NodeOptions;
  readonly #context: PeerContext;
  readonly #peers = new Map<string, Peer>();
  readonly #bans = new BoundedMap<AccountId, number>(MAX_BANS);
  readonly #heard = new BoundedMap<BlockId, Heard>(MAX_HEARD);
  readonly #own = new Set<TxId>();
  readonly #sync: BlockSync;
  readonly #server: BlockServer;
  readonly #relay = new TransactionRelay();
  readonly #mesh: Mesh;
  readonly #wire = new WireCounts();
  readonly #snapshots: SnapshotMaker;
  #reorgs: readonly ReorgRecord[] = [];
  #nowMs: number;
  #expireAtMs = 0;
  #loadingForReorg = false;

  constructor(options: NodeOptions, nowMs: number) {
    const { chain, secretKey, dialer, store, pow, rng, events } = options;
    this.#options = options;
    this.chain = chain;
    this.#nowMs = nowMs;
    this.account = bytesToHex(ed25519.getPublicKey(secretKey));
    this.session = bytesToHex(rng.bytes(SESSION_BYTES));
    this.producer = new Producer(chain, this.mempool, pow, this.account, (id) => this.#own.has(id), rng);
    this.#mesh = new Mesh(dialer, rng, {
      askRoster: () => events.askRoster(),
      closeLink: (linkId) => this.disconnect(linkId),
    });
    this.#server = new BlockServer(chain, this.mempool, store);
    this.#sync = new BlockSync(chain, {
      onBroken: (peer, code) => this.#punish(peer, code),
      onBlock: (peer, block) => this.#takeBlock(peer, block),
    });
    this.#context = {
      genesisHash: chain.genesisHash,
      secretKey,
      verify: chain.signatures.verify,
      rng,
      events: {
        onReady: (peer) => this.#onPeerReady(peer),
        onMessage: (peer, message) => this.#onMessage(peer, message),
        onBroken: (peer, code) => this.#punish(peer, code),
        onSent: (name, bytes) => this.#wire.sent(name, bytes),
        onReceived: (name, bytes) => this.#wire.received(name, bytes),
      },
    };
    this.#snapshots = new SnapshotMaker(this);
  }

  // What happens to the node.

  tick(nowMs: number): void {
    const gap = nowMs - this.#nowMs;
    this.#nowMs = nowMs;
    if (gap > GAP_MS || gap < 0) {
      for (const peer of this.#peers.values()) peer.forgiveGap(nowMs);
      this.#sync.forgiveGap(nowMs);
      this.#mesh.hurry(nowMs);
    }
    for (const peer of [...this.#peers.values()]) {
      const late = peer.tick(nowMs);
      if (late) this.#punish(peer, late);
    }
    this.#sync.tick(nowMs);
    this.#relay.tick(nowMs);
    this.#mesh.tick(nowMs);
    if (nowMs >= this.#expireAtMs) {
      this.#expireAtMs = nowMs + EXPIRY_INTERVAL_MS;
      if (this.mempool.expire(this.chain.ledger, nowMs).length > 0) this.#mempoolChanged();
    }
    this.producer.update(nowMs);
  }

  onRoster(peerIds: readonly string[], members: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#mesh.onRoster(peerIds, members, nowMs);
  }

  /** May a peer with this key, in this run of its node, come in? */
  admit(key: AccountId, session: string): Admission {
    if (key === this.account) return 'linked';
    if (this.#isBanned(key)) return 'full';
    const linked = [...this.#peers.values()].some(
      (peer) => peer.key === key && peer.hello?.session === session,
    );
    return this.#mesh.admit(linked);
  }

  onLinkOpen(link: Link, peerId: string, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#mesh.onLinkOpen(link.id, peerId, link.dialled);
    this.#peers.set(link.id, new Peer(link, this.#hello(), this.#context, nowMs));
  }

  onFrame(linkId: string, frame: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#peers.get(linkId)?.receive(frame, nowMs);
    this.producer.update(nowMs);
  }

  onDrained(linkId: string, nowMs: number): void {
    this.#nowMs = nowMs;
    const peer = this.#peers.get(linkId);
    if (!peer) return;
    peer.drain();
    this.#server.serve(peer);
  }

  onLinkClosed(linkId: string, nowMs: number): void {
    this.#nowMs = nowMs;
    const peer = this.#peers.get(linkId);
    this.#mesh.onLinkClosed(linkId, nowMs);
    if (!peer) return;
    this.#peers.delete(linkId);
    peer.close();
    this.#server.removePeer(peer);
    this.#relay.removePeer(peer, nowMs);
    this.#sync.removePeer(peer, nowMs);
  }

  onDialFailed(peerId: string, reason: string, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#mesh.onDialFailed(peerId, reason, nowMs);
  }

  /** The device is online, awake or visible again. */
  onAwake(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#mesh.hurry(nowMs);
  }

  onPowFound(jobId: number, header: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    const block = this.producer.complete(jobId, header);
    if (block && this.chain.addBlock(block, nowMs / 1000).kind === 'accepted') {
      this.producer.found++;
      this.#activate();
    }
    this.producer.update(nowMs);
  }

  onPowExhausted(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.producer.working) this.producer.renew(nowMs);
  }

  // What the user asks for.

  compose(draft: Draft, nowMs: number): ComposeResult {
    this.#nowMs = nowMs;
    const problem = draftProblem(draft);
    if (problem) return { ok: false, code: problem };
    const tx = signTransaction(this.chain.genesisHash, this.#options.secretKey, {
      nonce: this.nextNonce,
      recipient: draft.recipient ?? NOBODY,
      amount: draft.amount,
      fee: draft.fee,
      memo: draft.memo,
    });
    return this.submitOwn(tx, nowMs);
  }

  /** A transaction of this node's own: a new one, or one that was pending before a restart. */
  submitOwn(tx: Transaction, nowMs: number): ComposeResult {
    this.#nowMs = nowMs;
    this.#own.add(transactionId(tx));
    const result = this.#addToMempool(tx, undefined);
    if (result.kind === 'accepted') {
      this.producer.update(nowMs);
      return { ok: true, tx };
    }
    this.#own.delete(transactionId(tx));
    return { ok: false, code: result.code };
  }

  setPowMode(mode: PowMode, nowMs: number): void {
    this.#nowMs = nowMs;
    this.producer.mode = mode;
    this.producer.update(nowMs);
  }

  disconnect(linkId: string): void {
    const peer = this.#peers.get(linkId);
    if (peer) this.#drop(peer);
  }

  /** Active blocks by height, `from` to `to` inclusive, at most `MAX_RANGE`; `done` is called once. */
  readBlocks(from: number, to: number, done: (blocks: readonly BlockDetail[]) => void): void {
    const first = Math.max(from, 0);
    const last = Math.min(to, this.chain.tip.height, first + MAX_RANGE - 1);
    const stored = new Map<BlockId, Block>();
    const answer = () => {
      const blocks: BlockDetail[] = [];
      for (let height = first; height <= last; height++) {
        const entry = this.chain.activeAt(height);
        const block = entry && (this.chain.body(entry.id) ?? stored.get(entry.id));
        if (entry && block) blocks.push(blockDetail(entry, block, this.#heard.get(entry.id)));
      }
      done(blocks);
    };
    let lastStored = last;
    const resident = (height: number) => this.chain.body(this.chain.activeAt(height)?.id ?? '') !== undefined;
    while (lastStored >= first && resident(lastStored)) lastStored--;
    if (lastStored < first) return answer();
    this.#options.store.readBlocks(Math.max(first, 1), lastStored, (blocks) => {
      for (const { id, block } of blocks) stored.set(id, block);
      answer();
    });
  }

  // What the node knows.

  get peers(): Iterable<Peer> {
    return this.#peers.values();
  }

  get reorgs(): readonly ReorgRecord[] {
    return this.#reorgs;
  }

  get wire(): WireCounts {
    return this.#wire;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get banned(): number {
    return [...this.#bans.entries()].filter(([, untilMs]) => untilMs > this.#nowMs).length;
  }

  /** Nonce of this node's next transaction, pending ones counted. */
  get nextNonce(): number {
    const state = this.chain.ledger.get(this.account);
    return state.nonce + this.mempool.run(this.account, state).length;
  }

  heard(id: BlockId): Heard | undefined {
    return this.#heard.get(id);
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

  #onPeerReady(peer: Peer): void {
    const key = peer.key as AccountId;
    if (key === this.account || this.#isBanned(key)) return this.#drop(peer);
    for (const other of [...this.#peers.values()]) {
      if (other === peer || other.key !== key) continue;
      // Two links to one run of a node: both sides keep the same one. Another run: the old link is a ghost.
      const sameRun = other.hello?.session === peer.hello?.session;
      if (sameRun && other.pairing < peer.pairing) return this.#drop(peer);
      this.#drop(other);
    }
    this.#mesh.onReady();
    this.#sync.addPeer(peer, this.#nowMs);
    announce(
      peer,
      [...this.mempool.all()].map(({ id }) => id),
    );
  }

  #drop(peer: Peer): void {
    this.#peers.delete(peer.link.id);
    peer.close();
    this.#server.removePeer(peer);
    this.#relay.removePeer(peer, this.#nowMs);
    this.#sync.removePeer(peer, this.#nowMs);
    this.#mesh.onLinkClosed(peer.link.id, this.#nowMs);
  }

  #isBanned(key: AccountId): boolean {
    return (this.#bans.get(key) ?? 0) > this.#nowMs;
  }

  #punish(peer: Peer, code: PeerCode, points = PENALTIES[code]): void {
    this.#wire.refused(code);
    const ban = peer.penalise(points, this.#nowMs);
    // Only a proved key can be banned: a claimed one may be somebody else's.
    if (ban && peer.key) this.#bans.set(peer.key, this.#nowMs + BAN_MS);
    if (ban || endsLink(code)) this.#drop(peer);
  }

  #onMessage(peer: Peer, message: Message): void {
    switch (message.name) {
      case 'getHeaders':
        this.#server.sendHeaders(peer, message);
        break;
      case 'headers':
        this.#sync.onHeaders(peer, message.headers, this.#nowMs);
        break;
      case 'block':
        this.#sync.onBlock(peer, message.block, this.#nowMs);
        break;
      case 'inv': {
        const ids = message.items.filter(({ kind }) => kind === 'tx').map(({ id }) => id);
        this.#relay.onAnnounced(peer, ids, (id) => this.mempool.has(id), this.#nowMs);
        if (message.items.some(({ kind, id }) => kind === 'block' && !this.chain.index.get(id))) {
          this.#sync.askHeaders(peer, this.#nowMs);
        }
        break;
      }
      case 'getData':
        for (const { kind, id } of message.items) {
          const entry = kind === 'block' ? this.chain.index.get(id) : undefined;
          // It will have it as soon as it is sent.
          if (entry && this.chain.hasBody(entry)) this.#sync.noteHas(peer, entry);
        }
        if (!this.#server.want(peer, message.items)) this.#punish(peer, 'flood');
        break;
      case 'notFound':
        for (const { kind, id } of message.items) {
          if (kind === 'tx') this.#relay.onNotFound(peer, id, this.#nowMs);
          else this.#sync.onNotFound(peer, id, this.#nowMs);
        }
        break;
      case 'tx':
        this.#takeTransaction(peer, message.tx);
        break;
      case 'hello':
      case 'ready':
      case 'ping':
      case 'pong':
        // The peer's own business (peer.ts).
        break;
      default:
        message satisfies never;
    }
    if (peer.overloaded) this.#punish(peer, 'slow-reader');
  }

  // Transactions.

  #takeTransaction(peer: Peer, tx: Transaction): void {
    const id = transactionId(tx);
    peer.known.add(id);
    if (!this.#relay.wasAsked(peer, id)) {
      // A late answer to a request that another peer has served meanwhile is no offence.
      if (!this.mempool.has(id)) this.#punish(peer, 'unrequested');
      return;
    }
    this.#relay.onReceived(id);
    const result = this.#addToMempool(tx, peer);
    if (result.kind === 'refused') {
      if (PENALTIES[result.code] > 0) this.#relay.settle(id);
      this.#punish(peer, result.code);
    }
  }

  /** Accepts, and tells all peers but the one it came from. */
  #addToMempool(tx: Transaction, from: Peer | undefined): MempoolResult {
    const result = this.mempool.add(tx, this.chain.ledger, this.#nowMs, (t) =>
      this.chain.signatures.check(t),
    );
    if (result.kind === 'refused') return result;
    for (const peer of this.#peers.values()) {
      if (peer !== from && peer.ready) announce(peer, [result.id]);
    }
    this.#mempoolChanged();
    return result;
  }

  #mempoolChanged(): void {
    this.producer.noteMempool();
    const own = [...this.mempool.all()].filter(({ id }) => this.#own.has(id)).map(({ tx }) => tx);
    this.#options.events.onOwnPending(own);
  }

  // Blocks.

  #takeBlock(peer: Peer, block: Block): void {
    const result = this.chain.addBlock(block, this.#nowMs / 1000);
    if (result.kind === 'refused') {
      this.#punish(peer, result.code, blockPenalty(result.code));
      return;
    }
    this.#sync.noteHas(peer, result.entry);
    if (result.kind === 'known') return;
    this.#heard.set(result.entry.id, { atMs: this.#nowMs, from: peer.key });
    this.#activate();
  }

  #activate(): void {
    const activation = this.chain.activate();
    for (const { entry, code } of activation.rejected) this.#blame(entry, code);
    if (activation.needs) this.#loadForReorg(activation.needs);
    if (activation.connected.length === 0) return;
    const { fork, disconnected, connected } = activation;
    this.#options.store.commit({
      forkHeight: fork.height,
      connected: connected.map(({ entry, block, changes }) => ({ id: entry.id, block, changes })),
      ledger: () => this.chain.ledger.accounts(),
    });
    this.#settleMempool(activation);
    if (disconnected.length > 0) this.#noteReorg(activation);
    this.#announceBlocks(connected.map(({ entry }) => entry));
    this.producer.update(this.#nowMs);
  }

  /** Who gave a block that turned out bad answers for it. */
  #blame(entry: BlockEntry, code: PeerCode & Parameters<typeof blockPenalty>[0]): void {
    const from = this.#heard.get(entry.id)?.from;
    const peer = [...this.#peers.values()].find(({ key }) => key !== undefined && key === from);
    if (peer) this.#punish(peer, code, blockPenalty(code));
  }

  #loadForReorg({ from, to }: { readonly from: number; readonly to: number }): void {
    if (this.#loadingForReorg) return;
    this.#loadingForReorg = true;
    this.#options.store.readBlocks(from, to, (blocks) => {
      this.#loadingForReorg = false;
      this.chain.supply(blocks);
      // If the store could not give them all, the next block tries again.
      if (blocks.length === to - from + 1) this.#activate();
    });
  }

  #settleMempool({ disconnected, connected }: Activation): void {
    const mined = new Set<TxId>();
    for (const { entry, block } of connected) {
      for (const tx of block.transactions) {
        if (isCoinbase(tx)) continue;
        const id = transactionId(tx);
        mined.add(id);
        this.mempool.remove(id);
        this.#relay.settle(id);
        if (this.#own.has(id)) this.#options.events.onSealed(tx, entry);
      }
    }
    this.mempool.settle(this.chain.ledger);
    // Oldest first, so that nonces come in order.
    for (const { block } of [...disconnected].reverse()) {
      for (const tx of block.transactions) {
        if (isCoinbase(tx) || mined.has(transactionId(tx))) continue;
        // What no longer fits (its sender's credits were in a stale coinbase, say) is gone with its branch.
        this.#addToMempool(tx, undefined);
      }
    }
    this.#mempoolChanged();
  }

  #noteReorg({ fork, disconnected }: Activation): void {
    const returned = disconnected.flatMap(({ block }) => block.transactions).map(transactionId);
    const reorg: ReorgRecord = {
      atMs: this.#nowMs,
      depth: disconnected.length,
      forkHeight: fork.height,
      newHeight: this.chain.tip.height,
      ownReturned: returned.filter((id) => this.#own.has(id) && this.mempool.has(id)).length,
    };
    this.#reorgs = [reorg, ...this.#reorgs].slice(0, MAX_REORGS);
    this.#options.events.onReorg(reorg);
  }

  /** BIP130: new blocks are announced by their headers, to all who are not known to have them. */
  #announceBlocks(connected: readonly BlockEntry[]): void {
    const { tip } = this.chain;
    // After a long reorg the receiver asks for the rest.
    const headers = connected.slice(-MAX_ANNOUNCED_HEADERS).map(headerOf);
    for (const peer of this.#peers.values()) {
      if (!peer.ready || this.#sync.has(peer, tip) || peer.known.has(tip.id)) continue;
      peer.known.add(tip.id);
      peer.send({ name: 'headers', headers });
    }
  }
}

function draftProblem({ memo, recipient, amount, fee }: Draft): ComposeProblem | undefined {
  const memoWrong = memoProblem(memo);
  if (memoWrong) return memoWrong === 'too-long' ? 'memo-too-long' : 'memo-not-text';
  if (!Number.isSafeInteger(amount) || !Number.isSafeInteger(fee) || amount < 0 || fee < 0)
    return 'bad-amount';
  if (recipient !== undefined && !/^[0-9a-f]{64}$/.test(recipient)) return 'bad-recipient';
  if (amount > 0 && recipient === undefined) return 'bad-recipient';
  return memo.trim() === '' && amount === 0 ? 'empty' : undefined;
}
