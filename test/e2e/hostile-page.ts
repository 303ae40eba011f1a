/**
 * A node that speaks the wire as badly as a test wants, over real links: what hostile.spec.ts runs inside a page,
 * bundled by itself. It holds the room's secret, as any member does.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, randomBytes } from '@noble/hashes/utils.js';
import { parseServerMessage, SIGNAL_PATH, type Welcome } from '../../signaling/protocol.ts';
import { genesisBlock } from '../../web/core/genesis.ts';
import { headerHash, headerId } from '../../web/core/header.ts';
import { REGTEST } from '../../web/core/params.ts';
import type { ConnectionEvent } from '../../web/engine/messages.ts';
import { channelName } from '../../web/net/channel-name.ts';
import { createConnectionLog } from '../../web/net/connection-log.ts';
import { deriveRoom, type Room } from '../../web/net/room.ts';
import { open, seal } from '../../web/net/seal.ts';
import { createConnections } from '../../web/net/webrtc.ts';
import { FrameReader, toFrames } from '../../web/node/framing.ts';
import { prove } from '../../web/node/handshake.ts';
import {
  decodeMessage,
  encodeMessage,
  PROTOCOL_VERSION,
  type Hello,
  type Message,
} from '../../web/node/messages.ts';
import { attacks, type AttackName } from './hostile-attacks.ts';

export interface HostileLink {
  readonly genesis: ReturnType<typeof genesisBlock>;
  readonly genesisHash: Uint8Array;
  /** The link's name (web/net/channel-name.ts). */
  readonly channelName: Uint8Array;
  readonly secretKey: Uint8Array;
  /** The victim's hello. */
  readonly theirs: Hello;
  /** What this node would say, if it were honest. */
  readonly own: Hello;
  /** The link itself, for what no frame can carry. */
  readonly channel: RTCDataChannel | undefined;
  readonly isClosed: boolean;
  say(message: Message): void;
  sendFrame(frame: Uint8Array): void;
  /** Says hello and proves the key. */
  shakeHands(): void;
  /** Until what was sent has left, or the link is closed. */
  drained(): Promise<void>;
}

export interface AttackResult {
  /** Victims that the link reached. */
  readonly victims: number;
  /** How many of them hung up. */
  readonly hungUp: number;
  /** Did a second dial with the same key come to a link? */
  readonly admittedAgain: boolean;
}

/** A victim that has not hung up by then, in ms, never will: the slowest reason is a handshake that does not come. */
const PATIENCE_MS = 30_000;

/** An answer comes at once, or never. */
const DIAL_MS = 10_000;

/** Opens a link to every member of the room, does its worst on each, and waits until the victims have hung up. */
export async function attack(name: AttackName, secret: string): Promise<AttackResult> {
  const room = deriveRoom(secret);
  const secretKey = randomBytes(32);
  const member = await join(room);
  const links = await Promise.all(member.peers.map((id) => member.dial(id, secretKey)));
  const reached = links.filter((link) => link !== undefined);
  const ends = await Promise.all(
    reached.map(async ({ link, closed }) => {
      await attacks[name](link);
      return Promise.race([closed.then(() => true), after(PATIENCE_MS).then(() => false)]);
    }),
  );
  const again = await Promise.all(member.peers.map((id) => member.dial(id, secretKey)));
  member.leave();
  const hungUp = ends.filter(Boolean).length;
  return { victims: reached.length, hungUp, admittedAgain: again.some((link) => link !== undefined) };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

interface Dialled {
  readonly link: HostileLink;
  readonly closed: Promise<void>;
}

async function join(room: Room): Promise<{
  readonly peers: readonly string[];
  /** undefined if the peer won't have us. */
  dial(peerId: string, secretKey: Uint8Array): Promise<Dialled | undefined>;
  leave(): void;
}> {
  const socket = new WebSocket(SIGNAL_PATH);
  const signals = new EventTarget();
  const events = new EventTarget();
  const connections = createConnections(
    (event) => events.dispatchEvent(new CustomEvent(event.linkId, { detail: event })),
    createConnectionLog(Date.now),
  );
  const welcome = await new Promise<Welcome>((resolve) => {
    socket.onopen = () => socket.send(JSON.stringify({ type: 'join', room: room.roomId }));
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      const message = parseServerMessage(data);
      if (message?.type === 'welcome') resolve(message);
      if (message?.type === 'signal') signals.dispatchEvent(new CustomEvent('signal', { detail: message }));
    };
  });
  const genesis = genesisBlock(REGTEST, room.genesisSeed);
  const genesisHash = headerHash(genesis.header);

  function dial(peerId: string, secretKey: Uint8Array): Promise<Dialled | undefined> {
    const linkId = bytesToHex(randomBytes(16));
    const key = bytesToHex(ed25519.getPublicKey(secretKey));
    const session = bytesToHex(randomBytes(8));
    const tell = (envelope: Parameters<typeof seal>[2]): void => {
      const payload = seal(room, { from: welcome.id, to: peerId }, envelope, randomBytes);
      socket.send(JSON.stringify({ type: 'signal', to: peerId, payload }));
    };
    const own: Hello = {
      protocol: PROTOCOL_VERSION,
      genesisId: headerId(genesis.header),
      key,
      session,
      challenge: randomBytes(32),
      time: Math.floor(Date.now() / 1000),
      tipId: headerId(genesis.header),
      height: 0,
      work: 0n,
    };
    return new Promise((resolve) => {
      const reader = new FrameReader();
      let closed = false;
      let hangUp: () => void = () => undefined;
      const whenClosed = new Promise<void>((hungUp) => (hangUp = hungUp));
      let sentBytes = 0;
      let takenBytes = 0;
      let wake: (() => void) | undefined;
      let [localSdp, remoteSdp] = ['', ''];

      signals.addEventListener('signal', (event) => {
        const { from, payload } = (event as CustomEvent<{ from: string; payload: string }>).detail;
        const envelope = open(room, { from, to: welcome.id }, payload);
        if (from !== peerId || envelope?.linkId !== linkId) return;
        if (envelope.kind === 'answer') remoteSdp = envelope.data.sdp;
        if (envelope.kind === 'refuse') resolve(undefined);
        else connections.handle({ type: 'connection-apply', linkId, signal: envelope.data });
      });
      events.addEventListener(linkId, (event) => {
        const report = (event as CustomEvent<ConnectionEvent>).detail;
        switch (report.type) {
          case 'connection-signal': {
            const data = report.signal;
            if (data.type === 'offer') localSdp = data.sdp;
            if (data.type === 'offer') tell({ kind: 'offer', linkId, key, session, data });
            if (data.type === 'candidate') tell({ kind: 'candidate', linkId, data });
            return;
          }
          case 'connection-frame': {
            const result = reader.read(report.frame);
            const message = result.kind === 'message' ? decodeMessage(result.bytes) : undefined;
            if (message?.name === 'hello') resolve({ link: linkTo(message), closed: whenClosed });
            return;
          }
          case 'connection-drained':
            takenBytes = report.taken;
            wake?.();
            return;
          case 'connection-closed':
            closed = true;
            wake?.();
            hangUp();
            resolve(undefined);
            return;
          case 'connection-open':
            return;
          default:
            report satisfies never;
        }
      });
      connections.handle({
        type: 'connection-create',
        linkId,
        initiator: true,
        route: 'server',
        peerKey: undefined,
        iceServers: welcome.iceServers,
      });
      const channel = window.tabchainTest?.channels.at(-1);
      void after(DIAL_MS).then(() => resolve(undefined));

      function linkTo(theirs: Hello): HostileLink {
        const sendFrame = (frame: Uint8Array): void => {
          sentBytes += frame.length;
          connections.handle({ type: 'connection-send', linkId, frame: Uint8Array.from(frame) });
        };
        const say = (message: Message): void => toFrames(encodeMessage(message)).forEach(sendFrame);
        const named = channelName(localSdp, remoteSdp);
        if (named === undefined) throw new Error('a link without a name');
        return {
          genesis,
          genesisHash,
          channelName: named,
          secretKey,
          theirs,
          own,
          channel,
          get isClosed() {
            return closed;
          },
          say,
          sendFrame,
          shakeHands() {
            say({ name: 'hello', ...own });
            say({ name: 'ready', signature: prove(genesisHash, named, own, theirs, secretKey) });
          },
          async drained() {
            while (!closed && takenBytes < sentBytes) await new Promise<void>((go) => (wake = go));
          },
        };
      }
    });
  }

  return {
    peers: welcome.peers,
    dial,
    leave() {
      socket.close();
      connections.destroyAll();
    },
  };
}
