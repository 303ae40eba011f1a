/** From node to node by the arrow keys. */
import type { AccountId } from '../../core/hash.ts';
import type { Places } from './graph-layout.ts';

const DIRECTIONS: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** What lies aside counts as this many times farther away: the eye looks straight on. */
const ASIDE = 2.5;

/** The nearest node in the direction of `arrow` (KeyboardEvent.key); undefined if there is none, or it is no arrow. */
export function nextNode(places: Places, from: AccountId, arrow: string): AccountId | undefined {
  const direction = DIRECTIONS[arrow];
  const start = places.get(from);
  if (direction === undefined || start === undefined) return undefined;
  let next: AccountId | undefined;
  let leastCost = Infinity;
  for (const [key, { x, y }] of places) {
    const [dx, dy] = [x - start.x, y - start.y];
    const ahead = dx * direction.x + dy * direction.y;
    const aside = Math.abs(dx * direction.y) + Math.abs(dy * direction.x);
    const cost = ahead + ASIDE * aside;
    if (key === from || ahead <= 0 || cost >= leastCost) continue;
    leastCost = cost;
    next = key;
  }
  return next;
}
