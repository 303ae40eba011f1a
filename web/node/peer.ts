/**
 * One link to one peer: framing, handshake, pings, rates, the outgoing queue
 * and what we know of the peer. It decides nothing about chains: whole,
 * well-formed messages of a peer that has proved its key go to `events`.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { AccountId, BlockId } from '../core/hash.ts';
import type { Verify } from '../core/transaction.ts';
import { BoundedSet } from './bounded.ts';
import { FrameReader, toFrames } from './framing.ts';
import { proofIsGood, prove } from './handshake.ts';
import {
  decodeMessage,
  encodeMessage,
  MESSAGES,
  messageName,
  PING_TOKEN_BYTES,
  PROTOCOL_VERSION,
  type Hello,
  type Message,
  type MessageName,
} from './messages.ts';
import { BAN_POINTS, DECAY_POINTS_PER_SECOND, PENALTIES, type PeerCode } from './penalties.ts';
import type { Link, Rng } from './ports.ts';
import { TokenBucket } from './token-bucket.ts';

export const HANDSHAKE_MS = 4_000;
export const PING_INTERVAL_MS = 30_000;
/** Three pings without any sign of life. */
export const DEAD_MS = 90_000;
/** More than this in a channel's buffer stalls a fresh connection for seconds. */
const SEND_HIGH_BYTES = 64 * 1024;
/** Small messages that may wait for a slow link; bodies wait as ids only (relay.ts). */
const MAX_QUEUED_BYTES = 1024 * 1024;
/** Transaction and block ids that a peer is known to have. */
const MAX_KNOWN = 6_000;

export interface PeerEvents {
  onReady(peer: Peer): void;
  onMessage(peer: Peer, message: Message): void;
  /** A rule was broken; the node counts it and may close the link. */
  onBroken(peer: Peer, code: PeerCode): void;
  /** A whole message, its id first; called before anything else is done with it. */
  onSent(peer: Peer, name: MessageName, bytes: Uint8Array): void;
  onReceived(peer: Peer, name: MessageName, bytes: Uint8Array): void;
}

export interface PeerContext {
  readonly genesisHash: Uint8Array;
  readonly secretKey: Uint8Array;
  readonly verify: Verify;
  readonly rng: Rng;
  readonly events: PeerEvents;
}

type State = 'awaiting-hello' | 'awaiting-ready' | 'ready' | 'closed';

export class Peer {
  readonly link: Link;
  readonly connectedAtMs: number;
  /** Ids that the peer has or was told of. */
  readonly known = new BoundedSet<string>(MAX_KNOWN);
  state: State = 'awaiting-hello';
  /** The peer's hello, once it came. */
  hello: Hello | undefined;
  /** The newest tip we know it to have. */
  tipId: BlockId | undefined;
  height: number | undefined;
  rttMs: number | undefined;
  /** When it last was the first to give us a block that was valid; a transaction. */
  usefulBlockAtMs: number | undefined;
  usefulTransactionAtMs: number | undefined;
  /** How far its clock is ahead of ours, by what it said in its hello; undefined before, and where that can't be told. */
  clockAheadSeconds: number | undefined;
  bytesIn = 0;
  bytesOut = 0;

  readonly #context: PeerContext;
  readonly #ownHello: Hello;
  readonly #reader = new FrameReader();
  readonly #buckets = new Map<MessageName, TokenBucket>();
  #isProved = false;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #score = 0;
  #scoredAtMs: number;
  #lastHeardMs: number;
  #ping: { readonly token: string; readonly sentAtMs: number } | undefined;
  #nextPingMs: number;

  constructor(link: Link, ownHello: Hello, context: PeerContext, nowMs: number) {
    this.link = link;
    this.connectedAtMs = nowMs;
    this.#context = context;
    this.#ownHello = ownHello;
    this.#scoredAtMs = nowMs;
    this.#lastHeardMs = nowMs;
    this.#nextPingMs = nowMs;
    this.send({ name: 'hello', ...ownHello });
  }

  /** Once it is proved; also after the link has ended. */
  get key(): AccountId | undefined {
    return this.#isProved ? this.hello?.key : undefined;
  }

  get ready(): boolean {
    return this.state === 'ready';
  }

  /** The tip that our own hello told it of. */
  get toldTipId(): BlockId {
    return this.#ownHello.tipId;
  }

  /** Both challenges, in an order that both sides agree on: names the link without a server. */
  get pairing(): string {
    const challenges = [this.#ownHello.challenge, this.hello?.challenge ?? new Uint8Array()];
    return challenges.map(bytesToHex).sort().join('');
  }

  send(message: Message): void {
    if (this.state === 'closed') return;
    const bytes = encodeMessage(message);
    this.#context.events.onSent(this, message.name, bytes);
    for (const frame of toFrames(bytes)) {
      this.#queue.push(frame);
      this.#queuedBytes += frame.length;
    }
    this.drain();
  }

  /** Can a large message be handed over without waiting behind others? */
  get idle(): boolean {
    return this.#queue.length === 0 && this.link.bufferedBytes < SEND_HIGH_BYTES;
  }

  /** Does so much wait for the channel already that what is sent now comes late? */
  get isBehind(): boolean {
    return this.#queuedBytes >= SEND_HIGH_BYTES;
  }

  /** Bytes that wait for the channel, besides what it has in its own buffer. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get overloaded(): boolean {
    return this.#queuedBytes > MAX_QUEUED_BYTES;
  }

  /** To be called when the link's buffer has fallen. */
  drain(): void {
    let sent = 0;
    while (sent < this.#queue.length && this.link.bufferedBytes < SEND_HIGH_BYTES) {
      const frame = this.#queue[sent++] as Uint8Array;
      this.bytesOut += frame.length;
      this.#queuedBytes -= frame.length;
      this.link.send(frame);
    }
    if (sent > 0) this.#queue = this.#queue.slice(sent);
  }

  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.#queue = [];
    this.#queuedBytes = 0;
    this.link.close();
  }

  receive(frame: Uint8Array, nowMs: number): void {
    if (this.state === 'closed') return;
    this.bytesIn += frame.length;
    this.#lastHeardMs = nowMs;
    const result = this.#reader.read(frame);
    if (result.kind === 'partial') return;
    if (result.kind === 'refused') return this.#broken(result.code);
    const name = messageName(result.bytes[0] ?? 0) as MessageName;
    this.#context.events.onReceived(this, name, result.bytes);
    // A second hello is not a flood but a breach.
    if (!this.#expected(name)) return this.#broken('out-of-order');
    if (!this.#withinRate(name, nowMs)) return this.#broken('flood');
    const message = decodeMessage(result.bytes);
    if (!message) return this.#broken('malformed');
    this.#handle(message, nowMs);
  }

  /** Deadlines. Returns the rule that the peer broke by being late, if any. */
  tick(nowMs: number): PeerCode | undefined {
    if (this.state === 'closed') return undefined;
    if (this.state !== 'ready') {
      return nowMs - this.connectedAtMs > HANDSHAKE_MS ? 'handshake-timeout' : undefined;
    }
    if (nowMs - this.#lastHeardMs > DEAD_MS) return 'ping-timeout';
    if (this.overloaded) return 'slow-reader';
    if (nowMs >= this.#nextPingMs) this.#sendPing(nowMs);
    return undefined;
  }

  /** `ms` below 0: our clock was set back by that; else it was set on or stood still, and nobody knows which. */
  noteClockStep(ms: number): void {
    if (this.clockAheadSeconds === undefined) return;
    this.clockAheadSeconds = ms < 0 ? this.clockAheadSeconds - Math.round(ms / 1000) : undefined;
  }

  /** After our own clock stood still (sleep, throttling) nobody is judged by it. */
  forgiveGap(nowMs: number): void {
    this.#lastHeardMs = nowMs;
    this.#nextPingMs = nowMs;
    this.#ping = undefined;
    this.#score = this.score(nowMs);
    this.#scoredAtMs = nowMs;
  }

  /** Adds what `code` costs; true once the peer is to be banned. */
  penalise(points: number, nowMs: number): boolean {
    this.#score = this.score(nowMs) + points;
    this.#scoredAtMs = nowMs;
    return this.#score >= BAN_POINTS;
  }

  score(nowMs: number): number {
    // A clock that was set back adds nothing.
    const passedMs = Math.max(nowMs - this.#scoredAtMs, 0);
    const decayed = this.#score - (passedMs / 1000) * DECAY_POINTS_PER_SECOND;
    return Math.min(Math.max(decayed, 0), BAN_POINTS);
  }

  #expected(name: MessageName): boolean {
    switch (this.state) {
      case 'awaiting-hello':
        return name === 'hello';
      case 'awaiting-ready':
        return name === 'ready';
      default:
        return name !== 'hello' && name !== 'ready';
    }
  }

  #withinRate(name: MessageName, nowMs: number): boolean {
    const bucket = this.#buckets.get(name) ?? new TokenBucket(MESSAGES[name].rate, nowMs);
    this.#buckets.set(name, bucket);
    return bucket.take(nowMs);
  }

  #handle(message: Message, nowMs: number): void {
    switch (message.name) {
      case 'hello':
        return this.#onHello(message, nowMs);
      case 'ready':
        return this.#onReadyMessage(message.signature, nowMs);
      case 'ping':
        return this.send({ name: 'pong', token: message.token });
      case 'pong':
        if (this.#ping?.token !== message.token) return;
        this.rttMs = Math.max(nowMs - this.#ping.sentAtMs, 0);
        this.#ping = undefined;
        return;
      default:
        this.#context.events.onMessage(this, message);
    }
  }

  #onHello(hello: Hello, nowMs: number): void {
    if (hello.protocol !== PROTOCOL_VERSION) return this.#broken('wrong-protocol');
    if (hello.genesisId !== this.#ownHello.genesisId) return this.#broken('wrong-room');
    this.hello = hello;
    this.tipId = hello.tipId;
    this.height = hello.height;
    this.clockAheadSeconds = hello.time - Math.floor(nowMs / 1000);
    this.state = 'awaiting-ready';
    const { genesisHash, secretKey } = this.#context;
    this.send({
      name: 'ready',
      signature: prove(genesisHash, this.link.channel, this.#ownHello, hello, secretKey),
    });
  }

  #onReadyMessage(signature: Uint8Array, nowMs: number): void {
    const { genesisHash, verify, events } = this.#context;
    const hello = this.hello as Hello;
    if (!proofIsGood(genesisHash, this.link.channel, this.#ownHello, hello, signature, verify))
      return this.#broken('bad-proof');
    this.state = 'ready';
    this.#isProved = true;
    this.#sendPing(nowMs);
    events.onReady(this);
  }

  #sendPing(nowMs: number): void {
    const token = bytesToHex(this.#context.rng.bytes(PING_TOKEN_BYTES));
    this.#ping = { token, sentAtMs: nowMs };
    this.#nextPingMs = nowMs + PING_INTERVAL_MS;
    this.send({ name: 'ping', token });
  }

  #broken(code: PeerCode): void {
    this.#context.events.onBroken(this, code);
  }
}

/** Does breaking this rule end the link whatever the score says? */
export function endsLink(code: PeerCode): boolean {
  return (
    PENALTIES[code] >= BAN_POINTS ||
    code === 'wrong-protocol' ||
    code === 'handshake-timeout' ||
    code === 'ping-timeout' ||
    code === 'slow-reader'
  );
}
