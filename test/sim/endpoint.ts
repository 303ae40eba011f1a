/** Whoever can be at an end of a link: a node (sim-node.ts) or a hand-played peer (adversaries/). */
import type { AccountId } from '../../web/core/hash.ts';
import type { Admission } from '../../web/node/mesh.ts';
import type { Route } from '../../web/node/ports.ts';
import type { SimLink } from './sim-link.ts';

export interface Endpoint {
  readonly name: string;
  /** In order of joining; stands for the endpoint in the trace. */
  readonly index: number;
  readonly account: AccountId;
  readonly session: string;
  readonly alive: boolean;
  /** Endpoints of different groups can't reach each other. */
  group: number;
  /** Its links by id, each the direction that it sends on. */
  readonly links: Map<string, SimLink>;
  admit(account: AccountId, session: string): Admission;
  onLinkOpen(link: SimLink, peerId: string, route: Route): void;
  onFrame(linkId: string, frame: Uint8Array): void;
  onDrained(linkId: string): void;
  onLinkClosed(linkId: string): void;
  onDialFailed(peerId: string, reason: string): void;
}
