import { bytesToHex } from '@noble/hashes/utils.js';
import type { AccountId } from '../core/hash.ts';
import type {
  ConnectionEvent,
  ConnectionOrder,
  DestroyReason,
  RTCIceServerLike,
} from '../engine/messages.ts';
import type { Dialer, Link, Rng, Route } from '../node/ports.ts';
import { TokenBucket, type Rate } from '../node/token-bucket.ts';
import { createChannelLink } from './channel-link.ts';
import { channelName } from './channel-name.ts';
import { createConnectionTable, phaseOf, type Connection } from './connection-table.ts';
import { createEarlyCandidates } from './early-candidates.ts';
import type { OfferEnvelope, RefuseReason, SignalData, SignalEnvelope } from './envelope.ts';

/** From the first order to an open channel, in ms. On one machine it takes 0.15 s, through a far TURN server 2-3 s. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** Dials at once, on all routes: each costs a socket for every network and server, and browsers gather slowly when there are many. */
export const MAX_DIALS = 6;
/** Dials that wait for their turn: four full rosters. */
export const MAX_QUEUED_DIALS = 64;
/** Offers being answered at once: as many as a full mesh has links. More are told to come back. */
export const MAX_ANSWERS = 12;
/**
 * Offers answered in a time: twice a full mesh at once. Each costs the page a connection, and ten messages to the server or
 * a relay, which takes so many and then no more: who offers again and again would have us thrown out.
 */
export const ANSWERS: Rate = { perSecond: 2, burst: 24 };
/** Candidates taken from a peer for one link. A machine with many networks and servers has thirty. */
export const MAX_CANDIDATES = 64;
/** A longer pause between two ticks, in ms, was a sleep: what is under way gets a fresh deadline. */
export const MAX_TICK_GAP_MS = 5_000;

/**
 * Why a dial came to nothing. `linked`, `full` and `busy` are the peer's word (or ours: it is linked already), or
 * the answer to its offer that crossed ours; `unreachable` the server's or the relays': it left; `offline` means that
 * there is no server to send through, or that its id for us changed on the way; `too-many` that the queue is full;
 * `failed` that the browser could not connect.
 */
export type DialFailure = ConnectFailure | 'too-many';

/** Why one that was begun came to nothing. */
type ConnectFailure = RefuseReason | 'timeout' | 'unreachable' | 'offline' | 'failed';

/** Who offers a link. Key and session are the peer's claim; the handshake on the link proves the key. */
export type Offer = Pick<OfferEnvelope, 'key' | 'session'> & { readonly peerId: string };

export interface LinkerOptions {
  /** Which way `send` goes; peers are named by the ids of that way. */
  readonly route: Route;
  /** This node's public key, 32 bytes in hex. */
  readonly key: string;
  /** 8 random bytes in hex, new at each start of the node. */
  readonly session: string;
  /** Whose key a peer's id says that it has, on a route where ids do. */
  readonly keyOf?: (peerId: string) => AccountId;
  readonly rng: Rng;
  /** Dials that other routes have under way: MAX_DIALS is for all together. */
  readonly dialsElsewhere: () => number;
  /** Is there a connection of another route that has this id? The page knows connections by nothing else. */
  readonly isElsewhere?: (linkId: string) => boolean;
  /** Seals and sends; what can't be sent is lost, and the timeout sees to it. */
  readonly send: (to: string, envelope: SignalEnvelope) => void;
  readonly post: (order: ConnectionOrder, transfer?: ArrayBuffer[]) => void;
  /** Also asked for an offer that crosses our own dial; a refusal then fails that dial with the same reason. */
  readonly admit: (offer: Offer) => 'accept' | RefuseReason;
  readonly onOpen: (link: Link, peerId: string) => void;
  readonly onFrame: (linkId: string, frame: Uint8Array) => void;
  /** The link's `bufferedBytes` went down. */
  readonly onDrained: (linkId: string) => void;
  /** Once for each link that `onOpen` gave, also after its own `close()`, and never from inside it. */
  readonly onClosed: (linkId: string, reason: string) => void;
  readonly onDialFailed: (peerId: string, reason: DialFailure) => void;
}

/**
 * Turns `dial(peerId)` into an open `Link`, and answers the dials of others. Pure: time comes with `tick`, and the
 * connections themselves are the page's (web/net/webrtc.ts), reached by orders and events.
 */
export interface Linker extends Dialer {
  /** Each dial ends in `onOpen` with that peer or in `onDialFailed`, later; never from inside this call. */
  dial(peerId: string): void;
  /** Dials under way. */
  readonly dialling: number;
  /** Is a connection of this route called so? */
  has(linkId: string): boolean;
  /** We have an id to signal under: the server's word, or our own address. A new id ends what is being set up under the old one; open links stay. */
  onWelcome(ownId: string, iceServers: readonly RTCIceServerLike[]): void;
  /** The connection to the server is gone: what waits for it fails, what is answered may still connect. */
  onSignalingLost(): void;
  onEnvelope(from: string, envelope: SignalEnvelope): void;
  /** The server does not know that peer (any more), or no signal gets through to it. */
  onUnreachable(peerId: string): void;
  /** Takes what the page reports. Events of links that are gone are nothing. */
  handle(event: ConnectionEvent): void;
  tick(nowMs: number): void;
}

export function createLinker(options: LinkerOptions): Linker {
  const { post } = options;
  const connections = createConnectionTable();
  const early = createEarlyCandidates();
  const answers = new TokenBucket(ANSWERS, 0);
  const queue = new Set<string>();
  /** Told with the next tick, so that `dial` never calls back. */
  let failures: { readonly peerId: string; readonly reason: DialFailure }[] = [];
  let ownId: string | undefined;
  let iceServers: readonly RTCIceServerLike[] = [];
  let nowMs = 0;

  function create(
    peerId: string,
    linkId: string,
    dialled: boolean,
    as: string,
    peerKey?: AccountId,
  ): Connection {
    const connection: Connection = {
      linkId,
      peerId,
      dialled,
      ownId: as,
      deadlineMs: nowMs + CONNECT_TIMEOUT_MS,
      wanted: dialled,
      answered: false,
      candidates: 0,
      localSdp: '',
      remoteSdp: '',
      link: undefined,
    };
    connections.add(connection);
    post({
      type: 'connection-create',
      linkId,
      initiator: dialled,
      route: options.route,
      peerKey,
      iceServers,
    });
    return connection;
  }

  function startDials(): void {
    if (ownId === undefined) return;
    let free = MAX_DIALS - connections.connecting(true) - options.dialsElsewhere();
    for (const peerId of queue) {
      if (free <= 0) return;
      free -= 1;
      queue.delete(peerId);
      create(peerId, bytesToHex(options.rng.bytes(16)), true, ownId, options.keyOf?.(peerId));
    }
  }

  /** Forgets a connection that never opened. What the page still says of it finds nothing. */
  function discard({ linkId }: Connection, reason: DestroyReason): void {
    connections.delete(linkId);
    post({ type: 'connection-destroy', linkId, reason });
  }

  function fail(connection: Connection, reason: ConnectFailure): void {
    discard(connection, reason);
    if (connection.wanted) options.onDialFailed(connection.peerId, reason);
    startDials();
  }

  function failQueue(reason: DialFailure): void {
    const peerIds = [...queue];
    queue.clear();
    for (const peerId of peerIds) options.onDialFailed(peerId, reason);
  }

  /** Fails those being set up that `isLost` picks; the callbacks may change the map meanwhile. */
  function failWhere(isLost: (connection: Connection) => boolean, reason: ConnectFailure): void {
    for (const connection of connections)
      if (connection.link === undefined && isLost(connection) && connections.get(connection.linkId))
        fail(connection, reason);
  }

  function onOffer(from: string, offer: OfferEnvelope): void {
    // A used id is an offer sent twice, by its peer or by a server that plays it back.
    if (ownId === undefined || from === ownId) return;
    if (connections.isUsed(offer.linkId) || options.isElsewhere?.(offer.linkId) === true) return;
    const before = connections.find(from, 'connecting');
    // Both sides see both offers and both ids, so both keep the same one: the lower id's.
    if (before?.dialled === true && ownId < from) {
      connections.use(offer.linkId);
      return;
    }
    const { key, session } = offer;
    // Another offer of a peer that we are answering takes the place of the one before.
    const isFull = before === undefined && connections.connecting(false) >= MAX_ANSWERS;
    const isBusy = isFull || !answers.has(nowMs);
    const verdict = isBusy ? 'busy' : options.admit({ peerId: from, key, session });
    if (verdict !== 'accept') {
      connections.use(offer.linkId);
      const reply = { kind: 'refuse', linkId: offer.linkId, reason: verdict } as const;
      options.send(from, { ...reply, key: options.key, session: options.session });
      if (before !== undefined) fail(before, verdict);
      return;
    }
    answers.take(nowMs);
    if (before !== undefined) discard(before, 'replaced');
    const connection = create(from, offer.linkId, false, ownId, key);
    connection.answered = true;
    // The peer's offer serves a dial of ours too.
    connection.wanted = queue.delete(from) || before?.wanted === true;
    apply(connection, offer.data);
    for (const candidate of early.take(from, offer.linkId)) applyCandidate(connection, candidate);
    startDials();
  }

  function apply(connection: Connection, signal: SignalData): void {
    const { linkId } = connection;
    if (signal.type !== 'candidate') connection.remoteSdp = signal.sdp;
    post({ type: 'connection-apply', linkId, signal });
  }

  function applyCandidate(connection: Connection, signal: SignalData): void {
    if (connection.candidates >= MAX_CANDIDATES) return;
    connection.candidates += 1;
    apply(connection, signal);
  }

  /** Passes on what the page's side of a connection wants its peer to know. */
  function sendSignal({ linkId, peerId, dialled, ...connection }: Connection, data: SignalData): void {
    if (connection.ownId !== ownId) return;
    switch (data.type) {
      case 'offer':
        if (dialled)
          options.send(peerId, { kind: 'offer', linkId, key: options.key, session: options.session, data });
        return;
      case 'answer':
        if (!dialled) options.send(peerId, { kind: 'answer', linkId, data });
        return;
      case 'candidate':
        options.send(peerId, { kind: 'candidate', linkId, data });
        return;
      default:
        data satisfies never;
    }
  }

  return {
    get dialling() {
      return connections.connecting(true);
    },

    has: (linkId) => connections.get(linkId) !== undefined,

    dial(peerId) {
      const fails = (reason: DialFailure) => failures.push({ peerId, reason });
      const underWay = connections.find(peerId, 'connecting');
      if (ownId === undefined) fails('offline');
      else if (peerId === ownId || connections.find(peerId, 'open') !== undefined) fails('linked');
      else if (underWay !== undefined) underWay.wanted = true;
      else if (queue.has(peerId)) return;
      else if (queue.size >= MAX_QUEUED_DIALS) fails('too-many');
      else {
        queue.add(peerId);
        startDials();
      }
    },

    onWelcome(newId, newServers) {
      iceServers = newServers;
      if (ownId === newId) return;
      ownId = newId;
      failWhere((connection) => connection.ownId !== newId, 'offline');
    },

    onSignalingLost() {
      ownId = undefined;
      failQueue('offline');
      failWhere((connection) => !connection.answered, 'offline');
    },

    onEnvelope(from, envelope) {
      const connection = connections.get(envelope.linkId);
      const isTheirs = connection?.peerId === from && phaseOf(connection) !== 'closing';
      switch (envelope.kind) {
        case 'offer':
          onOffer(from, envelope);
          return;
        case 'answer':
          if (!isTheirs || !connection.dialled || connection.answered) return;
          connection.answered = true;
          apply(connection, envelope.data);
          return;
        case 'candidate':
          if (isTheirs) applyCandidate(connection, envelope.data);
          else if (!connections.isUsed(envelope.linkId))
            early.hold(from, envelope.linkId, envelope.data, nowMs);
          return;
        case 'refuse':
          if (isTheirs && connection.dialled && connection.link === undefined)
            fail(connection, envelope.reason);
          return;
        default:
          envelope satisfies never;
      }
    },

    onUnreachable(peerId) {
      if (queue.delete(peerId)) options.onDialFailed(peerId, 'unreachable');
      failWhere((connection) => connection.peerId === peerId && !connection.answered, 'unreachable');
    },

    handle(event) {
      const connection = connections.get(event.linkId);
      if (connection === undefined) return;
      switch (event.type) {
        case 'connection-signal':
          if (event.signal.type !== 'candidate' && connection.link === undefined)
            connection.localSdp = event.signal.sdp;
          if (phaseOf(connection) !== 'closing') sendSignal(connection, event.signal);
          return;
        case 'connection-open':
          if (connection.link !== undefined) return;
          connection.link = createChannelLink(
            connection.linkId,
            connection.dialled,
            options.route,
            // Without a name of its own its peer can prove nothing.
            channelName(connection.localSdp, connection.remoteSdp) ?? options.rng.bytes(32),
            post,
          );
          options.onOpen(connection.link, connection.peerId);
          startDials();
          return;
        case 'connection-frame':
          if (phaseOf(connection) === 'open') options.onFrame(event.linkId, event.frame);
          return;
        case 'connection-drained':
          if (connection.link?.take(event.taken) === true && phaseOf(connection) === 'open')
            options.onDrained(event.linkId);
          return;
        case 'connection-closed':
          if (connection.link === undefined) {
            fail(connection, 'failed');
          } else {
            connections.delete(event.linkId);
            options.onClosed(event.linkId, connection.link.closeReason ?? event.reason);
          }
          return;
        default:
          event satisfies never;
      }
    },

    tick(tickMs) {
      const gapMs = tickMs - nowMs;
      nowMs = tickMs;
      if (gapMs < 0 || gapMs > MAX_TICK_GAP_MS) {
        for (const connection of connections) connection.deadlineMs = nowMs + CONNECT_TIMEOUT_MS;
      }
      early.expire(nowMs);
      const told = failures;
      failures = [];
      for (const { peerId, reason } of told) options.onDialFailed(peerId, reason);
      failWhere((connection) => nowMs >= connection.deadlineMs, 'timeout');
      startDials();
    },
  };
}
