/** Rooms of many nodes, as one of them sees them. */
import type { PeerView } from '../../../web/node/snapshot.ts';
import { peer } from './snapshots.ts';

/** The n-th account: spread over all values, as keys are. */
export function account(n: number): string {
  // An odd multiplier: different numbers have different keys.
  return (Math.imul(n + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').repeat(8);
}

/** `count` linked peers; each says that it is linked with its two neighbours and with `others` of the `beyond`. */
export function crowd(count: number, beyond: number, others: number): PeerView[] {
  return Array.from({ length: count }, (_, i) => {
    const near = [account((i + 1) % count), account((i + count - 1) % count)];
    const far = Array.from({ length: others }, (_, j) => account(count + ((i * 5 + j * 3) % beyond)));
    return peer({
      linkId: account(i).slice(0, 32),
      key: account(i),
      dialled: i % 2 === 0,
      route: i % 7 === 3 ? 'peers' : 'server',
      rttMs: i % 9 === 4 ? undefined : 3 + 7 * i,
      height: i % 5 === 2 ? 8 : 10,
      tipId: i % 5 === 2 ? 'a8' : i % 11 === 7 ? 'b10' : 'a10',
      bytesIn: 1000 * (i + 1) ** 2,
      bytesOut: 700 * (i + 1) ** 2,
      links: beyond === 0 ? near : [...new Set([...near, ...far])],
    });
  });
}
