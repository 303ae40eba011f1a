/** Whom a user may mean: the accounts that this tab has met, nearest first. */
import type { AccountId } from '../../core/hash.ts';
import type { ChainSnapshot, MempoolSnapshot, PeersSnapshot } from '../../node/snapshot.ts';
import { isNobody } from '../names.ts';

export interface KnownAccounts {
  /** Of peers that are linked now. */
  readonly linked: readonly AccountId[];
  /** From the chain: those of the newest blocks first. */
  readonly others: readonly AccountId[];
}

/** A longer list is no choice any more: paste the account. */
const MAX_OTHERS = 60;

export function knownAccounts(
  own: AccountId | undefined,
  peers: PeersSnapshot | undefined,
  mempool: MempoolSnapshot | undefined,
  chain: ChainSnapshot | undefined,
  ofLedger: readonly AccountId[],
): KnownAccounts {
  const linked = new Set((peers?.peers ?? []).map(({ key }) => key).filter((key) => key !== undefined));
  const met = [
    ...(mempool?.pending ?? []).map(({ sender }) => sender),
    ...(chain?.recent ?? []).flatMap(({ producer, memos }) => [
      ...memos.map(({ sender }) => sender),
      producer,
    ]),
    ...ofLedger,
  ];
  const others = new Set(met.filter((key) => key !== own && !isNobody(key) && !linked.has(key)));
  return { linked: [...linked], others: [...others].slice(0, MAX_OTHERS) };
}
