/**
 * The graph of what this tab truly knows: its own links, which it sees, and the links that its peers say they have,
 * which it can't check. The room may have more of both.
 */
import type { AccountId } from '../../core/hash.ts';
import type { PeerView } from '../../node/snapshot.ts';

/**
 * Twelve peers that each report sixteen others make two hundred. More than this is a hairball, and more than a phone
 * can lay out between two frames.
 */
export const MAX_DRAWN_NODES = 120;

export interface GraphNode {
  readonly key: AccountId;
  /** `reported`: peers name it, and this tab has no link to it. */
  readonly kind: 'self' | 'peer' | 'reported';
  /** What is known of a peer; undefined for the other kinds. */
  readonly peer: PeerView | undefined;
}

export interface GraphEdge {
  readonly id: string;
  readonly from: AccountId;
  readonly to: AccountId;
  /**
   * `direct`: a link of this tab; `introduced`: one whose signals went through peers; `reported`: a link between two
   * others, of which at least one tells.
   */
  readonly kind: 'direct' | 'introduced' | 'reported';
}

export interface Graph {
  /** This tab first, then its peers, then those that most of them name. */
  readonly nodes: readonly GraphNode[];
  /** Between nodes that are drawn; one a pair. */
  readonly edges: readonly GraphEdge[];
  /** How many nodes this tab knows of: more than `nodes` if some are left out. */
  readonly known: number;
}

/** A peer has a place once its handshake has proved its key. */
export function networkGraph(
  own: AccountId | undefined,
  peers: readonly PeerView[],
  maxNodes = MAX_DRAWN_NODES,
): Graph {
  if (own === undefined) return { nodes: [], edges: [], known: 0 };
  const linked = new Map<AccountId, PeerView>();
  for (const peer of peers) {
    const isNew = peer.key !== undefined && peer.key !== own && !linked.has(peer.key);
    if (peer.ready && peer.key !== undefined && isNew) linked.set(peer.key, peer);
  }
  const reported = namedOnly(own, linked);
  const all: GraphNode[] = [
    { key: own, kind: 'self', peer: undefined },
    ...[...linked].map(([key, peer]) => ({ key, kind: 'peer', peer }) as const),
    ...reported.map((key) => ({ key, kind: 'reported', peer: undefined }) as const),
  ];
  const nodes = all.slice(0, maxNodes);
  return { nodes, edges: edgesAmong(nodes, own), known: all.length };
}

/** Those whom this tab's peers say that they are linked with `key`. */
export function tellersOf(key: AccountId, peers: readonly PeerView[]): AccountId[] {
  const tellers = peers.filter((peer) => peer.ready && peer.links.includes(key)).map((peer) => peer.key);
  return [...new Set(tellers.filter((teller) => teller !== undefined))];
}

/** Whom peers name and this tab has no link to: named most often first, so that what is left out matters least. */
function namedOnly(own: AccountId, linked: ReadonlyMap<AccountId, PeerView>): AccountId[] {
  const tellers = new Map<AccountId, number>();
  for (const { links } of linked.values()) {
    for (const key of new Set(links)) {
      if (key !== own && !linked.has(key)) tellers.set(key, (tellers.get(key) ?? 0) + 1);
    }
  }
  // By key where the numbers are equal: who is drawn must not depend on the order of peers.
  return [...tellers].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([key]) => key);
}

function edgesAmong(nodes: readonly GraphNode[], own: AccountId): GraphEdge[] {
  const drawn = new Set(nodes.map(({ key }) => key));
  const edges = new Map<string, GraphEdge>();
  for (const { key, peer } of nodes) {
    if (peer === undefined) continue;
    const kind = peer.route === 'peers' ? 'introduced' : 'direct';
    const ownLink = { id: edgeId(own, key), from: own, to: key, kind } as const;
    edges.set(ownLink.id, ownLink);
    for (const other of peer.links) {
      const id = edgeId(key, other);
      if (other === key || other === own || !drawn.has(other) || edges.has(id)) continue;
      edges.set(id, { id, from: key, to: other, kind: 'reported' });
    }
  }
  return [...edges.values()];
}

/** The same for both directions: a link has none. */
function edgeId(a: AccountId, b: AccountId): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}
