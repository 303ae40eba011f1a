import type { Rng } from './ports.ts';

/** A new list in an order that chance decides (Fisher-Yates). */
export function shuffled<T>(items: Iterable<T>, rng: Rng): T[] {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(rng.next() * (i + 1));
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}
