import type { SignalingStatus } from '../../engine/messages.ts';
import type { Graph } from '../network/graph-model.ts';

/**
 * How many nodes this tab knows of, itself included. The server counts those that are connected to it, peers tell of
 * those that have no server: neither knows all, so the greater number is the nearer one.
 */
export function nodeCount(signaling: SignalingStatus, graph: Graph): number {
  const members = signaling.kind === 'connected' ? signaling.members : 0;
  return Math.max(members, graph.known, 1);
}
