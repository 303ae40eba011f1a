/**
 * What the page may know of the node: immutable values, one per slice. The
 * engine posts a slice when it changed, at most once a frame. Everything here
 * survives a structured clone.
 */
import type { AccountId, BlockId, TxId } from '../core/hash.ts';
import type { RuleCode } from '../core/rules.ts';
import type { Link } from './ports.ts';

export interface ChainSnapshot {
  readonly network: 'room' | 'regtest';
  readonly genesisId: BlockId;
  readonly height: number;
  readonly tipId: BlockId;
  /** Seconds since 1970, as the tip's header says. */
  readonly tipTime: number;
  /** Height of the best header we know; above `height` while bodies are still missing. */
  readonly headerHeight: number;
  /** The newest blocks, newest first, at most 24. Older ones are asked for by range. */
  readonly recent: readonly BlockSummary[];
  /** The newest reorgs, newest first, at most 20. */
  readonly reorgs: readonly ReorgRecord[];
}

export interface BlockSummary {
  readonly height: number;
  readonly id: BlockId;
  readonly prevId: BlockId;
  /** Seconds since 1970. */
  readonly time: number;
  readonly bits: number;
  /** Bytes. */
  readonly size: number;
  /** The coinbase's recipient. */
  readonly producer: AccountId;
  readonly transactionCount: number;
  /** The transactions' memos, without the coinbase's and without empty ones, at most 4. */
  readonly memos: readonly { readonly sender: AccountId; readonly memo: string }[];
  /** When this tab first had the whole block, ms since 1970; undefined if it came from the store. */
  readonly heardAtMs: number | undefined;
  /** Who gave it; undefined if this tab made it or it came from the store. */
  readonly heardFrom: AccountId | undefined;
}

export interface BlockDetail extends BlockSummary {
  /** The 80 header bytes, hex. */
  readonly header: string;
  readonly version: number;
  readonly merkleRoot: string;
  readonly nonce: number;
  /** 64 hex digits, big-endian, as `id` is written. */
  readonly target: string;
  readonly transactions: readonly TransactionView[];
}

export interface TransactionView {
  readonly id: TxId;
  readonly coinbase: boolean;
  readonly sender: AccountId;
  readonly nonce: number;
  readonly recipient: AccountId;
  readonly amount: number;
  readonly fee: number;
  readonly memo: string;
}

export interface ReorgRecord {
  readonly atMs: number;
  readonly depth: number;
  readonly forkHeight: number;
  readonly newHeight: number;
  /** How many of this node's own transactions went back to pending. */
  readonly ownReturned: number;
}

/**
 * What lies beside the active chain. The chain itself is not repeated here:
 * in a room without forks this slice never changes and costs nothing.
 */
export interface ForksSnapshot {
  /**
   * Upwards by height, of the last 288 heights, at most 200. Each has its
   * parent in here or in the active chain.
   */
  readonly branches: readonly BranchBlock[];
}

/** A block that is not in the active chain, though its header keeps all rules. */
export interface BranchBlock {
  readonly id: BlockId;
  readonly prevId: BlockId;
  readonly height: number;
  /** Seconds since 1970, as the header says. */
  readonly time: number;
  /** Total work of its branch up to here in expected hashes, decimal. */
  readonly work: string;
  /** When this tab first had it or its header, ms since 1970; undefined if it came from the store, or is too old. */
  readonly heardAtMs: number | undefined;
  /** Who told it; undefined if this tab made it, it came from the store, or is too old. */
  readonly heardFrom: AccountId | undefined;
  /** Is its body here? Of a branch with too little work nobody asks for bodies; of a refused block none is kept. */
  readonly hasBody: boolean;
  /** The coinbase's recipient, if the body is here. */
  readonly producer: AccountId | undefined;
  /** Was it in this tab's active chain until a reorg replaced it? */
  readonly wasActive: boolean;
  /** The rule that it broke; `invalid-chain` if it was one of its ancestors. */
  readonly invalid: RuleCode | undefined;
}

export interface PeersSnapshot {
  readonly peers: readonly PeerView[];
}

export interface PeerView {
  readonly linkId: string;
  /** undefined until the handshake is through. */
  readonly key: AccountId | undefined;
  /** Did we dial? */
  readonly dialled: boolean;
  /** How the signals went that set the link up. */
  readonly route: Link['route'];
  readonly ready: boolean;
  readonly connectedAtMs: number;
  /** Last ping's round trip in milliseconds; undefined before the first pong. */
  readonly rttMs: number | undefined;
  /** How far its clock was ahead of ours when it said hello. */
  readonly clockAheadSeconds: number | undefined;
  readonly height: number | undefined;
  readonly tipId: BlockId | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Whom it says that it is linked with, this node left out: what it told last, at most 16. */
  readonly links: readonly AccountId[];
  /** Blocks that it was asked for and has not brought yet. */
  readonly awaited: number;
  /** Misbehaviour points, 0 to 100. */
  readonly score: number;
}

export interface MempoolSnapshot {
  readonly count: number;
  readonly bytes: number;
  /** Newest first: 50, and all of this node’s own. */
  readonly pending: readonly PendingView[];
}

export interface PendingView extends TransactionView {
  readonly own: boolean;
  readonly addedAtMs: number;
  /** Peers that have it or were told of it. */
  readonly seenBy: number;
}

export type PowMode = 'on-demand' | 'always' | 'off';

export interface PowSnapshot {
  readonly mode: PowMode;
  readonly working: boolean;
  readonly workers: number;
  readonly maxWorkers: number;
  /** Hashes a second, all workers together; undefined until it was measured. */
  readonly hashRate: number | undefined;
  /** undefined until the first worker has loaded. */
  readonly kernel: 'noble' | 'wasm' | 'wasm-simd' | undefined;
  /** Blocks this tab found since it was opened. */
  readonly found: number;
}

export interface WireSnapshot {
  /** Messages and bytes by message name since the start. */
  readonly received: Readonly<Record<string, { readonly messages: number; readonly bytes: number }>>;
  readonly sent: Readonly<Record<string, { readonly messages: number; readonly bytes: number }>>;
  /** Rule breaks by code since the start. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Blocks that came although they were here, by the message that brought them. */
  readonly duplicates: Readonly<Record<string, number>>;
  /** Peers banned now. */
  readonly banned: number;
}

/** The node's own account. */
export interface AccountSnapshot {
  readonly key: AccountId;
  readonly balance: number;
  /** Nonce of the next transaction, pending ones counted. */
  readonly nextNonce: number;
}

/** What the node itself can say; how its workers do only the engine knows. */
export type NodeSlices = Omit<Slices, 'pow'>;

/** One value per slice; each is posted whole, when it changed. */
export interface Slices {
  readonly chain: ChainSnapshot;
  readonly forks: ForksSnapshot;
  readonly peers: PeersSnapshot;
  readonly mempool: MempoolSnapshot;
  readonly pow: PowSnapshot;
  readonly wire: WireSnapshot;
  readonly account: AccountSnapshot;
}
