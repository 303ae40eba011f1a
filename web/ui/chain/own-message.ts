/** The path of a transaction that this tab wrote: signed, pending, seen by peers, sealed in a block, n blocks deep. */
import type { AccountId, BlockId, TxId } from '../../core/hash.ts';
import type { NodeEvent } from '../../engine/messages.ts';
import type { Draft } from '../../node/draft.ts';
import type { ChainSnapshot, PendingView } from '../../node/snapshot.ts';
import { isNobody } from '../names.ts';

export interface OwnMessage {
  readonly txId: TxId;
  readonly memo: string;
  /** undefined: no credits are moved. */
  readonly transfer: { readonly recipient: AccountId; readonly amount: number } | undefined;
  /** Peers that had it or were told of it when it was last pending. */
  readonly seenBy: number;
  readonly seal: Seal | undefined;
  /** As far as the page has heard: news of the mempool come a moment after those of the composer. */
  readonly mempool: 'not-yet' | 'in' | 'left';
}

interface Seal {
  readonly height: number;
  readonly blockId: BlockId;
}

export type MessageStage =
  | { readonly kind: 'pending' }
  /** Neither pending nor sealed: another one took its nonce, its credits or its place. */
  | { readonly kind: 'gone' }
  /** `depth` 1: its block is the tip. */
  | { readonly kind: 'sealed'; readonly height: number; readonly depth: number };

type SealedEvent = Extract<NodeEvent, { kind: 'sealed' }>;

/** As many as stay readable beside the composer. */
const MAX_SHOWN = 3;
/** A message this deep has arrived: work on top of it makes a reorg unlikely. */
const ARRIVED_DEPTH = 6;

export function withComposed(
  messages: readonly OwnMessage[],
  txId: TxId,
  { memo, recipient, amount }: Draft,
): readonly OwnMessage[] {
  if (messages.some((message) => message.txId === txId)) return messages;
  const transfer = recipient === undefined || amount === 0 ? undefined : { recipient, amount };
  return [{ txId, memo, transfer, seenBy: 0, seal: undefined, mempool: 'not-yet' }, ...messages];
}

/** Own transactions in the mempool are pending, whatever was known of them: new ones, and those a reorg gave back. */
export function withPending(
  messages: readonly OwnMessage[],
  pending: readonly PendingView[],
): readonly OwnMessage[] {
  const own = new Map(pending.filter((tx) => tx.own).map((tx) => [tx.id, tx]));
  const known = new Set(messages.map(({ txId }) => txId));
  const fresh = [...own.values()].filter(({ id }) => !known.has(id));
  return [
    ...fresh.map(asMessage),
    ...messages.map((message) => {
      const seenBy = own.get(message.txId)?.seenBy;
      if (seenBy !== undefined) return { ...message, seenBy, seal: undefined, mempool: 'in' as const };
      return message.mempool === 'in' ? { ...message, mempool: 'left' as const } : message;
    }),
  ];
}

export function withSealed(
  messages: readonly OwnMessage[],
  { txId, height, blockId }: SealedEvent,
): readonly OwnMessage[] {
  return messages.map((message) =>
    message.txId === txId ? { ...message, seal: { height, blockId } } : message,
  );
}

export function stageOf(message: OwnMessage, chain: ChainSnapshot | undefined): MessageStage {
  const { seal, mempool } = message;
  // That it was sealed is told before the mempool lacks it.
  if (seal === undefined && mempool === 'left') return { kind: 'gone' };
  if (seal === undefined || chain === undefined) return { kind: 'pending' };
  const atHeight = chain.recent.find(({ height }) => height === seal.height);
  const replaced = atHeight !== undefined && atHeight.id !== seal.blockId;
  if (replaced) return { kind: 'pending' };
  // The event may come a frame before the chain that it speaks of.
  return { kind: 'sealed', height: seal.height, depth: Math.max(1, chain.height - seal.height + 1) };
}

/** The newest few that are still on their way. */
export function underway(
  messages: readonly OwnMessage[],
  chain: ChainSnapshot | undefined,
): readonly { readonly message: OwnMessage; readonly stage: MessageStage }[] {
  return messages
    .map((message) => ({ message, stage: stageOf(message, chain) }))
    .filter(({ stage }) => stage.kind !== 'sealed' || stage.depth <= ARRIVED_DEPTH)
    .slice(0, MAX_SHOWN);
}

function asMessage({ id, memo, recipient, amount, seenBy }: PendingView): OwnMessage {
  const transfer = isNobody(recipient) || amount === 0 ? undefined : { recipient, amount };
  return { txId: id, memo, transfer, seenBy, seal: undefined, mempool: 'in' };
}
