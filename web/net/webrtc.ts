/**
 * The page's half of a link. RTCPeerConnection exists only on the page, so the page lends connections to the engine
 * (web/net/linker.ts decides about them). This is the only file that knows simple-peer.
 */
import Peer from 'simple-peer/simplepeer.min.js';
import type { ConnectionEvent, ConnectionOrder } from '../engine/messages.ts';
import type { AttemptEnd, AttemptRecorder, ConnectionLog } from './connection-log.ts';
import { decoyCandidate, DECOY_INTERVAL_MS } from './decoy-candidates.ts';
import { parseSignalData } from './envelope.ts';
import { linkPathOf, type LinkPath } from './link-path.ts';
import { createSendQueue, type SendChannel, type SendQueue } from './send-queue.ts';

export interface Connections {
  /** Does what the engine asks. An order for a connection that is gone is nothing. Never throws. */
  handle(order: ConnectionOrder): void;
  /** Which way the link's packets go; undefined if there is no such link, or the browser doesn't say. Never rejects. */
  path(linkId: string): Promise<LinkPath | undefined>;
  /** For `pagehide`: peers that are told know in 40 ms, others in 15 s. */
  destroyAll(): void;
}

/**
 * Every connection that `connection-create` asked for ends in exactly one `connection-closed`. `policy` is `relay` to
 * use TURN servers only, as if no direct way was open.
 */
export function createConnections(
  post: (event: ConnectionEvent, transfer?: Transferable[]) => void,
  log: ConnectionLog,
  policy: RTCIceTransportPolicy = 'all',
): Connections {
  const connections = new Map<string, Connection>();

  function create(order: CreateOrder): void {
    const { linkId } = order;
    if (connections.has(linkId)) return;
    const record = log.begin(order);
    const onClosed = (reason: string): void => {
      connections.delete(linkId);
      post({ type: 'connection-closed', linkId, reason });
    };
    try {
      // simple-peer speaks in a later task at the earliest, so `onClosed` finds the connection in the map.
      connections.set(linkId, openConnection({ ...order, policy, record, post, onClosed }));
    } catch (error) {
      // No WebRTC here, or an ICE server that the browser won't take.
      record.ended('not-opened');
      onClosed(`the browser opens no connection: ${describe(error)}`);
    }
  }

  return {
    handle(order) {
      switch (order.type) {
        case 'connection-create':
          create(order);
          return;
        case 'connection-apply':
          connections.get(order.linkId)?.apply(order.signal);
          return;
        case 'connection-send':
          connections.get(order.linkId)?.send(order.frame);
          return;
        case 'connection-destroy':
          connections.get(order.linkId)?.destroy('closed by this node', order.reason);
          return;
        default:
          order satisfies never;
      }
    },
    path: async (linkId) => connections.get(linkId)?.path(),
    destroyAll() {
      for (const connection of [...connections.values()])
        connection.destroy('this page is leaving', 'leaving');
    },
  };
}

type CreateOrder = Extract<ConnectionOrder, { type: 'connection-create' }>;
type RemoteSignal = Extract<ConnectionOrder, { type: 'connection-apply' }>['signal'];

interface Connection {
  apply(signal: RemoteSignal): void;
  send(frame: Uint8Array<ArrayBuffer>): void;
  path(): Promise<LinkPath | undefined>;
  destroy(reason: string, end: AttemptEnd): void;
}

interface ConnectionOptions extends CreateOrder {
  readonly policy: RTCIceTransportPolicy;
  readonly record: AttemptRecorder;
  readonly post: (event: ConnectionEvent, transfer?: Transferable[]) => void;
  readonly onClosed: (reason: string) => void;
}

/**
 * Time for a browser to gather candidates where all go in one description, in ms, from the first one on. Interfaces
 * take 0.1 s, servers that answer take 1 s; servers that don't are not waited for, because a person waits.
 */
const GATHER_TIMEOUT_MS = 3_000;

/** Browsers quote the peer's whole description when they can't read it. */
const MAX_REASON_CHARS = 200;

/**
 * Both sides make the channel under an agreed number, instead of one announcing it: a round trip less, and a peer
 * that opens more channels is not listened to.
 */
const CHANNEL: RTCDataChannelInit = { negotiated: true, id: 0 };

/** @throws if the browser has no WebRTC or refuses to make a connection. */
function openConnection(options: ConnectionOptions): Connection {
  const { linkId, initiator, iceServers, policy, byHand = false, record, post, onClosed } = options;
  const peer = new Peer({
    initiator,
    trickle: !byHand,
    iceCompleteTimeout: GATHER_TIMEOUT_MS,
    // Always given: simple-peer's default is other people's STUN servers.
    config: { iceServers: iceServers.map((server) => ({ ...server })), iceTransportPolicy: policy },
    channelConfig: CHANNEL,
    // Keeps one frame one `data` event.
    objectMode: true,
  });
  const connection = connectionOf(peer);
  if (connection !== undefined) record.watch(connection, () => pathOf(peer));
  let queue: SendQueue | undefined;
  let closed = false;
  let decoys: ReturnType<typeof setInterval> | undefined;

  function close(reason: string, end: AttemptEnd): void {
    if (closed) return;
    closed = true;
    record.ended(end);
    clearInterval(decoys);
    peer.destroy();
    onClosed(reason);
  }

  /** Keeps Firefox from giving up before the other side has the answer. */
  function keepWaiting(): void {
    let count = 0;
    decoys ??= setInterval(
      () => guarded(() => peer.signal(signalFor(decoyCandidate(count++)))),
      DECOY_INTERVAL_MS,
    );
  }

  /** Runs what may throw in simple-peer or the browser; a throw ends this connection and nothing else. */
  function guarded(step: () => void): void {
    if (closed) return;
    try {
      step();
    } catch (error) {
      close(describe(error), 'failed');
    }
  }

  function announceOpen(): void {
    if (queue !== undefined) return;
    clearInterval(decoys);
    const channel = channelOf(peer);
    const created = createSendQueue(channel, (taken) => post({ type: 'connection-drained', linkId, taken }));
    queue = created;
    channel.addEventListener('bufferedamountlow', () => guarded(() => created.drained()));
    record.opened();
    post({ type: 'connection-open', linkId });
  }

  peer.on('signal', (data) => {
    const signal = parseSignalData(data);
    if (signal === undefined || closed) return;
    post({ type: 'connection-signal', linkId, signal });
    if (byHand) keepWaiting();
  });
  peer.on('connect', () => guarded(announceOpen));
  peer.on('data', (chunk: unknown) => {
    guarded(() => {
      // The other side may be ready first, and its first frame here before `connect`.
      announceOpen();
      const frame = ownBytes(chunk);
      if (frame === undefined) close('the peer sent text', 'closed');
      else post({ type: 'connection-frame', linkId, frame }, [frame.buffer]);
    });
  });
  // `close` always follows an error, but without its reason.
  peer.on('error', (error) => close(describe(error), endBy(error)));
  peer.on('close', () => close('closed by the peer', 'by-peer'));

  return {
    apply: (signal) => {
      record.heard(signal);
      guarded(() => peer.signal(signalFor(signal)));
    },
    send: (frame) => guarded(() => queue?.push(frame)),
    path: () => pathOf(peer),
    destroy: close,
  };
}

/** simple-peer hides its channel, and without it there is no `bufferedAmountLowThreshold`. Its version is pinned. */
function channelOf(peer: Peer.Instance): SendChannel & EventTarget {
  return (peer as unknown as { readonly _channel: RTCDataChannel })._channel;
}

/** Hidden as well; what fails while candidates are found is told nowhere else. None if the browser refused to make it. */
function connectionOf(peer: Peer.Instance): RTCPeerConnection | undefined {
  return (peer as unknown as { readonly _pc?: RTCPeerConnection | null })._pc ?? undefined;
}

/** A method that simple-peer's types lack. A destroyed peer has nothing to ask any more, and throws. */
function pathOf(peer: Peer.Instance): Promise<LinkPath | undefined> {
  const { getStats } = peer as unknown as {
    getStats(done: (error: unknown, reports?: Parameters<typeof linkPathOf>[0]) => void): void;
  };
  return new Promise((resolve) => {
    try {
      getStats.call(peer, (error, reports = []) => resolve(error ? undefined : linkPathOf(reports)));
    } catch {
      resolve(undefined);
    }
  });
}

/** simple-peer's types want the browser's RTCIceCandidate; it makes one from these fields itself. */
function signalFor(signal: RemoteSignal): Peer.SignalData {
  return signal.type === 'candidate'
    ? { type: 'candidate', candidate: signal.candidate as RTCIceCandidate }
    : { type: signal.type, sdp: signal.sdp };
}

/** The frame as an array whose buffer may be transferred; `undefined` for text. */
function ownBytes(chunk: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (!(chunk instanceof Uint8Array)) return undefined;
  const { buffer, byteLength } = chunk;
  // What the browser delivers has a buffer to itself; a buffer that others look into must not be transferred.
  return buffer instanceof ArrayBuffer && byteLength === buffer.byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(chunk);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (endBy(error) === 'by-peer') return 'closed by the peer';
  return error.message.slice(0, MAX_REASON_CHARS);
}

function endBy(error: Error): AttemptEnd {
  switch ('code' in error && error.code) {
    // Browsers and simple-peer report the other side's goodbye as a failure of the channel.
    case 'ERR_DATA_CHANNEL':
      return 'by-peer';
    case 'ERR_PC_CONSTRUCTOR':
      return 'not-opened';
    default:
      return 'failed';
  }
}
