/**
 * The wall between the page and the engine worker: everything that crosses it,
 * in two discriminated unions. Every switch over them is exhaustive.
 */
import type { ErrorCode } from '../../signaling/protocol.ts';
import type { AccountId, BlockId, TxId } from '../core/hash.ts';
import type { AccountState } from '../core/ledger.ts';
import type { RefuseReason, SignalEnvelope } from '../net/envelope.ts';
import type { TextProblem } from '../net/invitation-text.ts';
import type { ExportPlan, ExportReply, ImportReply } from '../node/archive-report.ts';
import type { HeightRange } from '../node/block-reader.ts';
import type { ChainQuery } from '../node/chain-query.ts';
import type { SearchProgress } from '../node/chain-search.ts';
import type { CheckReply } from '../node/check-report.ts';
import type { Draft } from '../node/draft.ts';
import type { KeyTextProblem } from '../node/key-text.ts';
import type { ComposeCode } from '../node/own-transactions.ts';
import type { Link } from '../node/ports.ts';
import type { BlockDetail, BlockSummary, PowMode, Slices } from '../node/snapshot.ts';
import type { WireRecord } from '../node/wire-record.ts';
import type { StoreTrouble } from '../store/store-trouble.ts';

/** From the page to the engine. */
export type ToEngine =
  | { readonly type: 'start'; readonly options: StartOptions }
  | { readonly type: 'compose'; readonly requestId: number; readonly draft: Draft }
  | { readonly type: 'blocks'; readonly requestId: number; readonly from: number; readonly to: number }
  | { readonly type: 'ask'; readonly requestId: number; readonly question: Question }
  /** Answered by 'search-progress', several times, until it has an end. */
  | {
      readonly type: 'search';
      readonly requestId: number;
      readonly query: ChainQuery;
      readonly range: HeightRange;
    }
  | { readonly type: 'search-stop'; readonly requestId: number }
  /** `workers`: undefined: as many as before; those that died are replaced. */
  | { readonly type: 'pow'; readonly mode: PowMode; readonly workers: number | undefined }
  | { readonly type: 'disconnect'; readonly linkId: string }
  /** Off until it is asked for: only then does the node keep and decode messages for the page. */
  | { readonly type: 'watch-wire'; readonly on: boolean }
  | { readonly type: 'lifecycle'; readonly event: LifecycleEvent }
  | { readonly type: 'invitation'; readonly requestId: number; readonly command: InvitationCommand }
  | ConnectionEvent
  | WorkerEvent;

export interface StartOptions {
  readonly roomSecret: string;
  readonly network: 'room' | 'regtest';
  /** ws: or wss: address of the signaling server. */
  readonly signalingUrl: string;
  /** The slot this tab held before it was reloaded, if sessionStorage remembers one. */
  readonly slotHint: number | undefined;
  readonly powMode: PowMode;
  readonly workers: number | undefined;
}

/** Things that happen to the page and that a worker can't see. */
export type LifecycleEvent = 'online' | 'visible' | 'pagehide' | 'resume';

/** What the page reports of a connection that it made for the engine. */
export type ConnectionEvent =
  | { readonly type: 'connection-signal'; readonly linkId: string; readonly signal: ConnectionSignal }
  | { readonly type: 'connection-open'; readonly linkId: string }
  | { readonly type: 'connection-frame'; readonly linkId: string; readonly frame: Uint8Array<ArrayBuffer> }
  /** `taken`: bytes of all frames so far that have left the channel's buffer. */
  | { readonly type: 'connection-drained'; readonly linkId: string; readonly taken: number }
  | { readonly type: 'connection-closed'; readonly linkId: string; readonly reason: string };

/** What the page is asked to do with a connection. */
export type ConnectionOrder =
  | {
      readonly type: 'connection-create';
      readonly linkId: string;
      readonly initiator: boolean;
      /** Which way its signals go. */
      readonly route: Link['route'];
      /** Whose link it is to be, where that is known: the peer's claim. */
      readonly peerKey: AccountId | undefined;
      readonly iceServers: readonly RTCIceServerLike[];
      /**
       * People carry the answer: it comes once, with all candidates in it, and the connection then waits for as long
       * as it takes the other side to get it. For who answers only.
       */
      readonly byHand?: boolean;
    }
  | { readonly type: 'connection-apply'; readonly linkId: string; readonly signal: ConnectionSignal }
  | { readonly type: 'connection-send'; readonly linkId: string; readonly frame: Uint8Array<ArrayBuffer> }
  | { readonly type: 'connection-destroy'; readonly linkId: string; readonly reason: DestroyReason };

/** What workers the page starts for the engine; the name of each thread, too. */
export type WorkerKind = 'proof-of-work' | 'verification';

/** What the page is asked to do about a worker: the engine has the other end of `port`. */
export type WorkerOrder =
  | {
      readonly type: 'worker-start';
      readonly kind: WorkerKind;
      readonly workerId: number;
      readonly port: MessagePort;
    }
  | { readonly type: 'worker-terminate'; readonly workerId: number };

/** What the page does for the engine, which can't: of no concern to the page's UI. */
export type PageOrder = ConnectionOrder | WorkerOrder;

/** It did not start, or it died. */
export interface WorkerEvent {
  readonly type: 'worker-failed';
  readonly workerId: number;
  readonly message: string;
}

/**
 * Why the engine ends a connection. Of one being set up: `timeout`, nothing came of it in time; `linked`, `full` or
 * `busy`, one of the two sides declined; `unreachable`, the peer has left; `offline`, the server's id for this tab is
 * gone; `failed`, the browser itself gave up; `replaced`, by another one with the same peer; `expired` or `withdrawn`, of an invitation; `no-network`, the
 * device has no address. `closed`: of an open link.
 */
export type DestroyReason =
  | RefuseReason
  | 'timeout'
  | 'failed'
  | 'unreachable'
  | 'offline'
  | 'replaced'
  | 'expired'
  | 'withdrawn'
  | 'no-network'
  | 'closed';

/** The part of an envelope that WebRTC itself reads: a description or a candidate. */
export type ConnectionSignal = Extract<SignalEnvelope, { data: unknown }>['data'];

/** RTCIceServer, which does not exist among a worker's types. */
export interface RTCIceServerLike {
  readonly urls: string | string[];
  readonly username?: string;
  readonly credential?: string;
}

/** From the engine to the page. */
export type FromEngine =
  | SliceMessage
  | { readonly type: 'status'; readonly status: EngineStatus }
  | { readonly type: 'composed'; readonly requestId: number; readonly result: ComposeResult }
  | { readonly type: 'invitation'; readonly requestId: number; readonly result: InvitationResult }
  | { readonly type: 'blocks'; readonly requestId: number; readonly blocks: readonly BlockDetail[] }
  | { readonly type: 'answer'; readonly requestId: number; readonly answer: Answer }
  | { readonly type: 'search-progress'; readonly requestId: number; readonly progress: SearchProgress }
  /** Messages as they passed, the oldest first; `dropped`: those that were too many at once. */
  | { readonly type: 'wire'; readonly records: readonly WireRecord[]; readonly dropped: number }
  | { readonly type: 'slot'; readonly slot: number }
  | { readonly type: 'event'; readonly event: NodeEvent }
  | PageOrder;

export type SliceMessage = {
  [K in keyof Slices]: { readonly type: 'slice'; readonly slice: K; readonly value: Slices[K] };
}[keyof Slices];

export type ComposeResult =
  { readonly ok: true; readonly txId: TxId } | { readonly ok: false; readonly code: ComposeCode };

/** What the page asks, and gets one answer to. */
export type Question =
  /** Active blocks by height, upwards; those that could not be read are left out. */
  | { readonly kind: 'summaries'; readonly range: HeightRange }
  /** A block of any branch whose body is in memory. */
  | { readonly kind: 'block'; readonly id: BlockId }
  /** All accounts that the chain knows, those with most transactions first, at most MAX_ACCOUNTS (chain-desk.ts). */
  | { readonly kind: 'accounts' }
  | { readonly kind: 'account'; readonly account: AccountId }
  /** The node's own key, as text (web/node/key-text.ts). */
  | { readonly kind: 'key' }
  /** Whose key is this text? */
  | { readonly kind: 'read-key'; readonly text: string }
  /** Makes it this slot's key from the next start on; the one that it had is gone. */
  | { readonly kind: 'replace-key'; readonly text: string }
  /** Begins a chain file (web/node/archive-format.ts). One is made at a time: an earlier one is stopped. */
  | { readonly kind: 'export-begin' }
  /** Its next bytes, some MiB at most. */
  | { readonly kind: 'export-next' }
  | { readonly kind: 'export-stop' }
  /** The next bytes of a chain file, from its first ones on; the answer says which are wanted then. */
  | {
      readonly kind: 'import-piece';
      readonly bytes: Uint8Array;
      /** The first bytes of another file, and an earlier import is stopped. Not after a 'rewind'. */
      readonly isFirst: boolean;
      readonly isLast: boolean;
    }
  /** What it has taken so far stays. */
  | { readonly kind: 'import-stop' }
  /** Verifies some more of the stored chain; `isFirst`: from its beginning, and an earlier check is stopped. */
  | { readonly kind: 'check-next'; readonly isFirst: boolean }
  /** What it has stored anew so far stays. */
  | { readonly kind: 'check-stop' };

interface AnswerValues {
  readonly summaries: readonly BlockSummary[];
  readonly block: BlockDetail | undefined;
  readonly accounts: readonly AccountId[];
  readonly account: AccountState;
  readonly key: string;
  readonly 'read-key': KeyResult;
  readonly 'replace-key': KeyResult;
  readonly 'export-begin': ExportPlan;
  readonly 'export-next': ExportReply;
  readonly 'export-stop': undefined;
  readonly 'import-piece': ImportReply;
  readonly 'import-stop': undefined;
  readonly 'check-next': CheckReply;
  readonly 'check-stop': undefined;
}

export type AnswerTo<K extends Question['kind']> = AnswerValues[K];

export type Answer = {
  [K in Question['kind']]: { readonly kind: K; readonly value: AnswerValues[K] };
}[Question['kind']];

/** `not-stored`: it is a good key, and the browser could not store it. */
export type KeyResult =
  | { readonly ok: true; readonly account: AccountId }
  | { readonly ok: false; readonly problem: KeyTextProblem | 'not-stored' };

/** What is worth telling the user about at once. */
export type NodeEvent =
  | {
      readonly kind: 'sealed';
      readonly txId: TxId;
      readonly memo: string;
      readonly recipient: AccountId;
      readonly amount: number;
      readonly height: number;
      readonly blockId: BlockId;
    }
  | {
      readonly kind: 'reorg';
      readonly depth: number;
      readonly forkHeight: number;
      readonly ownReturned: number;
    };

/** How the engine itself is doing; posted whole when it changed. */
export interface EngineStatus {
  readonly phase:
    | { readonly kind: 'opening' }
    | { readonly kind: 'loading'; readonly done: number; readonly total: number }
    | { readonly kind: 'running' }
    /** The engine can't go on. */
    | { readonly kind: 'failed'; readonly problem: EngineProblem };
  readonly slot: number | undefined;
  /** Whose key this tab has; undefined before it is read. */
  readonly account: AccountId | undefined;
  readonly storage:
    | { readonly kind: 'saved' }
    /** What was not stored yet lives in memory only. */
    | ({ readonly kind: 'forgetting' } & StoreTrouble)
    /** The store was damaged; blocks up to `keptHeight` were kept, the rest comes from the peers. */
    | { readonly kind: 'healed'; readonly keptHeight: number; readonly lostHeight: number };
  readonly signaling: SignalingStatus;
  /** What the server said last; none before it did. */
  readonly iceServers: readonly RTCIceServerLike[];
  /** Those that this tab made or answered and that are under way or have just ended, the oldest first. */
  readonly invitations: readonly InvitationState[];
}

/**
 * `no-free-slot`: this browser has `tabs` tabs in the room, and more are not possible; `worker-lost`: the engine's
 * worker did not start, or died; `unexpected`: a bug, with what the browser says of it.
 */
export type EngineProblem =
  | { readonly code: 'no-free-slot'; readonly tabs: number }
  | { readonly code: 'worker-lost' }
  | { readonly code: 'unexpected'; readonly detail: string };

export type SignalingStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly members: number }
  | { readonly kind: 'retrying'; readonly atMs: number }
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  | { readonly kind: 'stopped' };

/** What a user does about links without a server (web/net/invitation.ts). */
export type InvitationCommand =
  | { readonly kind: 'create' }
  /** Answers somebody's invitation: `text` is what the user was given. */
  | { readonly kind: 'answer'; readonly text: string }
  /** Takes the answer to one of this tab's invitations. */
  | { readonly kind: 'accept'; readonly text: string }
  /** Ends one, or puts away one that has ended. */
  | { readonly kind: 'withdraw'; readonly id: string };

export type InvitationResult =
  { readonly ok: true; readonly id: string } | { readonly ok: false; readonly problem: InvitationProblem };

/**
 * Why a command was not carried out: what is wrong with the text; `expired`, `used`, made by this very tab (`own`),
 * or an answer to none of its invitations (`unknown`); what the node says of the peer; or `too-many` at once.
 */
export type InvitationProblem =
  TextProblem | RefuseReason | 'expired' | 'used' | 'own' | 'unknown' | 'too-many';

export interface InvitationState {
  /** 16 bytes in hex; the link's id once there is one. */
  readonly id: string;
  readonly role: 'inviter' | 'guest';
  readonly phase:
    | { readonly kind: 'preparing' }
    /** `text` has to get to the other side before `untilMs`. */
    | { readonly kind: 'waiting'; readonly text: string; readonly untilMs: number }
    | { readonly kind: 'connecting' }
    | { readonly kind: 'connected' }
    | { readonly kind: 'failed'; readonly reason: InvitationFailure };
}

/**
 * `unreachable`: no way from device to device; `browser`: it made no connection, or closed it; `refused`: there was a
 * link, and one of the two nodes ended it at once.
 */
export type InvitationFailure = 'expired' | 'unreachable' | 'no-network' | 'browser' | 'refused';
