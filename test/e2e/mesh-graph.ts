import type { Tab } from './tab.ts';

/** Whom each tab is linked with, by their nodes' keys. */
export type MeshGraph = ReadonlyMap<string, readonly string[]>;

export async function graphOf(tabs: readonly Tab[]): Promise<MeshGraph> {
  return new Map(
    await Promise.all(
      tabs.map(async (tab) => {
        const [{ key }, { peers }] = await Promise.all([tab.slice('account'), tab.slice('peers')]);
        return [key, peers.flatMap((peer) => (peer.ready && peer.key ? [peer.key] : []))] as const;
      }),
    ),
  );
}

/** How many tabs the first one reaches, itself included, over links that both ends have. All of them: they are one mesh. */
export function countReached(graph: MeshGraph): number {
  const reached = new Set([...graph.keys()].slice(0, 1));
  for (const key of reached)
    for (const other of graph.get(key) ?? []) if (graph.get(other)?.includes(key)) reached.add(other);
  return reached.size;
}
