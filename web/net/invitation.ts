import { bytesToHex } from '@noble/hashes/utils.js';
import type {
  ConnectionEvent,
  ConnectionOrder,
  DestroyReason,
  InvitationCommand,
  InvitationFailure,
  InvitationResult,
  InvitationState,
  RTCIceServerLike,
} from '../engine/messages.ts';
import type { PeerAddress } from '../node/address.ts';
import { BoundedSet } from '../node/bounded.ts';
import type { Link, Rng } from '../node/ports.ts';
import { createChannelLink, type ChannelLink } from './channel-link.ts';
import { channelName } from './channel-name.ts';
import type { RefuseReason, SignalData } from './envelope.ts';
import { readSdp, writeSdp } from './invitation-sdp.ts';
import { readLetter, writeLetter, type InvitationKind, type InvitationLetter } from './invitation-text.ts';
import type { SealRoom } from './seal.ts';

/** From making an invitation to pasting its answer. Two people with a messenger need a minute or two. */
export const LIFETIME_MS = 10 * 60_000;
/** How far the guest's clock may be off: it only saves people the trouble, the inviter's own clock decides. */
export const CLOCK_SLACK_MS = 2 * 60_000;
/** Each holds a connection and its sockets open all the time that it waits. */
export const MAX_OPEN = 4;
/** From the pasted answer to an open channel: looking up a device that hides its address takes 3 s and more. */
export const CONNECT_TIMEOUT_MS = 20_000;
/** A link that ends this soon was refused in the handshake, which has 4 s. */
export const SETTLED_AFTER_MS = 10_000;
/** Ids remembered after their use: as many as one tab makes in two hours at most. */
export const MAX_USED_IDS = 64;

export interface InvitationsOptions {
  readonly room: SealRoom;
  /** This node. */
  readonly self: PeerAddress;
  readonly rng: Rng;
  readonly post: (order: ConnectionOrder, transfer?: ArrayBuffer[]) => void;
  readonly admit: (peer: PeerAddress) => 'accept' | RefuseReason;
  readonly onOpen: (link: Link, peer: PeerAddress) => void;
  readonly onFrame: (linkId: string, frame: Uint8Array) => void;
  readonly onDrained: (linkId: string) => void;
  /** Once for each link that `onOpen` gave, also after its own `close()`, and never from inside it. */
  readonly onClosed: (linkId: string, reason: string) => void;
  readonly onChange: (states: readonly InvitationState[]) => void;
}

/**
 * Links without any server: the inviter's letter goes to the guest by whatever means people have, the guest's answer
 * comes back the same way, and both tabs wait for as long as that takes. Pure: time comes with the calls, and the
 * connections are the page's (web/net/webrtc.ts), reached by orders and events.
 *
 * The inviter's letter tells no addresses: the guest keeps still until the inviter, who gets the guest's addresses
 * with the answer, finds it. A browser that looks for the other one in vain gives up after 5 to 15 s.
 */
export interface Invitations {
  command(command: InvitationCommand, nowMs: number): InvitationResult;
  /** Is a connection, or what waits to be one, called so? */
  has(id: string): boolean;
  /** What the server said last; without one, there are none. */
  setIceServers(servers: readonly RTCIceServerLike[]): void;
  /** Takes what the page reports. Events of connections that are not an invitation's are nothing. */
  handle(event: ConnectionEvent, nowMs: number): void;
  tick(nowMs: number): void;
}

interface Invitation {
  readonly id: string;
  readonly role: InvitationState['role'];
  /** Undefined until the inviter has the answer. */
  peer: PeerAddress | undefined;
  phase: InvitationState['phase'];
  deadlineMs: number;
  /** When the waiting ends. */
  readonly untilMs: number;
  /** The descriptions of both sides, once they are there. */
  localSdp: string;
  remoteSdp: string;
}

export function createInvitations(options: InvitationsOptions): Invitations {
  const { room, self, post } = options;
  const invitations = new Map<string, Invitation>();
  const links = new Map<string, ChannelLink>();
  const usedIds = new BoundedSet<string>(MAX_USED_IDS);
  let iceServers: readonly RTCIceServerLike[] = [];

  const isOpen = ({ phase }: Invitation): boolean => phase.kind !== 'connected' && phase.kind !== 'failed';

  function changed(): void {
    options.onChange([...invitations.values()].map(({ id, role, phase }) => ({ id, role, phase })));
  }

  function begin(invitation: Omit<Invitation, 'phase' | 'deadlineMs' | 'localSdp'>, nowMs: number): void {
    // What has ended was read by now.
    for (const before of [...invitations.values()])
      if (before.role === invitation.role && !isOpen(before)) invitations.delete(before.id);
    invitations.set(invitation.id, {
      ...invitation,
      localSdp: '',
      phase: { kind: 'preparing' },
      deadlineMs: nowMs + CONNECT_TIMEOUT_MS,
    });
    usedIds.add(invitation.id);
  }

  function fail(invitation: Invitation, reason: InvitationFailure): void {
    // Its answer was never shown: it can be tried once more.
    if (invitation.phase.kind === 'preparing') usedIds.delete(invitation.id);
    invitation.phase = { kind: 'failed', reason };
    post({ type: 'connection-destroy', linkId: invitation.id, reason: DESTROY_REASONS[reason] });
    changed();
  }

  function openCount(): number {
    return [...invitations.values()].filter(isOpen).length;
  }

  function create(nowMs: number): InvitationResult {
    if (openCount() >= MAX_OPEN) return { ok: false, problem: 'too-many' };
    const id = bytesToHex(options.rng.bytes(16));
    begin({ id, role: 'inviter', peer: undefined, untilMs: nowMs + LIFETIME_MS, remoteSdp: '' }, nowMs);
    post({
      type: 'connection-create',
      linkId: id,
      initiator: true,
      route: 'invitation',
      peerKey: undefined,
      iceServers,
    });
    changed();
    return { ok: true, id };
  }

  function answer(text: string, nowMs: number): InvitationResult {
    const read = readLetter(room, text, 'invitation');
    if (!read.ok) return read;
    const { id, madeAtSeconds, from, description } = read.letter;
    const open = invitations.get(id);
    if (from.key === self.key && from.session === self.session) return { ok: false, problem: 'own' };
    // Pasted a second time, while its answer is shown.
    if (open !== undefined && isOpen(open)) return { ok: true, id };
    if (usedIds.has(id)) return { ok: false, problem: 'used' };
    const endMs = Math.min(madeAtSeconds * 1000, nowMs) + LIFETIME_MS;
    if (nowMs >= endMs + CLOCK_SLACK_MS) return { ok: false, problem: 'expired' };
    if (openCount() >= MAX_OPEN) return { ok: false, problem: 'too-many' };
    const verdict = options.admit(from);
    if (verdict !== 'accept') return { ok: false, problem: verdict };
    const untilMs = Math.max(endMs, nowMs + CLOCK_SLACK_MS);
    const sdp = writeSdp('offer', description);
    begin({ id, role: 'guest', peer: from, untilMs, remoteSdp: sdp }, nowMs);
    post({
      type: 'connection-create',
      linkId: id,
      initiator: false,
      route: 'invitation',
      peerKey: from.key,
      iceServers,
      byHand: true,
    });
    post({ type: 'connection-apply', linkId: id, signal: { type: 'offer', sdp } });
    changed();
    return { ok: true, id };
  }

  function accept(text: string, nowMs: number): InvitationResult {
    const read = readLetter(room, text, 'answer');
    if (!read.ok) return read;
    const { id, from, description } = read.letter;
    const invitation = invitations.get(id);
    if (invitation?.role !== 'inviter' || invitation.phase.kind !== 'waiting')
      return { ok: false, problem: usedIds.has(id) ? 'used' : 'unknown' };
    const verdict = options.admit(from);
    if (verdict !== 'accept') return { ok: false, problem: verdict };
    invitation.peer = from;
    invitation.phase = { kind: 'connecting' };
    invitation.deadlineMs = nowMs + CONNECT_TIMEOUT_MS;
    const sdp = writeSdp('answer', description);
    invitation.remoteSdp = sdp;
    post({ type: 'connection-apply', linkId: id, signal: { type: 'answer', sdp } });
    changed();
    return { ok: true, id };
  }

  function withdraw(id: string): InvitationResult {
    const invitation = invitations.get(id);
    if (invitation === undefined) return { ok: false, problem: 'unknown' };
    if (isOpen(invitation)) post({ type: 'connection-destroy', linkId: id, reason: 'withdrawn' });
    // Its answer was never shown: it can be tried once more.
    if (invitation.phase.kind === 'preparing') usedIds.delete(id);
    invitations.delete(id);
    changed();
    return { ok: true, id };
  }

  /** The browser has described its end: that makes the letter. */
  function onSignal(invitation: Invitation, signal: SignalData, nowMs: number): void {
    const { id, role, phase } = invitation;
    if (phase.kind !== 'preparing') return;
    const kind: InvitationKind = role === 'inviter' ? 'invitation' : 'answer';
    // The inviter's candidates come one by one, and stay here: it is the one who looks for the other.
    if (signal.type !== (role === 'inviter' ? 'offer' : 'answer')) return;
    const description = readSdp(signal.sdp);
    if (description === undefined) return fail(invitation, 'browser');
    invitation.localSdp = signal.sdp;
    if (role === 'guest' && description.candidates.length === 0) return fail(invitation, 'no-network');
    const letter: InvitationLetter = {
      kind,
      id,
      madeAtSeconds: Math.floor(nowMs / 1000),
      from: self,
      description: role === 'inviter' ? { ...description, candidates: [] } : description,
    };
    invitation.deadlineMs = invitation.untilMs;
    invitation.phase = {
      kind: 'waiting',
      text: writeLetter(room, letter, (length) => options.rng.bytes(length)),
      untilMs: invitation.untilMs,
    };
    changed();
  }

  function onOpen(invitation: Invitation, nowMs: number): void {
    const { id, role, peer } = invitation;
    // The page can't open a channel before the answer is applied.
    if (peer === undefined || !isOpen(invitation)) return;
    // Without a name of its own its peer can prove nothing.
    const channel = channelName(invitation.localSdp, invitation.remoteSdp) ?? options.rng.bytes(32);
    const link = createChannelLink(id, role === 'inviter', 'invitation', channel, post);
    links.set(id, link);
    invitation.phase = { kind: 'connected' };
    invitation.deadlineMs = nowMs + SETTLED_AFTER_MS;
    changed();
    options.onOpen(link, peer);
  }

  function onClosed(linkId: string, reason: string, nowMs: number): void {
    const invitation = invitations.get(linkId);
    const link = links.get(linkId);
    if (invitation !== undefined && isOpen(invitation)) {
      invitation.phase = {
        kind: 'failed',
        reason: invitation.peer === undefined ? 'browser' : 'unreachable',
      };
      changed();
    }
    if (link === undefined) return;
    links.delete(linkId);
    if (invitation?.phase.kind === 'connected') {
      if (nowMs < invitation.deadlineMs) invitation.phase = { kind: 'failed', reason: 'refused' };
      // It would go on to say that they are connected.
      else invitations.delete(linkId);
      changed();
    }
    options.onClosed(linkId, link.closeReason ?? reason);
  }

  return {
    command(command, nowMs) {
      switch (command.kind) {
        case 'create':
          return create(nowMs);
        case 'answer':
          return answer(command.text, nowMs);
        case 'accept':
          return accept(command.text, nowMs);
        case 'withdraw':
          return withdraw(command.id);
      }
    },

    has: (id) => invitations.has(id) || links.has(id),

    setIceServers(servers) {
      iceServers = servers;
    },

    handle(event, nowMs) {
      const invitation = invitations.get(event.linkId);
      const link = links.get(event.linkId);
      switch (event.type) {
        case 'connection-signal':
          if (invitation !== undefined) onSignal(invitation, event.signal, nowMs);
          return;
        case 'connection-open':
          if (invitation !== undefined) onOpen(invitation, nowMs);
          return;
        case 'connection-frame':
          if (link !== undefined && link.closeReason === undefined)
            options.onFrame(event.linkId, event.frame);
          return;
        case 'connection-drained':
          if (link?.take(event.taken) === true && link.closeReason === undefined)
            options.onDrained(event.linkId);
          return;
        case 'connection-closed':
          onClosed(event.linkId, event.reason, nowMs);
          return;
        default:
          event satisfies never;
      }
    },

    tick(nowMs) {
      for (const invitation of [...invitations.values()])
        if (isOpen(invitation) && nowMs >= invitation.deadlineMs)
          fail(invitation, FAILURE_BY_PHASE[invitation.phase.kind] ?? 'browser');
    },
  };
}

const DESTROY_REASONS: Record<InvitationFailure, DestroyReason> = {
  expired: 'expired',
  unreachable: 'timeout',
  'no-network': 'no-network',
  browser: 'failed',
  refused: 'closed',
};

/** What it means when the time is over. */
const FAILURE_BY_PHASE: Partial<Record<InvitationState['phase']['kind'], InvitationFailure>> = {
  preparing: 'browser',
  waiting: 'expired',
  connecting: 'unreachable',
};
