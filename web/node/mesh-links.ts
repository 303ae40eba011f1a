/** The links of a mesh: who dialled, since when, and by which names each peer may be dialled. */
import { addressId } from './address.ts';
import type { Peer } from './peer.ts';
import type { Link } from './ports.ts';

export interface MeshLink {
  /** As the route that it was set up by names the peer. */
  readonly peerId: string;
  readonly dialled: boolean;
  readonly openedAtMs: number;
  /** Once the handshake is through. */
  peer: Peer | undefined;
}

export class MeshLinks {
  readonly #links = new Map<string, MeshLink>();

  get(linkId: string): MeshLink | undefined {
    return this.#links.get(linkId);
  }

  add({ id, dialled }: Link, peerId: string, openedAtMs: number): void {
    this.#links.set(id, { peerId, dialled, openedAtMs, peer: undefined });
  }

  delete(linkId: string): void {
    this.#links.delete(linkId);
  }

  count(dialled: boolean): number {
    let count = 0;
    for (const link of this.#links.values()) if (link.dialled === dialled) count++;
    return count;
  }

  /** Inbound links whose peer has not proved its key. */
  get shakingHands(): number {
    let count = 0;
    for (const link of this.#links.values()) if (!link.dialled && !link.peer) count++;
    return count;
  }

  /** Peers whose handshake is through: all, or those that we did or did not dial. */
  ready(dialled?: boolean): Peer[] {
    const links = [...this.#links.values()];
    return links.flatMap((link) =>
      link.peer && (dialled === undefined || link.dialled === dialled) ? [link.peer] : [],
    );
  }

  /** Is a peer linked that has this name? It may have others that we don't know of. */
  includes(id: string): boolean {
    for (const link of this.#links.values()) if (namesOf(link).includes(id)) return true;
    return false;
  }
}

/** By which a peer may be dialled: what the route called it, and its address. */
export function namesOf({ peerId, peer }: MeshLink): readonly string[] {
  return peer?.hello ? [peerId, addressId(peer.hello)] : [peerId];
}
