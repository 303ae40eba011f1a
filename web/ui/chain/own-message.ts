/** The path of a message that this tab wrote: pending, sealed in a block, n blocks deep. */
import type { BlockId, TxId } from '../../core/hash.ts';
import type { NodeEvent } from '../../engine/messages.ts';
import type { ChainSnapshot, PendingView } from '../../node/snapshot.ts';

export interface OwnMessage {
  readonly txId: TxId;
  readonly memo: string;
  readonly seal: Seal | undefined;
}

interface Seal {
  readonly height: number;
  readonly blockId: BlockId;
}

export type MessageStage =
  | { readonly kind: 'pending' }
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
  memo: string,
): readonly OwnMessage[] {
  if (messages.some((message) => message.txId === txId)) return messages;
  return [{ txId, memo, seal: undefined }, ...messages];
}

/** Own transactions in the mempool are pending, whatever was known of them: new ones, and those a reorg gave back. */
export function withPending(
  messages: readonly OwnMessage[],
  pending: readonly PendingView[],
): readonly OwnMessage[] {
  const own = pending.filter((transaction) => transaction.own && transaction.memo !== '');
  const pendingIds = new Set(own.map(({ id }) => id));
  const known = new Set(messages.map(({ txId }) => txId));
  const fresh = own.filter(({ id }) => !known.has(id));
  return [
    ...fresh.map(({ id, memo }) => ({ txId: id, memo, seal: undefined })),
    ...messages.map((message) => (pendingIds.has(message.txId) ? { ...message, seal: undefined } : message)),
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
  const { seal } = message;
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
    .filter(({ stage }) => stage.kind === 'pending' || stage.depth <= ARRIVED_DEPTH)
    .slice(0, MAX_SHOWN);
}
