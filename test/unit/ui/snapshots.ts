/** Small snapshots to vary: a chain of `height` empty blocks, and one of everything else. */
import type { EngineStatus } from '../../../web/engine/messages.ts';
import type { BlockSummary, ChainSnapshot, PeerView, PendingView } from '../../../web/node/snapshot.ts';

export const NOBODY = '0'.repeat(64);
export const ALICE = 'a1'.repeat(32);

/** `branch` tells blocks of the same height apart; a block's parent is of its own branch unless said otherwise. */
export function block(height: number, branch = 'a', parentBranch = branch): BlockSummary {
  return {
    height,
    id: `${branch}${height}`,
    prevId: `${parentBranch}${height - 1}`,
    time: 1_767_225_600 + height,
    bits: 0x1e03ffff,
    size: 300,
    producer: ALICE,
    transactionCount: 1,
    memos: [],
    heardAtMs: undefined,
    heardFrom: undefined,
  };
}

/** Newest first, `to` down to `from`. */
export function blocks(from: number, to: number, branch = 'a'): BlockSummary[] {
  return Array.from({ length: to - from + 1 }, (_, i) => block(to - i, branch));
}

export function chain(height: number, changes: Partial<ChainSnapshot> = {}): ChainSnapshot {
  return {
    network: 'room',
    genesisId: 'a0',
    height,
    tipId: `a${height}`,
    tipTime: 1_767_225_600 + height,
    headerHeight: height,
    recent: blocks(Math.max(0, height - 23), height),
    reorgs: [],
    ...changes,
  };
}

export function peer(changes: Partial<PeerView> = {}): PeerView {
  return {
    linkId: '11'.repeat(16),
    key: ALICE,
    dialled: true,
    route: 'server',
    ready: true,
    connectedAtMs: 0,
    clockAheadSeconds: 0,
    rttMs: 5,
    height: 10,
    tipId: 'a10',
    bytesIn: 0,
    bytesOut: 0,
    links: [],
    awaited: 0,
    score: 0,
    ...changes,
  };
}

export function pending(id: string, memo: string, own = true): PendingView {
  return {
    id,
    coinbase: false,
    sender: ALICE,
    nonce: 0,
    recipient: NOBODY,
    amount: 0,
    fee: 0,
    memo,
    own,
    addedAtMs: 0,
    seenBy: 0,
  };
}

export function status(changes: Partial<EngineStatus> = {}): EngineStatus {
  return {
    phase: { kind: 'running' },
    slot: 0,
    account: ALICE,
    storage: { kind: 'saved' },
    signaling: { kind: 'connected', members: 1 },
    iceServers: [],
    invitations: [],
    ...changes,
  };
}
