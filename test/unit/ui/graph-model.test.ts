import { expect, test } from 'vitest';
import { networkGraph, tellersOf, type Graph } from '../../../web/ui/network/graph-model.ts';
import { account, crowd } from './crowd.ts';
import { peer } from './snapshots.ts';

const OWN = account(999);
const [A, B, C, D] = [account(0), account(1), account(2), account(3)];

/** Each edge as "a-b kind", with one letter a node. */
function edges({ edges }: Graph): string[] {
  const letters = new Map([OWN, A, B, C, D].map((key, i) => [key, 'oabcd'[i]]));
  return edges.map(({ from, to, kind }) => `${letters.get(from)}-${letters.get(to)} ${kind}`);
}

test('own links are seen, links of peers are reported, and a link that both ends report is one', () => {
  const graph = networkGraph(OWN, [
    peer({ key: A, links: [B, C] }),
    peer({ key: B, links: [A], route: 'invitation' }),
  ]);
  expect(graph.nodes.map(({ key, kind }) => [key, kind])).toEqual([
    [OWN, 'self'],
    [A, 'peer'],
    [B, 'peer'],
    [C, 'reported'],
  ]);
  expect(edges(graph)).toEqual(['o-a direct', 'a-b reported', 'a-c reported', 'o-b direct']);
  expect(graph.known).toBe(4);
});

test('a link that peers introduced is told from others', () => {
  expect(edges(networkGraph(OWN, [peer({ key: A, route: 'peers' })]))).toEqual(['o-a introduced']);
});

test('what a peer says of its link with this tab, or with itself, adds nothing', () => {
  const graph = networkGraph(OWN, [peer({ key: A, links: [OWN, A] })]);
  expect(edges(graph)).toEqual(['o-a direct']);
  expect(graph.known).toBe(2);
});

test('who has not proved a key has no place yet, and its word counts for nothing', () => {
  const peers = [peer({ key: A, ready: false, links: [B] }), peer({ key: undefined, ready: false })];
  expect(networkGraph(OWN, peers).nodes).toHaveLength(1);
  expect(tellersOf(B, peers)).toEqual([]);
});

test('two links to one peer are one, and this tab is not its own peer', () => {
  const graph = networkGraph(OWN, [peer({ key: A }), peer({ key: A, linkId: 'x' }), peer({ key: OWN })]);
  expect(edges(graph)).toEqual(['o-a direct']);
});

test('of too many, those that most peers are linked with are drawn, and no edge ends in nothing', () => {
  const peers = [peer({ key: A, links: [C, D] }), peer({ key: B, links: [D] })];
  const graph = networkGraph(OWN, peers, 4);
  expect(graph.nodes.map(({ key }) => key)).toEqual([OWN, A, B, D]);
  expect(edges(graph)).toEqual(['o-a direct', 'a-d reported', 'o-b direct', 'b-d reported']);
  expect(graph.known).toBe(5);
});

test('who is drawn does not depend on the order of peers', () => {
  const peers = crowd(12, 100, 9);
  const drawn = (some: typeof peers) => new Set(networkGraph(OWN, some, 40).nodes.map(({ key }) => key));
  expect(drawn(peers)).toEqual(drawn([...peers].reverse()));
});

test('before the node has an account there is nothing to draw', () => {
  expect(networkGraph(undefined, [peer()])).toEqual({ nodes: [], edges: [], known: 0 });
});

test('tells who says that they are linked with somebody', () => {
  const peers = [peer({ key: A, links: [C] }), peer({ key: B, links: [C, D] })];
  expect(tellersOf(C, peers)).toEqual([A, B]);
  expect(tellersOf(A, peers)).toEqual([]);
});
