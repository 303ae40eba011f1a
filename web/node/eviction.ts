/**
 * A full node lets a newcomer in for one of the peers that dialled it, or an
 * attacker who comes early could hold every place for good. Whom to let go is
 * Bitcoin Core's rule (AttemptToEvictConnection), in small: those who are
 * better than the others in something that costs an attacker are protected,
 * each time by another measure, and of the rest the last to come goes. So
 * whoever wants all places must be nearer, faster with blocks and with
 * transactions, and there longer than honest peers are, all at once.
 *
 * Core also protects by address range. A browser does not know its peers'
 * addresses, and a key is free.
 */
import type { Peer } from './peer.ts';

export type Candidate = Pick<Peer, 'rttMs' | 'connectedAtMs' | 'usefulBlockAtMs' | 'usefulTransactionAtMs'>;

/** Near in the network: an attacker must have machines near each victim. */
const NEAREST = 2;
/** First with a block: it must work, or be well linked with those who do. */
const LATEST_BLOCK = 2;
/** First with a transaction: it must be well linked with those who write. */
const LATEST_TRANSACTION = 2;

/** `inbound`: the peers that dialled us and have proved their keys. Undefined: all of them are protected. */
export function chooseEvicted<C extends Candidate>(inbound: readonly C[]): C | undefined {
  let rest = protect(inbound, NEAREST, ({ rttMs }) => (rttMs === undefined ? undefined : -rttMs));
  rest = protect(rest, LATEST_BLOCK, ({ usefulBlockAtMs }) => usefulBlockAtMs);
  rest = protect(rest, LATEST_TRANSACTION, ({ usefulTransactionAtMs }) => usefulTransactionAtMs);
  // Time can't be bought: half of the rest, those that were here before an attack began.
  rest = protect(rest, Math.ceil(rest.length / 2), ({ connectedAtMs }) => -connectedAtMs);
  return rest.reduce<C | undefined>(
    (last, one) => (last && last.connectedAtMs > one.connectedAtMs ? last : one),
    undefined,
  );
}

/** Without the `count` that have most of it; undefined: none of it. */
function protect<C>(candidates: readonly C[], count: number, merit: (one: C) => number | undefined): C[] {
  const best = candidates
    .filter((one) => merit(one) !== undefined)
    .sort((a, b) => (merit(b) ?? 0) - (merit(a) ?? 0))
    .slice(0, count);
  return candidates.filter((one) => !best.includes(one));
}
