/** A link of a real node whose messages are changed, dropped or multiplied on their way out. */
import { FrameReader, toFrames } from '../../../web/node/framing.ts';
import { decodeMessage, encodeMessage, type Message } from '../../../web/node/messages.ts';
import type { Link, Route } from '../../../web/node/ports.ts';
import type { Endpoint } from '../endpoint.ts';
import type { SimLink } from '../sim-link.ts';

/** What is sent instead. */
export type Tamper = (message: Message, to: Endpoint) => readonly Message[];

export class TamperedLink implements Link {
  readonly id: string;
  readonly dialled: boolean;
  readonly route: Route;
  readonly channel: Uint8Array;
  readonly #link: SimLink;
  readonly #tamper: Tamper;
  readonly #reader = new FrameReader();

  constructor(link: SimLink, tamper: Tamper) {
    this.#link = link;
    this.id = link.id;
    this.dialled = link.dialled;
    this.route = link.route;
    this.channel = link.channel;
    this.#tamper = tamper;
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes;
  }

  send(frame: Uint8Array): void {
    const result = this.#reader.read(frame);
    const message = result.kind === 'message' ? decodeMessage(result.bytes) : undefined;
    if (!message) return;
    for (const changed of this.#tamper(message, this.#link.to)) {
      for (const part of toFrames(encodeMessage(changed))) this.#link.send(part);
    }
  }

  close(): void {
    this.#link.close();
  }
}

/** For `SimNodeOptions.wrapLink`. */
export function tampering(tamper: Tamper): (link: SimLink) => Link {
  return (link) => new TamperedLink(link, tamper);
}
