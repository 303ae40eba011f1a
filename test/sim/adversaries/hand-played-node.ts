/**
 * A member of the room whose every message is played by a script. It speaks
 * the real wire through the product's own codecs, and may say anything.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { headerHash } from '../../../web/core/header.ts';
import { FrameReader, toFrames } from '../../../web/node/framing.ts';
import { prove } from '../../../web/node/handshake.ts';
import type { Admission } from '../../../web/node/mesh.ts';
import {
  decodeMessage,
  encodeMessage,
  PROTOCOL_VERSION,
  type Hello,
  type Message,
} from '../../../web/node/messages.ts';
import type { Endpoint } from '../endpoint.ts';
import type { SimLink } from '../sim-link.ts';
import type { SimNode } from '../sim-node.ts';
import type { Simulation } from '../simulation.ts';

/** The other end of one of its links. */
export interface PlayedPeer {
  readonly endpoint: Endpoint;
  say(message: Message): void;
}

export interface Script {
  /** What its hello claims, where that is not the truth of an empty node. */
  readonly claim?: () => Partial<Hello>;
  /** The handshake is through. */
  onReady?(peer: PlayedPeer): void;
  /** Any message but the handshake's and pings. */
  onMessage?(peer: PlayedPeer, message: Message): void;
}

interface Line {
  readonly link: SimLink;
  readonly reader: FrameReader;
  readonly peer: PlayedPeer;
  readonly hello: Hello;
}

export class HandPlayedNode implements Endpoint {
  readonly name: string;
  readonly index: number;
  readonly account: string;
  readonly session: string;
  readonly alive = true;
  readonly links = new Map<string, SimLink>();
  group = 0;
  readonly #simulation: Simulation;
  readonly #secretKey: Uint8Array;
  readonly #script: Script;
  readonly #lines = new Map<string, Line>();
  readonly #ready = new Set<PlayedPeer>();

  constructor(simulation: Simulation, name: string, script: Script) {
    this.#simulation = simulation;
    this.name = name;
    this.index = simulation.nextIndex();
    this.#script = script;
    this.#secretKey = simulation.random.bytes(32);
    this.account = bytesToHex(ed25519.getPublicKey(this.#secretKey));
    this.session = bytesToHex(simulation.random.bytes(8));
    simulation.network.add(this);
  }

  /** Peers whose handshake is through and whose link is open. */
  get peers(): ReadonlySet<PlayedPeer> {
    return this.#ready;
  }

  /** Dials like anybody: the node may refuse. */
  dial(to: SimNode): void {
    const id = this.#simulation.server.idOf(to);
    if (id !== undefined) this.#simulation.network.dial(this, id);
  }

  /** A link that is simply there. */
  linkTo(to: Endpoint, latencyMs: number): SimLink {
    const ids = { dialled: to.name, dialler: this.name };
    return this.#simulation.network.open(this, to, 'server', ids, latencyMs);
  }

  admit(): Admission {
    return 'accept';
  }

  onLinkOpen(link: SimLink): void {
    const { genesis, random, queue } = this.#simulation;
    const genesisId = bytesToHex(headerHash(genesis.header).slice().reverse());
    const hello: Hello = {
      protocol: PROTOCOL_VERSION,
      genesisId,
      key: this.account,
      session: this.session,
      challenge: random.bytes(32),
      time: Math.floor(queue.nowMs / 1000),
      tipId: genesisId,
      height: 0,
      work: 0n,
      ...this.#script.claim?.(),
    };
    const peer: PlayedPeer = { endpoint: link.to, say: (message) => say(link, message) };
    this.#lines.set(link.id, { link, reader: new FrameReader(), peer, hello });
    peer.say({ name: 'hello', ...hello });
  }

  onFrame(linkId: string, frame: Uint8Array): void {
    const line = this.#lines.get(linkId);
    const result = line?.reader.read(frame);
    if (!line || result?.kind !== 'message') return;
    const message = decodeMessage(result.bytes);
    if (message) this.#handle(line, message);
  }

  onDrained(): void {
    // It says all at once, whatever the link takes.
  }

  onLinkClosed(linkId: string): void {
    const line = this.#lines.get(linkId);
    if (line) this.#ready.delete(line.peer);
    this.#lines.delete(linkId);
  }

  onDialFailed(): void {
    // A script that cares dials again.
  }

  #handle({ link, peer, hello }: Line, message: Message): void {
    switch (message.name) {
      case 'hello': {
        const genesisHash = headerHash(this.#simulation.genesis.header);
        peer.say({
          name: 'ready',
          signature: prove(genesisHash, link.channel, hello, message, this.#secretKey),
        });
        return;
      }
      case 'ready':
        this.#ready.add(peer);
        this.#script.onReady?.(peer);
        return;
      case 'ping':
        peer.say({ name: 'pong', token: message.token });
        return;
      case 'pong':
        return;
      default:
        this.#script.onMessage?.(peer, message);
    }
  }
}

function say(link: SimLink, message: Message): void {
  for (const frame of toFrames(encodeMessage(message))) link.send(frame);
}
