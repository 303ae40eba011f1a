/**
 * How this tab gets its links: each way has its own linker, which owns the
 * connections that it asked the page for, and all of them hand their open
 * links to the node.
 */
import type { Welcome } from '../../signaling/protocol.ts';
import { createInvitations } from '../net/invitation.ts';
import { createLinker, type Linker, type LinkerOptions } from '../net/linker.ts';
import type { Room } from '../net/room.ts';
import { open, openBytes, seal, sealBytes } from '../net/seal.ts';
import { createSignalingClient, type SignalingState } from '../net/signaling-client.ts';
import { addressId, addressOf, type AddressId } from '../node/address.ts';
import type { Node } from '../node/node.ts';
import type { Dialer } from '../node/ports.ts';
import { MAX_SIGNAL_BYTES } from '../node/signal.ts';
import { TokenBucket, type Rate } from '../node/token-bucket.ts';
import type {
  ConnectionEvent,
  ConnectionOrder,
  InvitationCommand,
  InvitationResult,
  InvitationState,
  RTCIceServerLike,
  SignalingStatus,
} from './messages.ts';
import { platformRandom } from './random.ts';

/**
 * What this node lets itself say to the server, in messages: three quarters of what the server takes (PROTOCOL.md,
 * `rate-limit`). Most of it answers others, and they must not have us thrown out. What is beyond is lost, as on any bad way.
 */
const SIGNALS: Rate = { perSecond: 30, burst: 300 };
/** Of these, refusals leave so many to what makes a link. */
const KEPT_FOR_LINKS = 200;

export interface LinksOptions {
  readonly room: Room;
  /** ws: or wss: address of the signaling server. */
  readonly signalingUrl: string;
  readonly node: Node;
  readonly post: (order: ConnectionOrder, transfer?: ArrayBuffer[]) => void;
  readonly onSignaling: (status: SignalingStatus) => void;
  /** What the server names for finding a way from network to network. */
  readonly onIceServers: (servers: readonly RTCIceServerLike[]) => void;
  readonly onInvitations: (states: readonly InvitationState[]) => void;
}

export interface Links extends Dialer {
  askRoster(): void;
  start(nowMs: number): void;
  tick(nowMs: number): void;
  /** A signal that came through peers. */
  onSignal(from: AddressId, payload: Uint8Array): void;
  /** No signal gets through to that peer. */
  onUnroutable(to: AddressId): void;
  /** What the user does about links without a server. */
  invite(command: InvitationCommand, nowMs: number): InvitationResult;
  /** What the page reports of a connection. */
  handle(event: ConnectionEvent): void;
  /** The device is online, awake or visible again. */
  retryNow(nowMs: number): void;
  /** The page goes away; it destroys its connections itself. */
  leave(): void;
}

export function createLinks(options: LinksOptions): Links {
  const { room, signalingUrl, node, post } = options;
  /** What every way has in common: the node behind it and the page before it. */
  const ends: Omit<LinkerOptions, 'route' | 'dialsElsewhere' | 'isElsewhere' | 'send'> = {
    key: node.account,
    session: node.session,
    rng: platformRandom,
    post,
    admit: ({ key, session }) => node.admit(key, session),
    onOpen: (link, peerId) => node.onLinkOpen(link, peerId, Date.now()),
    onFrame: (linkId, frame) => node.onFrame(linkId, frame, Date.now()),
    onDrained: (linkId) => node.onDrained(linkId, Date.now()),
    onClosed: (linkId) => node.onLinkClosed(linkId, Date.now()),
    onDialFailed: (peerId, reason) => node.onDialFailed(peerId, reason, Date.now()),
  };

  const signaling = createSignalingClient({
    url: signalingUrl,
    roomId: room.roomId,
    webSocket: WebSocket,
    rng: platformRandom.next,
    onState: (state) => {
      if (state.kind !== 'connected') byServer.onSignalingLost();
      options.onSignaling(signalingStatus(state));
    },
    onWelcome: ({ id, peers, members, iceServers }) => {
      takeIceServers(id, iceServers);
      node.onWelcome(peers, members, Date.now());
    },
    onRoster: ({ peers, members }) => node.onRoster(peers, members, Date.now()),
    onSignal: (from, payload) => {
      const { state } = signaling;
      if (state.kind !== 'connected') return;
      const envelope = open(room, { from, to: state.id }, payload);
      if (envelope) byServer.onEnvelope(from, envelope);
    },
    onUnreachable: (peerId) => byServer.onUnreachable(peerId),
    onIceServers: (iceServers) => {
      const { state } = signaling;
      if (state.kind === 'connected') takeIceServers(state.id, iceServers);
    },
  });
  const signals = new TokenBucket(SIGNALS, Date.now());
  const byServer = createLinker({
    ...ends,
    route: 'server',
    dialsElsewhere: () => byPeers.dialling,
    isElsewhere: (linkId) => byPeers.has(linkId) || invitations.has(linkId),
    send: (to, envelope) => {
      const { state } = signaling;
      if (state.kind !== 'connected') return;
      if (!signals.take(Date.now(), envelope.kind === 'refuse' ? KEPT_FOR_LINKS : 0)) return;
      signaling.send(to, seal(room, { from: state.id, to }, envelope, platformRandom.bytes));
    },
  });

  function takeIceServers(ownId: string, iceServers: Welcome['iceServers']): void {
    byServer.onWelcome(ownId, iceServers);
    byPeers.onWelcome(ownAddress, iceServers);
    invitations.setIceServers(iceServers);
    options.onIceServers(iceServers);
  }

  const ownAddress = addressId({ key: node.account, session: node.session });
  const byPeers = createLinker({
    ...ends,
    route: 'peers',
    keyOf: (peerId) => addressOf(peerId).key,
    dialsElsewhere: () => byServer.dialling,
    isElsewhere: (linkId) => byServer.has(linkId) || invitations.has(linkId),
    send: (to, envelope) => {
      const sealed = sealBytes(room, { from: ownAddress, to }, envelope, platformRandom.bytes);
      // No browser writes so long a description. The dial ends by its timeout.
      if (sealed.length <= MAX_SIGNAL_BYTES) node.sendSignal(to, sealed, Date.now());
    },
  });
  // Until the server gives its ICE servers, if it ever does, peers find each other on one network only.
  byPeers.onWelcome(ownAddress, []);

  const invitations = createInvitations({
    ...ends,
    room,
    self: { key: node.account, session: node.session },
    admit: ({ key, session }) => node.admit(key, session),
    // On the peers' route it is known by the same name.
    onOpen: (link, peer) => node.onLinkOpen(link, addressId(peer), Date.now()),
    onChange: options.onInvitations,
  });

  const linkers: readonly Linker[] = [byServer, byPeers];

  return {
    dial(peerId, route) {
      switch (route) {
        case 'server':
          byServer.dial(peerId);
          return;
        case 'peers':
          byPeers.dial(peerId);
          return;
        default:
          route satisfies never;
      }
    },
    askRoster: () => signaling.askRoster(),
    start: (nowMs) => signaling.start(nowMs),
    tick(nowMs) {
      signaling.tick(nowMs);
      for (const linker of linkers) linker.tick(nowMs);
      invitations.tick(nowMs);
    },
    onSignal(from, payload) {
      const envelope = openBytes(room, { from, to: ownAddress }, payload);
      // The signal's own key is proved: a peer that offers in another's name is a liar.
      if (!envelope || ('key' in envelope && addressId(envelope) !== from)) return;
      byPeers.onEnvelope(from, envelope);
    },
    onUnroutable: (to) => byPeers.onUnreachable(to),
    invite: (command, nowMs) => invitations.command(command, nowMs),
    handle(event) {
      // Link ids are random: whoever does not know one leaves its events alone.
      for (const linker of linkers) linker.handle(event);
      invitations.handle(event, Date.now());
    },
    retryNow: (nowMs) => signaling.retryNow(nowMs),
    leave() {
      // Leaving the room keeps our id out of new rosters.
      signaling.stop();
      byServer.onSignalingLost();
    },
  };
}

function signalingStatus(state: SignalingState): SignalingStatus {
  if (state.kind === 'connected') return { kind: 'connected', members: state.members };
  return state.kind === 'refused' ? { kind: 'refused', code: state.code } : state;
}
